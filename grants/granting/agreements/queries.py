"""Grants in life, as their grantee and the fund's people see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    any_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, contains_eager

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.upcoming import Upcoming
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.models import Agreement
from grants.granting.agreements.schedule import PlannedInstalment, Schedule, propose
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.queries import instalments_of, refunds_of
from grants.granting.payments.workflow import PAID, InstalmentState
from grants.granting.reporting.models import Report, ReportKind
from grants.granting.reporting.queries import read_by, reports_of, within
from grants.granting.reporting.schedule import PlannedReport
from grants.granting.reporting.workflow import OPEN, ReportState
from grants.integrity.risk.queries import rating_of


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The own organisation's grants, or those of the funds whose payments one may see."""
    return or_(within(viewer, Permission.DISBURSEMENT_SEE), read_by(viewer))


def grants_for(viewer: Viewer) -> Select[Award]:
    """Every grant this person may see, with its organisation."""
    return (
        select(Award)
        .join(Award.organisation)
        .where(visible(viewer))
        .options(contains_eager(Award.organisation))
    )


def grant_for_viewer(session: Session, reference: str, viewer: Viewer) -> Award:
    """One grant, or Missing."""
    award = session.scalar(grants_for(viewer).where(Award.reference == reference))
    if award is None:
        raise Missing(_("Grant not found."))
    return award


def own_grants(session: Session, viewer: Viewer, most: int | None = None) -> Sequence[Award]:
    """The grants of the organisations one acts for, the newest first."""
    own = grants_for(viewer).where(read_by(viewer)).order_by(Award.id.desc())
    return session.scalars(own.limit(most)).all()


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
        tuple(PlannedInstalment.from_json(kept) for kept in agreement.instalments),
        tuple(PlannedReport.from_json(kept) for kept in agreement.reports),
    )


def to_sign(viewer: Viewer) -> Select[int]:
    """Approved grants whose signed agreement this person may record."""
    return (
        select(func.count())
        .select_from(Award)
        .where(within(viewer, Permission.AGREEMENT_SIGN), Award.state == AwardState.APPROVED)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A grant in figures, USD: what was promised, paid, reported and sent back."""

    award: Money
    instalments: Sequence[Instalment] = field(default_factory=tuple)
    refunds: Sequence[GrantRefund] = field(default_factory=tuple)
    reports: Sequence[Report] = field(default_factory=tuple)

    @property
    def paid(self) -> Money:
        return total(part.amount for part in self.instalments if part.is_paid)

    @property
    def to_pay(self) -> Money:
        return total(part.amount for part in self.instalments if not part.is_paid)

    @property
    def refunded(self) -> Money:
        return total(refund.amount for refund in self.refunds)

    @property
    def reported(self) -> Money:
        """Spent, by the reports that were accepted."""
        return total(
            report.spent for report in self.reports if report.state is ReportState.ACCEPTED
        )

    @property
    def balance(self) -> Money:
        """Paid, and neither reported as spent nor sent back: below 0, the grantee's own advance."""
        return self.paid - self.reported - self.refunded


def standing_of(session: Session, award: Award) -> Standing:
    """Everything a grant statement and the grant's page show."""
    return Standing(
        award.amount,
        instalments_of(session, award.id),
        refunds_of(session, award.id),
        reports_of(session, award.id),
    )


def standings_of(session: Session, awards: Sequence[Award]) -> dict[int, Standing]:
    """The same for several grants at once, by the number of the grant."""
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
    return {
        award.id: Standing(award.amount, parts[award.id], refunds[award.id], reports[award.id])
        for award in awards
    }


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something a grant waits for: from whom, by when."""

    what: str
    kind: str
    """One of "confirm", "report" and "payment"."""
    number: int
    from_grantee: bool
    by: date | None
    late: bool = False


def next_steps(award: Award, standing: Standing, on: date) -> list[NextStep]:
    """What both sides wait for, the earliest first: at most one payment, every report to write."""
    if award.state is not AwardState.AGREED:
        return []
    return _steps(standing.instalments, standing.reports, on)


class _Part(NamedTuple):
    """What tells if an instalment is waited for."""

    award_id: int
    number: int
    due_on: date
    state: InstalmentState

    @property
    def is_paid(self) -> bool:
        return self.state in PAID


class _Due(NamedTuple):
    """The same of a report."""

    award_id: int
    number: int
    due_on: date
    state: ReportState
    kind: ReportKind


def _steps(
    instalments: Sequence[Instalment | _Part], reports: Sequence[Report | _Due], on: date
) -> list[NextStep]:
    steps = [
        NextStep(
            _("Confirm receipt of instalment %(number)s", number=part.number),
            "confirm",
            part.number,
            from_grantee=True,
            by=None,
        )
        for part in instalments
        if part.state is InstalmentState.PAID
    ]
    steps += [
        NextStep(
            _("Submit the %(kind)s", kind=str(report.kind.label).lower()),
            "report",
            report.number,
            from_grantee=True,
            by=report.due_on,
            late=report.due_on < on,
        )
        for report in reports
        if report.state in OPEN
    ]
    unpaid = [part for part in instalments if not part.is_paid]
    steps += [
        NextStep(
            _("Instalment %(number)s will be paid", number=part.number),
            "payment",
            part.number,
            from_grantee=False,
            by=part.due_on,
            late=part.due_on < on,
        )
        for part in unpaid[:1]
    ]
    return sorted(steps, key=lambda step: step.by or on)


def owed_by(
    awards: Sequence[Award], standings: Mapping[int, Standing], on: date
) -> list[tuple[Award, NextStep]]:
    """What grantees owe the fund over several grants, the earliest first."""
    owed = [
        (award, step)
        for award in awards
        for step in next_steps(award, standings[award.id], on)
        if step.from_grantee
    ]
    return sorted(owed, key=lambda pair: pair[1].by or on)


def upcoming(session: Session, awards: Collection[int]) -> Mapping[int, Upcoming]:
    """What each of these running grants waits for next, for the list of awards."""
    parts: dict[int, list[_Part]] = {id_: [] for id_ in awards}
    reports: dict[int, list[_Due]] = {id_: [] for id_ in awards}
    for part in session.execute(_PARTS, {"awards": list(awards)}):
        parts[part.award_id].append(_Part._make(part))
    for due in session.execute(_DUES, {"awards": list(awards)}):
        reports[due.award_id].append(_Due._make(due))
    today = clock.today()
    steps = ((id_, _steps(parts[id_], reports[id_], today)) for id_ in awards)
    return {id_: Upcoming(one[0].what, one[0].by, one[0].late) for id_, one in steps if one}


_AWARDS = any_(bindparam("awards", type_=ARRAY(BigInteger)))
_PARTS = (
    select(Instalment.award_id, Instalment.number, Instalment.due_on, Instalment.state)
    .where(Instalment.award_id == _AWARDS, Instalment.state != InstalmentState.CONFIRMED)
    .order_by(Instalment.number)
)
_DUES = (
    select(Report.award_id, Report.number, Report.due_on, Report.state, Report.kind)
    .where(Report.award_id == _AWARDS, Report.state.in_(OPEN))
    .order_by(Report.number)
)
