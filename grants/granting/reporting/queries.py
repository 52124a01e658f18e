"""Reports as people may see them, spending against the budget, people reached."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from grants.books.ledger.accounts import Account
from grants.books.ledger.positions import position
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with, organisations_called
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_day
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import is_open
from grants.deciding.awards.workflow import SIGNED
from grants.deciding.screening.suggestions import EarlierGrants
from grants.granting.reporting.content import Figures, Spending, warnings
from grants.granting.reporting.models import BudgetLine, Report, ReportDraft
from grants.granting.reporting.workflow import (
    ANSWERED,
    OPEN,
    UNFINISHED,
    PartAnswer,
    ReportPart,
    ReportState,
)

SOON = 30
"""Days before a report is due from which the to-do list names it."""


def within(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """Grants of the funds for which this person has the permission, none shut by a conflict of
    interest.
    """
    return in_funds_with(viewer, permission, Award.fund_id) & is_open(viewer)


def may_see_grant(viewer: Viewer, award: Award) -> bool:
    """Whether this person sees a grant in life; trustees see the award alone."""
    needed = (Permission.DISBURSEMENT_SEE, Permission.APPLICATION_READ)
    return any(viewer.may(permission, award.scope) for permission in needed)


def written_by(viewer: Viewer) -> ColumnElement[bool]:
    """Grants of the organisations for which this person writes reports."""
    organisations = viewer.organisations_with(Permission.REPORT_WRITE)
    return Award.organisation_id.in_(organisations) if organisations else false()


def read_by(viewer: Viewer) -> ColumnElement[bool]:
    """Grants of the organisations that this person acts for, writing or only reading."""
    organisations = viewer.organisations_with(Permission.APPLICATION_READ)
    return Award.organisation_id.in_(organisations) if organisations else false()


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """A grantee sees its own grants' reports, the fund's people those of their funds."""
    return or_(within(viewer, Permission.REPORT_SEE), read_by(viewer))


def reports_for(viewer: Viewer) -> Select[Report]:
    """Every report this person may see, with its grant."""
    return (
        select(Report)
        .join(Report.award)
        .join(Award.organisation)
        .where(visible(viewer))
        .options(contains_eager(Report.award).contains_eager(Award.organisation))
    )


def report_for_viewer(session: Session, reference: str, number: int, viewer: Viewer) -> Report:
    """One report of a grant, or Missing."""
    return _find_report(session, reference, number, reports_for(viewer))


def own_report(session: Session, reference: str, number: int, viewer: Viewer) -> Report:
    """A report that this person writes for an organisation, or Missing."""
    return _find_report(session, reference, number, reports_for(viewer).where(written_by(viewer)))


def _find_report(session: Session, reference: str, number: int, reports: Select[Report]) -> Report:
    report = session.scalar(reports.where(Award.reference == reference, Report.number == number))
    if report is None:
        raise Missing(_("Report not found."))
    return report


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list of reports is filtered by; nothing means all."""

    text: str | None = None
    state: str | None = None
    """A state, or "open" for all that is not finished."""
    due: str | None = None
    """Either "late" or "soon": still to come from the grantee."""


def reports_wanted(viewer: Viewer, filters: Criteria) -> Select[Report]:
    """The reports that fit, of running and closed grants of the funds one works for."""
    query = reports_for(viewer).where(within(viewer, Permission.REPORT_SEE))
    if filters.state == "open":
        query = query.where(Report.state.in_(UNFINISHED))
    elif filters.state:
        query = query.where(Report.state == filters.state)
    if filters.text:
        query = query.where(
            or_(
                Award.organisation_id.in_(organisations_called(filters.text)),
                Award.reference.istartswith(filters.text, autoescape=True),
            )
        )
    today = clock.today()
    if filters.due == "late":
        query = query.where(Report.state.in_(OPEN), Report.due_on < today)
    elif filters.due == "soon":
        soon = Report.due_on.between(today, today + timedelta(SOON))
        query = query.where(Report.state.in_(OPEN), soon)
    return query


def last_reason(session: Session, report: Report) -> str | None:
    """Why a report came back, if it did."""
    if report.state is not ReportState.SENT_BACK:
        return None
    rows = [row for row in trail_of(session, "report", report.id) if row.action == "send_back"]
    return rows[-1].reason if rows else None


def reports_of(session: Session, award_id: int) -> Sequence[Report]:
    """The reports of a grant, in order."""
    return session.scalars(
        select(Report).where(Report.award_id == award_id).order_by(Report.number)
    ).all()


def awards_with_accepted_report(session: Session, award_ids: Collection[int]) -> frozenset[int]:
    """The grants among these that have reported, and of which the fund accepted a report."""
    if not award_ids:
        return frozenset()
    accepted = Report.award_id.in_(award_ids), Report.state == ReportState.ACCEPTED
    return frozenset(session.scalars(select(Report.award_id).where(*accepted)))


def draft_of(session: Session, report_id: int) -> dict[str, ReportDraft]:
    """What was typed so far, by section."""
    drafts = session.scalars(select(ReportDraft).where(ReportDraft.report_id == report_id))
    return {draft.section: draft for draft in drafts}


def budget_of(session: Session, award_id: int) -> Sequence[BudgetLine]:
    """The categories a grant reports on, in order."""
    return session.scalars(
        select(BudgetLine).where(BudgetLine.award_id == award_id).order_by(BudgetLine.position)
    ).all()


def figures(session: Session, report: Report, now: Mapping[str, Money]) -> Figures:
    """Budget against actual with what earlier reports said and `now` for this one."""
    earlier = [
        other for other in reports_of(session, report.award_id) if _sent_before(other, report)
    ]
    return _figures_with(budget_of(session, report.award_id), earlier, now)


def figures_of(session: Session, report: Report) -> Figures:
    """Budget against actual as in a report that was sent."""
    now = {code: Money.parse(text, "USD") for code, text in report.expenditure.items()}
    return figures(session, report, now)


def warnings_on(session: Session, report: Report, figures: Figures) -> list[str]:
    """What to look at in the spending of a report, with what was paid on its grant so far."""
    award = report.award
    received = position(session, award.fund_id, Account.GRANT_EXPENSE, award.account).amount
    return warnings(figures, received)


def _sent_before(other: Report, report: Report) -> bool:
    return other.number < report.number and other.state is not ReportState.DUE


def spending(session: Session, award_id: int, reports: Sequence[Report]) -> Figures:
    """Budget against what the accepted ones of these reports of a grant have spent."""
    accepted = [report for report in reports if report.is_accepted]
    return _figures_with(budget_of(session, award_id), accepted, {})


def _figures_with(
    budget: Sequence[BudgetLine], earlier: Sequence[Report], now: Mapping[str, Money]
) -> Figures:
    def before(category: str) -> Money:
        texts = [report.expenditure.get(category, "0") for report in earlier]
        return usd(sum(Money.parse(text, "USD").minor for text in texts))

    return Figures(
        tuple(
            Spending(
                line.category,
                line.name,
                line.amount,
                before(line.category),
                now.get(line.category, usd(0)),
            )
            for line in budget
        )
    )


def spent(session: Session, award_id: int) -> Money:
    """What accepted reports have spent of a grant."""
    return usd(
        session.scalar(
            select(func.coalesce(func.sum(Report.spent_minor), 0)).where(
                Report.award_id == award_id, Report.state == ReportState.ACCEPTED
            )
        )
        or 0
    )


def to_read(viewer: Viewer) -> Select[int]:
    """How many reports wait for this person to answer their narrative or their finances."""
    return _count_reports(or_(*(_waits_for(viewer, part) for part in ReportPart)))


def narratives_to_read(viewer: Viewer) -> Select[int]:
    """How many narrative reports wait for this person."""
    return _count_reports(_waits_for(viewer, ReportPart.NARRATIVE))


def finances_to_read(viewer: Viewer) -> Select[int]:
    """How many financial reports wait for this person."""
    return _count_reports(_waits_for(viewer, ReportPart.FINANCES))


def _waits_for(viewer: Viewer, part: ReportPart) -> ColumnElement[bool]:
    narrative = part is ReportPart.NARRATIVE
    answer = Report.narrative_answer if narrative else Report.finances_answer
    submitted = Report.state.in_(ANSWERED)
    return within(viewer, part.permission) & submitted & (answer == PartAnswer.NONE)


def late_with_us(viewer: Viewer) -> Select[int]:
    """How many reports grantees of this person's funds should have sent by now."""
    reader = within(viewer, Permission.REPORT_ACCEPT)
    late = Report.state.in_(OPEN), Report.due_on < clock.today()
    asked = Award.is_running, Award.suspended_on.is_(None)
    return _count_reports(reader, *late, *asked)


def to_write(viewer: Viewer) -> Select[int]:
    """How many reports the own organisation has to write in the next thirty days."""
    today = clock.today()
    soon = Report.due_on.between(today, today + timedelta(SOON))
    return _count_reports(*_to_write(viewer), Report.state == ReportState.DUE, soon)


def to_correct(viewer: Viewer) -> Select[int]:
    """How many reports came back to the own organisation, with what is to be corrected."""
    return _count_reports(*_to_write(viewer), Report.state == ReportState.SENT_BACK)


def overdue(viewer: Viewer) -> Select[int]:
    """How many reports the own organisation has not written although their day has passed."""
    late = Report.state == ReportState.DUE, Report.due_on < clock.today()
    return _count_reports(*_to_write(viewer), *late)


def _to_write(viewer: Viewer) -> tuple[ColumnExpressionArgument[bool], ...]:
    asked = Award.is_running, Award.suspended_on.is_(None)
    return written_by(viewer), Report.state.in_(OPEN), *asked


def _count_reports(*conditions: ColumnExpressionArgument[bool]) -> Select[int]:
    return select(func.count()).select_from(Report).join(Report.award).where(*conditions)


def earlier_grants(
    session: Session, organisation_ids: Collection[int]
) -> Mapping[int, EarlierGrants]:
    """The signed grants of organisations in every fund, and their overdue reports."""
    signed = (Award.organisation_id.in_(organisation_ids), Award.state.in_(SIGNED))
    numbers = session.execute(
        select(Award.organisation_id, func.count()).where(*signed).group_by(Award.organisation_id)
    )
    late = session.scalars(
        select(Report)
        .join(Report.award)
        .where(*signed, Report.state.in_(OPEN), Report.due_on < clock.today())
        .options(contains_eager(Report.award))
        .order_by(Report.due_on, Report.id)
    )
    overdue: dict[int, list[str]] = {number: [] for number in organisation_ids}
    for report in late:
        overdue[report.award.organisation_id].append(_in_words(report))
    grants = {row[0]: row[1] for row in numbers}
    return {key: EarlierGrants(grants.get(key, 0), tuple(late)) for key, late in overdue.items()}


def _in_words(report: Report) -> str:
    return _(
        "report %(number)s on %(grant)s, due %(day)s",
        number=report.number,
        grant=report.award.reference,
        day=plain_day(report.due_on),
    )
