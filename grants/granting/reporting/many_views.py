"""The page on which several reports are accepted at once: those whose figures tie."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager

from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.deciding.awards.locking import lock_awards
from grants.deciding.awards.models import Award
from grants.granting.reporting import queries, service
from grants.granting.reporting.content import Figures
from grants.granting.reporting.differences import differences_of
from grants.granting.reporting.models import Report
from grants.granting.reporting.views import ACTS, pages, report_url
from grants.granting.reporting.workflow import REPORT, ReportPart, ReportState
from grants.platform.tables.bulk import Bulk, Outlook, why_refused
from grants.platform.tables.cells import Link
from grants.platform.web.access import needs, viewer

P = Permission


def _mine() -> Select[Report]:
    answered = (queries.within(viewer(), part.permission) for part in ReportPart)
    mine = select(Report).join(Report.award).where(or_(*answered))
    return mine.options(contains_eager(Report.award).joinedload(Award.organisation))


def _queue() -> Select[Report]:
    return _mine().where(Report.state == ReportState.SUBMITTED)


def _lock_grants(opened: Session, ids: Sequence[int]) -> None:
    """The grants of these reports, as each act locks them first."""
    grants = select(Report.award_id).where(Report.id.in_(ids)).distinct()
    lock_awards(opened, opened.scalars(grants).all())


def _parts_of(report: Report, act: Act) -> list[ReportPart]:
    """The parts of a report that wait for this person."""
    return [
        part
        for part in ReportPart
        if report.waits_for_answer(part) and act.actor.may(part.permission, report.scope)
    ]


def _foresee(opened: Session, reports: Sequence[Report], _form: Any, act: Act) -> list[Outlook]:
    """Which parts of each report would be accepted, with its figures."""
    return [_outlook_of(opened, report, act) for report in reports]


def _outlook_of(opened: Session, report: Report, act: Act) -> Outlook:
    parts = _parts_of(report, act)
    figures = queries.figures_of(opened, report)
    cells = (
        Link(f"{report.number} · {report.kind.label}", report_url("show", report)),
        report.award.organisation.name,
        spaced(",").join(str(part.label) for part in parts),
        report.people,
        report.spent,
        figures.so_far,
    )
    return Outlook(
        report,
        cells,
        _why_not(opened, report, parts, figures, act),
        f"{cells[2]} {report.spent} {figures.so_far}",
        " ".join(queries.warnings_on(opened, report, figures)),
    )


def _why_not(
    opened: Session, report: Report, parts: Sequence[ReportPart], figures: Figures, act: Act
) -> str:
    """What stands in the way, and spending that is off the budget: a person reads why."""
    if not parts:
        return str(REPORT.names[report.state].staff)
    for part in parts:
        check = lambda part=part: service.require_acceptable(opened, report, part, act)  # noqa: E731
        if refused := why_refused(check):
            return refused
    is_over = figures.has_budget and any(line.is_over for line in figures.lines)
    if is_over or differences_of(opened, report):
        return _("Spending differs from the budget. Read the explanations on the report’s page.")
    return ""


def _accept_parts(opened: Session, report: Report, _form: Any, act: Act) -> None:
    for part in _parts_of(report, act):
        service.accept(opened, report, part, act)


ACCEPT = Bulk(
    text=_l("Accept the reports"),
    endpoint="reporting.accept_many",
    model=Report,
    seen=_mine,
    queue=_queue,
    name=lambda report: report.award.reference,
    foresee=_foresee,
    do=_accept_parts,
    heads=(
        _l("Report"),
        _l("Organisation"),
        _l("Part"),
        {"text": _l("People reached"), "kind": "number"},
        {"text": _l("Spent"), "kind": "money"},
        {"text": _l("Spent so far"), "kind": "money"},
    ),
    before=_lock_grants,
    status=lambda report: str(REPORT.names[report.state].staff),
    takes=lambda report: report.state is ReportState.SUBMITTED,
)
ACTS.append(ACCEPT)


@pages.route("/reports/several/accept", methods=["GET", "POST"])
@needs(P.REPORT_ANSWER)
def accept_many() -> ResponseReturnValue:
    """Accept the parts of several reports that wait for this person."""
    return ACCEPT.page("granting/reporting/accept_many.html", url_for("reporting.index"))
