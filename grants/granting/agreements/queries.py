"""Grants in life, as their grantee and the fund's people see them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    or_,
    select,
)
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.agreements.models import Agreement
from grants.granting.agreements.schedule import PlannedInstalment, Schedule, propose
from grants.granting.agreements.with_fund import BeingChecked, being_checked
from grants.granting.changes.models import GrantChange
from grants.granting.changes.queries import changes_by_grant, changes_of
from grants.granting.changes.workflow import OPEN
from grants.granting.closure.queries import Ending, ending_of, endings, left_with, unspent_of
from grants.granting.findings.models import Finding
from grants.granting.findings.queries import to_answer_on
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.queries import (
    instalments_of,
    refunds_of,
    refused_payments,
    without_account,
)
from grants.granting.preparing.models import AwardReply
from grants.granting.preparing.queries import owed_parts, replies_of, reply_of
from grants.granting.preparing.workflow import Part
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import read_by, reports_of, within
from grants.granting.reporting.schedule import PlannedReport
from grants.granting.signing.models import Signing
from grants.granting.signing.queries import last_signing, open_signing, signings_out
from grants.integrity.risk.queries import rating_of


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The own organisation's grants, or those of the funds whose payments one may see."""
    return or_(within(viewer, Permission.DISBURSEMENT_SEE), read_by(viewer))


def grants_for(viewer: Viewer) -> Select[Award]:
    """Every grant this person may see, with its organisation and fund."""
    return (
        select(Award)
        .join(Award.organisation)
        .where(visible(viewer))
        .options(contains_eager(Award.organisation), joinedload(Award.fund))
    )


def grant_for_viewer(session: Session, reference: str, viewer: Viewer) -> Award:
    """One grant, or Missing."""
    award = session.scalar(grants_for(viewer).where(Award.reference == reference))
    if award is None:
        raise Missing(_("Grant not found."))
    return award


def own_grants(session: Session, viewer: Viewer, most: int | None = None) -> Sequence[Award]:
    """The grants of the organisations one acts for, the newest first."""
    grants = grants_for(viewer).where(read_by(viewer)).order_by(Award.id.desc())
    return session.scalars(grants.limit(most)).all()


def agreement_of(session: Session, award: Award) -> Agreement | None:
    """The terms a person settled, if anybody did."""
    return session.get(Agreement, award.id)


def schedule_of(session: Session, award: Award) -> Schedule:
    """The terms of a grant: as settled, or as proposed while nobody has."""
    agreement = agreement_of(session, award)
    if agreement is None:
        rating = rating_of(session, award.organisation_id, award.fund_id)
        risk = rating.level if rating else None
        return propose(award.amount, award.starts_on, award.ends_on, award.psc_percent, risk)
    return Schedule(
        tuple(PlannedInstalment.from_json(planned) for planned in agreement.instalments),
        tuple(PlannedReport.from_json(planned) for planned in agreement.reports),
    )


def worded_at(session: Session, award: Award) -> datetime | None:
    """The moment whose clauses the agreement has: when it went out, else when it was signed; None
    while it may still be worded otherwise.
    """
    signing = last_signing(session, award.id, "agreement")
    if signing is not None:
        return signing.drawn_at
    if award.agreement_signed_on is None:
        return None
    following = award.agreement_signed_on + timedelta(1)
    return datetime.combine(following, time(), award.fund.zone)


@dataclass(frozen=True, slots=True)
class GrantProgress:
    """A grant in figures, USD: what was promised, paid, reported and sent back."""

    award: Money
    instalments: Sequence[Instalment] = field(default_factory=tuple)
    refunds: Sequence[GrantRefund] = field(default_factory=tuple)
    reports: Sequence[Report] = field(default_factory=tuple)
    signing: Signing | None = None
    """The paper that is out to be signed, if one is."""
    to_prepare: Sequence[Part] = ()
    """What the organisation has still to submit before the agreement goes out."""
    needs_account: bool = False
    """Has the organisation still to give its bank details?"""
    refused: int = 0
    """The instalment that the bank did not take for them, which they have to be corrected for; 0:
    none.
    """
    ending: Ending = field(default_factory=Ending)
    """What the end of the grant needs, and what letters have asked back."""
    changes: Sequence[GrantChange] = field(default_factory=tuple)
    """All that were asked for or begun, the newest first."""
    findings: Sequence[Finding] = ()
    """What the organisation has to answer, the earliest first."""
    checked: BeingChecked = field(default_factory=BeingChecked)
    """What it has given before the agreement, and the fund is checking."""
    reply: AwardReply | None = None
    """What it has said of its award before the agreement."""

    @property
    def open_changes(self) -> Sequence[GrantChange]:
        """The changes that are not decided or not signed yet, the oldest first."""
        return [change for change in reversed(self.changes) if change.state in OPEN]

    @property
    def paid(self) -> Money:
        return total(part.amount for part in self.instalments if part.is_paid)

    @property
    def to_pay(self) -> Money:
        """What will still be sent: less refunds that are deducted."""
        return total(part.net for part in self.instalments if not part.is_paid)

    @property
    def refunded(self) -> Money:
        return total(refund.amount for refund in self.refunds)

    @property
    def reported(self) -> Money:
        """Spent, by the reports that were accepted."""
        return total(report.spent for report in self.reports if report.is_accepted)

    @property
    def balance(self) -> Money:
        """Paid, and neither spent on what is eligible, nor sent back, nor written off: below 0,
        the grantee's own advance.
        """
        unspent = unspent_of(self.paid, self.reported, self.refunded, self.ending.recovered)
        return left_with(unspent, self.ending.written_off)


def progress_of(session: Session, award: Award) -> GrantProgress:
    """Everything a grant statement and the grant's page show."""
    signing = open_signing(session, award.id)
    paid = not award.awaits_agreement  # nothing can have come back before
    return GrantProgress(
        award.amount,
        instalments_of(session, award.id),
        refunds_of(session, award.id) if paid else [],
        reports_of(session, award.id),
        signing,
        owed_parts(session, [award], {signing.award_id} if signing else ()).get(award.id, ()),
        needs_account=bool(without_account(session, [award.id])),
        refused=refused_payments(session, [award.id]).get(award.id, 0) if paid else 0,
        changes=changes_of(session, award),
        ending=ending_of(session, award),
        findings=to_answer_on(session, [award.id])[award.id],
        checked=being_checked(session, [award])[award.id],
        reply=None if paid else reply_of(session, award.id),
    )


def progress_by_grant(session: Session, awards: Sequence[Award]) -> dict[int, GrantProgress]:
    """Several grants in figures, read together, by the id of the grant."""
    ids = [award.id for award in awards]
    parts: dict[int, list[Instalment]] = {id_: [] for id_ in ids}
    refunds: dict[int, list[GrantRefund]] = {id_: [] for id_ in ids}
    reports: dict[int, list[Report]] = {id_: [] for id_ in ids}
    for part in session.scalars(
        select(Instalment).where(Instalment.award_id.in_(ids)).order_by(Instalment.number)
    ):
        parts[part.award_id].append(part)
    for refund in session.scalars(
        select(GrantRefund).where(GrantRefund.award_id.in_(ids)).order_by(GrantRefund.refunded_on)
    ):
        refunds[refund.award_id].append(refund)
    for report in session.scalars(
        select(Report).where(Report.award_id.in_(ids)).order_by(Report.number)
    ):
        reports[report.award_id].append(report)
    changes = changes_by_grant(session, ids)
    missing, refused = without_account(session, ids), refused_payments(session, ids)
    out = signings_out(session, ids)
    found, findings = endings(session, awards), to_answer_on(session, ids)
    owed = owed_parts(session, awards, out.keys())
    checked = being_checked(session, awards)
    unsigned = [award.id for award in awards if award.awaits_agreement]
    replies = replies_of(session, unsigned) if unsigned else {}
    return {
        award.id: GrantProgress(
            award.amount,
            parts[award.id],
            refunds[award.id],
            reports[award.id],
            out.get(award.id),
            owed.get(award.id, ()),
            needs_account=award.id in missing,
            refused=refused.get(award.id, 0),
            changes=changes[award.id],
            ending=found[award.id],
            findings=findings[award.id],
            checked=checked[award.id],
            reply=replies.get(award.id),
        )
        for award in awards
    }
