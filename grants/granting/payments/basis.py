"""What the conditions of payments rest on, read for many instalments in few queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from grants.applying.applications.models import Application
from grants.core.audit.models import TrailRow
from grants.core.kernel.money import Money, usd
from grants.core.people.viewer import Viewer
from grants.deciding.awards.examined import Unknown, asks_for_safeguarding, unknown_of_each
from grants.deciding.awards.models import Award
from grants.granting.allegations.queries import stopped_payees
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import OPEN, DetailsState
from grants.granting.findings.models import Finding
from grants.granting.findings.queries import blocking_by_grant
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.reporting.models import Report
from grants.integrity.diligence.grantees import Integrity, integrity_of_each
from grants.integrity.holds.models import OrganisationHold
from grants.integrity.holds.queries import payments_held
from grants.integrity.risk.queries import with_safeguarding

Payee = tuple[int, int]
"""A fund and an organisation."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Facts of the grants and grantees of some instalments, as they are now."""

    instalments: Mapping[int, Sequence[Instalment]]
    """Of each grant, in order."""
    reports: Mapping[int, Sequence[Report]]
    accounts: Mapping[Payee, BankDetails]
    """In force."""
    requests: Collection[Payee]
    """Payees of whom a change of bank details is open."""
    refused: Collection[int]
    """Accounts that a bank refused."""
    integrity: Mapping[int, Integrity]
    unknown: Mapping[Payee, Sequence[Unknown]]
    safeguarded: Collection[int]
    """Organisations whose assessment of safeguarding holds today."""
    blocking: Mapping[int, Sequence[Finding]]
    """Findings of high severity on each grant that are not closed."""
    stopped: Collection[Payee]
    """Payees to whom the fund has stopped payments for an allegation."""
    held: Mapping[Payee, Sequence[OrganisationHold]]
    """Holds of the fund on payments to them."""
    refunded: Mapping[int, Money]
    """Unspent money that came back of each grant whose reports are all accepted."""
    changed: Collection[int] = ()
    """Accounts that have replaced an earlier one."""

    @classmethod
    def of(cls, session: Session, instalments: Sequence[Instalment]) -> "Basis":
        ids = {part.award_id for part in instalments}
        awards = _awards_of(session, ids) if len(ids) > 1 else [p.award for p in instalments[:1]]
        houses = {award.organisation for award in awards}
        accounts, requests, refused, changed = _bank_details(session, awards)
        reports = _reports_of(session, ids)
        return cls(
            _instalments_of(session, ids),
            reports,
            accounts,
            requests,
            refused,
            integrity_of_each(session, houses) if houses else {},
            _unknown_of(session, awards),
            _safeguarded(session, awards),
            blocking_by_grant(session, ids),
            stopped_payees(session, {award.organisation_id for award in awards}),
            payments_held(session, {award.organisation_id for award in awards}),
            refunded_unspent(session, [n for n, made in reports.items() if all_accepted(made)]),
            changed,
        )


def _awards_of(session: Session, ids: Collection[int]) -> Sequence[Award]:
    """The grants with what is asked of each of them."""
    query = select(Award).where(Award.id.in_(ids))
    return session.scalars(
        query.options(
            joinedload(Award.organisation),
            joinedload(Award.application).joinedload(Application.call),
        )
    ).all()


def _instalments_of(session: Session, awards: Collection[int]) -> Mapping[int, list[Instalment]]:
    found = defaultdict[int, list[Instalment]](list)
    parts = select(Instalment).where(Instalment.award_id.in_(awards)).order_by(Instalment.number)
    for part in session.scalars(parts):
        found[part.award_id].append(part)
    return found


def _reports_of(session: Session, awards: Collection[int]) -> Mapping[int, list[Report]]:
    found = defaultdict[int, list[Report]](list)
    reports = select(Report).where(Report.award_id.in_(awards)).order_by(Report.number)
    for report in session.scalars(reports):
        found[report.award_id].append(report)
    return found


def all_accepted(reports: Sequence[Report]) -> bool:
    """Is what the grant has cost known and accepted, to its end?"""
    return bool(reports) and all(report.is_accepted for report in reports)


def refunded_unspent(session: Session, awards: Collection[int]) -> Mapping[int, Money]:
    """What came back of these grants and was not ineligible cost of a report, in USD."""
    if not awards:
        return {}
    refunds = select(GrantRefund.award_id, func.sum(GrantRefund.amount_minor))
    claims = select(Finding.award_id, -func.sum(Finding.claimed_minor)).where(
        Finding.refund_id.is_not(None), Finding.report_id.is_not(None)
    )
    cents = Counter[int]()
    for query, of in ((refunds, GrantRefund.award_id), (claims, Finding.award_id)):
        for award_id, minor in session.execute(query.where(of.in_(awards)).group_by(of)):
            cents[award_id] += minor
    return {award_id: usd(minor) for award_id, minor in cents.items()}


def _bank_details(
    session: Session, awards: Collection[Award]
) -> tuple[Mapping[Payee, BankDetails], Collection[Payee], Collection[int], Collection[int]]:
    """The accounts in force, the payees of whom a change is open, accounts that a bank refused, and
    those that replaced others.
    """
    is_refused = exists().where(Instalment.refused_details_id == BankDetails.id)
    replaced = aliased(BankDetails)
    replaces = exists().where(
        replaced.fund_id == BankDetails.fund_id,
        replaced.organisation_id == BankDetails.organisation_id,
        replaced.is_replaced,
    )
    query = select(BankDetails, is_refused, replaces).where(
        BankDetails.organisation_id.in_({award.organisation_id for award in awards}),
        BankDetails.fund_id.in_({award.fund_id for award in awards}),
        BankDetails.state.in_((*OPEN, DetailsState.IN_FORCE)),
    )
    accounts, requests = dict[Payee, BankDetails](), set[Payee]()
    refused, changed = set[int](), set[int]()
    for details, was_refused, has_replaced in session.execute(query):
        payee = details.fund_id, details.organisation_id
        if not details.is_in_force:
            requests.add(payee)
            continue
        accounts[payee] = details
        if was_refused:
            refused.add(details.id)
        if has_replaced:
            changed.add(details.id)
    return accounts, requests, refused, changed


def _unknown_of(session: Session, awards: Collection[Award]) -> Mapping[Payee, Sequence[Unknown]]:
    found = dict[Payee, Sequence[Unknown]]()
    for fund in {award.fund for award in awards}:
        houses = {award.organisation_id for award in awards if award.fund_id == fund.id}
        unknown = unknown_of_each(session, houses, fund)
        found.update({(fund.id, house): facts for house, facts in unknown.items()})
    return found


def _safeguarded(session: Session, awards: Collection[Award]) -> Collection[int]:
    """The organisations whose safeguarding is assessed, where a call asks for it."""
    asking = {award.organisation_id for award in awards if asks_for_safeguarding(award)}
    return with_safeguarding(session, asking) if asking else ()


def acted_before(
    session: Session, instalments: Sequence[Instalment], actions: Collection[str], person: Viewer
) -> Collection[int]:
    """The instalments on which, or on whose account, this person took one of these acts."""
    accounts = {part.bank_details_id for part in instalments if part.bank_details_id}
    rows = session.execute(
        select(TrailRow.subject, TrailRow.subject_id).where(
            TrailRow.person_id == person.person_id,
            TrailRow.subject.in_((Instalment.__tablename__, BankDetails.__tablename__)),
            TrailRow.subject_id.in_({*accounts, *(part.id for part in instalments)}),
            TrailRow.action.in_(actions),
        )
    )
    found = set[int]()
    for subject, number in rows:
        if subject == Instalment.__tablename__:
            found.add(number)
        else:
            found.update(part.id for part in instalments if part.bank_details_id == number)
    return found
