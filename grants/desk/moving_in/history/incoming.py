"""The donors' side of a history: donors, pledges, agreements, deposits, and what else came in."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.organisations import facts as organisations
from grants.applying.organisations.service import describe as describe_organisation
from grants.books.ledger.costs import (
    book_administration_fee,
    book_direct_cost,
    bring_in_opening_balance,
)
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.periods import require_open
from grants.books.ledger.receipts import book_bank_charge, book_interest, refund_to_donor
from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.queries import organisation_by_code
from grants.core.people.service import enter_organisation
from grants.desk.moving_in.history.acts import Context, by_import
from grants.desk.moving_in.history.memory import Refused, require_same
from grants.desk.moving_in.history.plan import money
from grants.desk.moving_in.history.rows import (
    DepositRow,
    DonorRow,
    OrganisationRow,
    OtherKind,
    OtherRow,
    PledgeRow,
)
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.donors import facts as donors
from grants.giving.donors.service import describe as describe_donor
from grants.giving.donors.service import welcome
from grants.giving.pledges import making
from grants.giving.pledges import service as pledges
from grants.giving.pledges.models import Pledge, Source
from grants.integrity.diligence.service import take_over
from grants.platform.profiles.facts import Table

P = TypeVar("P")


def donor(context: Context, session: Session, row: DonorRow) -> bool:
    """A donor that was accepted before this system, and is recorded as such."""
    new = _enter_once(session, row, row.kind)
    giver = organisation_by_code(session, row.code)
    welcomed = welcome(session, giver, by_import())
    profile = _completed_profile(donors.PROFILE, donors.profile_of(welcomed), row)
    if profile is not None:
        describe_donor(session, welcomed, profile, by_import())
    take_over(session, giver, context.fund, by_import())
    return new


def organisation(_context: Context, session: Session, row: OrganisationRow) -> bool:
    """A grantee is entered; of one that is known, the profile is completed."""
    new = _enter_once(session, row, DonorKind.NGO)
    grantee = organisation_by_code(session, row.code)
    profile = _completed_profile(organisations.PROFILE, organisations.profile_of(grantee), row)
    if profile is not None:
        describe_organisation(session, grantee, profile, by_import())
    return new


def _completed_profile(table: Table[P, Any], profile: P, row: P) -> P | None:
    """The profile with what the row states besides; None if that is nothing. Refused where they
    state different things.
    """
    completed, differing = table.completed(profile, row)
    require_same(row, {fact.key: fact.of(profile) for fact in differing})
    return None if completed == profile else completed


def _enter_once(session: Session, row: DonorRow | OrganisationRow, kind: DonorKind) -> bool:
    existing = session.scalar(select(Organisation).where(Organisation.code == row.code))
    if existing is None:
        enter_organisation(session, row.name, kind, row.country, code=row.code)
        return True
    facts = {"name": existing.name, "country": existing.country or ""}
    require_same(row, facts | ({"kind": existing.kind} if isinstance(row, DonorRow) else {}))
    return False


def _find_pledge(session: Session, reference: str) -> Pledge | None:
    return session.scalar(select(Pledge).where(Pledge.reference == reference))


def pledge(context: Context, session: Session, row: PledgeRow) -> bool:
    """A pledge is entered; one that is known is compared."""
    existing = _find_pledge(session, row.reference)
    if existing is not None:
        _require_same_pledge(context, row, existing)
        return False
    require_open(session, context.fund, row.pledged_on)
    giver = organisation_by_code(session, row.donor)
    offer = making.Offer(
        money(row.amount, row.currency),
        earmarking=row.earmarking,
        countries=row.earmark_countries,
        until=row.earmark_until,
        source=Source.RECORDS,
        reference=row.reference,
        pledged_on=row.pledged_on,
    )
    making.enter(session, context.fund, offer, giver, by_import())
    return True


def _require_same_pledge(context: Context, row: PledgeRow, existing: Pledge) -> None:
    if existing.fund_id != context.fund.id:
        raise Refused(
            "reference",
            _(
                "%(pledge)s is a pledge to %(fund)s; expected another reference",
                pledge=row.reference,
                fund=existing.fund.code,
            ),
        )
    require_same(
        row,
        {
            "donor": existing.donor.code if existing.donor else None,
            "currency": existing.currency,
            "amount": existing.amount.decimal,
            "pledged_on": existing.pledged_on,
            "agreement_signed_on": existing.agreement_signed_on,
            "conditional": existing.conditional
            if existing.agreement_signed_on
            else row.conditional,
            "earmarking": existing.earmarking,
            "earmark_countries": tuple(existing.earmarked_countries),
            "earmark_until": existing.earmarked_until,
        },
    )


def agreement(_context: Context, session: Session, row: PledgeRow) -> bool:
    """The donor's agreement is signed; counted with its pledge."""
    existing = _find_pledge(session, row.reference)
    assert existing is not None
    assert row.agreement_signed_on is not None
    if existing.agreement_signed_on is None:
        signed = pledges.Agreement(row.agreement_signed_on, conditional=row.conditional)
        pledges.sign_agreement(session, existing, signed, by_import())
    return False


def _pledge_named(context: Context, session: Session, row: DepositRow | OtherRow) -> Pledge | None:
    """The pledge to this fund that a row names, whose currency it has."""
    target = _find_pledge(session, row.pledge) if row.pledge else None
    if target is not None and target.fund_id != context.fund.id:
        raise Refused(
            "pledge",
            _(
                "%(pledge)s is a pledge to %(fund)s; expected one to %(own)s",
                pledge=target.reference,
                fund=target.fund.code,
                own=context.fund.code,
            ),
        )
    if target is not None and target.currency != row.currency:
        raise Refused("currency", other_currency(target.reference, target.currency, row.currency))
    return target


def other_currency(pledge: str, pledged: str, paid: str) -> str:
    return _(
        "%(pledge)s is a pledge in %(pledged)s; expected the same, not %(paid)s",
        pledge=pledge,
        pledged=pledged,
        paid=paid,
    )


def deposit(context: Context, session: Session, row: DepositRow) -> bool:
    """Money arrived; the act itself knows a deposit it has seen."""
    fund = context.fund
    fee = money(row.bank_fee, row.currency) if row.bank_fee else None
    arrival = Arrival(row.bank_reference, row.value_on, money(row.amount, row.currency), fee)
    towards = _pledge_named(context, session, row)
    record_deposit(session, fund, towards, arrival, by_import())
    return row.bank_reference not in context.deposits


def references(session: Session, fund: Fund) -> frozenset[str]:
    """The bank's references of the deposits on record; each stands in the file once."""
    query = select(Deposit.bank_reference).where(Deposit.fund_id == fund.id)
    return frozenset(session.scalars(query))


def other(context: Context, session: Session, row: OtherRow) -> bool:
    """Interest, a charge, a cost, a refund, the opening balance: straight into the books."""
    key = f"{row.kind.value}:{row.reference}"
    entry_id = session.scalar(
        select(Entry.id).where(Entry.fund_id == context.fund.id, Entry.key == key)
    )
    towards = _pledge_named(context, session, row)
    subject = towards.subject if towards else key[:SUBJECT]
    voucher = Voucher(context.fund, row.booked_on, subject, key, by_import(), row.reference)
    amount = money(row.amount, row.currency)
    _BOOKED_BY[row.kind](session, voucher, amount)
    return entry_id is None


_BOOKED_BY: Mapping[OtherKind, Callable[[Session, Voucher, Money], Entry]] = {
    OtherKind.INTEREST: book_interest,
    OtherKind.BANK_CHARGE: book_bank_charge,
    OtherKind.REFUND_TO_DONOR: refund_to_donor,
    OtherKind.OPENING_BALANCE: bring_in_opening_balance,
    OtherKind.DIRECT_COST: book_direct_cost,
    OtherKind.ADMINISTRATION_FEE: book_administration_fee,
}


SUBJECT = Entry.__table__.c.subject.type.length  # type: ignore[attr-defined]
"""Characters of a subject in the books; the key keeps the whole reference."""
