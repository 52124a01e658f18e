"""The amendment to a grant agreement, and the notice of a suspension or termination."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.granting.changes.models import GrantChange
from grants.granting.changes.terms import Difference, Terms, differences
from grants.papers.statements.builders.grants.grant import PlannedPayment, PlannedReport
from grants.papers.statements.records import award_called
from grants.papers.typesetting.paper import Addressee, Issuer, Paper
from grants.platform.signatures.stamps import Stamp


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changes of a grant, and the schedule as it is from then on."""

    grant: str
    number: int
    kind: str
    organisation: Addressee
    title: str
    agreement_signed_on: date
    requested_on: date
    by_grantee: bool
    reason: str
    effective_on: date | None
    """From when it is in force; None: as soon as it is agreed."""
    is_signed: bool
    """Both parties sign it; else it is the fund's notice."""
    award: Money
    lines: tuple[Difference, ...]
    instalments: tuple[PlannedPayment, ...]
    """All, if one of them changes; else none."""
    reports: tuple[PlannedReport, ...]
    """All, if one of them changes; else none."""
    signatures: tuple[Stamp, ...] = ()


def change_called(session: Session, reference: str) -> GrantChange:
    """The change of a grant, as "UNVTF-G-2026-001/2"; Missing before it has an amendment."""
    grant, _slash, number = reference.rpartition("/")
    award = award_called(session, grant)
    change = session.scalar(
        select(GrantChange).where(
            GrantChange.award_id == award.id,
            GrantChange.number == (int(number) if number.isdecimal() else 0),
            GrantChange.amendment.is_not(None),
        )
    )
    if change is None:
        raise Missing(_("Amendment %(reference)s not found.", reference=reference))
    return change


def amendment(session: Session, reference: str) -> Paper:
    """The amendment of a change, ready for both signatures."""
    change = change_called(session, reference)
    award, before, after = change.award, change.terms_before, change.terms_after
    assert change.amendment is not None
    assert award.agreement_signed_on is not None
    zone = award.fund.zone
    facts = Amendment(
        grant=award.reference,
        number=change.amendment,
        kind=str(change.label),
        organisation=Addressee.of(award.organisation),
        title=award.title,
        agreement_signed_on=award.agreement_signed_on,
        requested_on=clock.day_of(change.requested_at, zone),
        by_grantee=change.by_grantee,
        reason=change.reason,
        effective_on=change.effective_on,
        is_signed=change.row.is_signed,
        award=after.amount,
        lines=tuple(differences(before, after)),
        instalments=_payments(after) if after.instalments != before.instalments else (),
        reports=_reports(after) if after.reports != before.reports else (),
    )
    title = _("Amendment %(number)s", number=change.amendment)
    issuer = Issuer.of(award.fund)
    return Paper("amendment", title, reference, facts.requested_on, issuer, facts)


def _payments(terms: Terms) -> tuple[PlannedPayment, ...]:
    return tuple(
        PlannedPayment(part.number, part.amount, part.due_on) for part in terms.instalments
    )


def _reports(terms: Terms) -> tuple[PlannedReport, ...]:
    return tuple(
        PlannedReport(due.number, due.kind, due.covers_from, due.covers_to, due.due_on)
        for due in terms.reports
    )
