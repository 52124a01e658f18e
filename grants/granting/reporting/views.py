"""Pages of reports: written section by section, checked, sent; read, accepted or sent back."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName
from grants.core.people.permissions import Permission
from grants.granting.reporting import queries, service
from grants.granting.reporting.answers import as_read, values_of
from grants.granting.reporting.differences import differences_of
from grants.granting.reporting.drafts import save_section
from grants.granting.reporting.files import files_of
from grants.granting.reporting.forms import AcceptForm, ReportsFilter, SendForm
from grants.granting.reporting.listed import FACTS, ListedReport
from grants.granting.reporting.models import Report, ReportDraft
from grants.granting.reporting.opening import openable_in
from grants.granting.reporting.planned import Reached, reached_in, reported_lines, reported_results
from grants.granting.reporting.projects import form_of
from grants.granting.reporting.returned import corrected_in
from grants.granting.reporting.sections import (
    CORRECTED,
    Page,
    conflict_page,
    opened_page,
)
from grants.granting.reporting.work import Work
from grants.granting.reporting.workflow import OPEN, REPORT, ReportPart, name_of
from grants.platform.forms.typed import counted
from grants.platform.layout.chrome import in_menu
from grants.platform.questionnaires.asking import newly_asked
from grants.platform.questionnaires.merging import EditConflict, Sheet, bases_of
from grants.platform.questionnaires.row_buttons import without_buttons
from grants.platform.questions.reading import Fault, Typed
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.cases import Beside, from_list
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction
from grants.platform.web.steps import possible

pages = Blueprint("reporting", __name__)
ACTS: list[Bulk] = []
"""What the list offers for the ticked rows."""
ONE = "/grants/<reference>/reports/<int:number>"


def find_report(reference: str, number: int) -> Report:
    """A report that this person may see, if the page can take its step with it now."""
    return possible(queries.report_for_viewer(session(), reference, number, viewer()), REPORT)


def _find_own_report(reference: str, number: int) -> Report:
    """A report that this person writes, or Missing."""
    return queries.own_report(session(), reference, number, viewer())


def _redirect_to(endpoint: str, report: Report, **more: str) -> ResponseReturnValue:
    return redirect(report_url(endpoint, report, **more))


def report_url(endpoint: str, report: Report, **more: Any) -> str:
    """The address of a page of a report."""
    reference = report.award.reference
    return url_for(f"reporting.{endpoint}", reference=reference, number=report.number, **more)


def _is_writable(report: Report) -> bool:
    writes = viewer().may(Permission.REPORT_WRITE, report.scope)
    return writes and report.state in OPEN


@pages.get(ONE)
@signed_in
def show(reference: str, number: int) -> ResponseReturnValue:
    """A report to be written as a list of tasks; one that was sent as it reads."""
    report = find_report(reference, number)
    if _is_writable(report):
        work = Work(session(), report)
        return render_template(
            "granting/reporting/tasks.html",
            report=report,
            work=work,
            files=files_of(session(), report),
            openable=bool(openable_in(work)),
            reason=None if work.corrections else queries.last_reason(session(), report),
        )
    return render_report(report, AcceptForm(data={"version": report.version}))


def render_report(report: Report, form: AcceptForm, status: int = 200) -> ResponseReturnValue:
    """A report as it reads, with what this person may answer."""
    page = render_template(
        "granting/reporting/report.html",
        report=report,
        in_list=_list_neighbours(report),
        form=form,
        state=_name_of(report),
        trail=trail_of(session(), "report", report.id),
        parts=_parts_to_answer(report),
        may_note=viewer().may(Permission.FINDING_NOTE, report.scope),
        **sections_of(report),
    )
    return page, status


def sections_of(report: Report) -> dict[str, object]:
    """The sections of a report that was submitted, with what stands beside them."""
    questions = form_of(session(), report)
    figures = queries.figures_of(session(), report)
    return {
        "read": as_read(questions, values_of(report, questions)),
        "results": reported_results(session(), report, report.results),
        "figures": figures,
        "lines": reported_lines(session(), report, report.line_spending),
        "exchange": report.exchange,
        "warnings": queries.warnings_on(session(), report, figures),
        "reached": reached_in(session(), report, report.beneficiaries, report.exploitation),
        "is_staff": viewer().may(Permission.REPORT_SEE, report.scope),
        "files": files_of(session(), report, submitted_only=True),
        "differences": differences_of(session(), report),
        "corrected": corrected_in(session(), report, questions),
    }


def _parts_to_answer(report: Report) -> list[ReportPart]:
    """The parts that this person may accept, or return sections of, now."""
    return [
        part
        for part in ReportPart
        if report.waits_for_answer(part) and viewer().may(part.permission, report.scope)
    ]


@pages.route(f"{ONE}/sections/<key>", methods=["GET", "POST"])
@needs(Permission.REPORT_WRITE)
def section(reference: str, number: int, key: str) -> ResponseReturnValue:
    """Write a section. Whatever is posted is kept first; then the page says what to correct."""
    report = _find_own_report(reference, number)
    if request.method == "POST":
        return _save_section(report, key)
    if not _is_writable(report):
        return _redirect_to("show", report)
    work = Work(session(), report)
    if not work.is_open(work.part(key)):
        return _redirect_to("show", report)
    return _render_section(opened_page(work, key, _asked_faults()))


def _render_section(page: Page, status: int = 200) -> ResponseReturnValue:
    return render_template("granting/reporting/section.html", page=page, form=page.form), status


def _asked_faults() -> frozenset[Fault]:
    """Which problems the address asks to show: those of a save, or all."""
    return {"save": CORRECTED, "all": frozenset(Fault)}.get(
        request.args.get("mend", ""), frozenset()
    )


def _save_section(report: Report, key: str) -> ResponseReturnValue:
    typed, pressed = _posted_answers(report, key)
    try:
        _write_answers(report, key, typed)
    except EditConflict as overtaken:
        work = Work(session(), report)
        return _render_section(conflict_page(session(), work, key, Sheet.of(typed), overtaken), 409)
    except FundError as refusal:
        page = opened_page(Work(session(), report), key, drawn=typed)
        page.form.refuse(refusal.message)
        return _render_section(page, 422)
    work = Work(session(), report)
    if pressed:
        return _render_section(opened_page(work, key, drawn={**typed, **pressed}))
    return _redirect_onwards(work, key)


def _redirect_onwards(work: Work, key: str) -> ResponseReturnValue:
    """Back to the section where something has to be corrected, else to where the person wants."""
    report = work.report
    part, unseen = work.part(key), set(request.form.get("hidden", "").split())
    if opened := newly_asked(part.section, part.typed, unseen, part.hidden):
        flash(
            _(
                "Your answers have been saved. Because of them, there are more "
                "questions on this page."
            ),
            "notice",
        )
        return _redirect_to("section", report, key=key, _anchor=opened)
    if any(problem.fault in CORRECTED for problem in work.part(key).problems):
        flash(_("Your answers have been saved. Correct the answers marked below."), "warning")
        return _redirect_to("section", report, key=key, mend="save")
    following = opened_page(work, key).following
    if request.form.get("go") == "list":
        return _redirect_to("show", report)
    return (
        _redirect_to("section", report, key=following.key)
        if following
        else _redirect_to("report_files", report)
    )


def _posted_answers(report: Report, key: str) -> tuple[Typed, Typed]:
    """What was typed, and the buttons for rows of tables."""
    section = Work(session(), report).form.section(key)
    return without_buttons(section, request.form.to_dict(flat=False))


def _write_answers(report: Report, key: str, typed: Typed) -> ReportDraft:
    version, sheet = counted(request.form.get("version")), Sheet.of(typed)
    with transaction() as opened:
        return save_section(opened, report, key, typed, version, this_act(), sheet=sheet)


@pages.post(f"{ONE}/sections/<key>/autosave")
@needs(Permission.REPORT_WRITE)
def autosave(reference: str, number: int, key: str) -> ResponseReturnValue:
    """Save while a person writes; the answer tells from what the page goes on."""
    report = _find_own_report(reference, number)
    typed, _pressed = _posted_answers(report, key)
    try:
        draft = _write_answers(report, key, typed)
    except EditConflict as overtaken:
        return jsonify(message=overtaken.message), 409
    except FundError as refusal:
        return jsonify(message=refusal.message), 422
    part = Work(session(), report).part(key)
    base = bases_of(part.section, part.section.kept(typed))
    return jsonify(version=draft.version, base=base, hidden=part.hidden_keys)


@pages.route(f"{ONE}/check", methods=["GET", "POST"])
@needs(Permission.REPORT_WRITE)
def check(reference: str, number: int) -> ResponseReturnValue:
    """The whole report once more, with each problem as a link to its place; then it is sent."""
    report = _find_own_report(reference, number)
    if not _is_writable(report):
        return _redirect_to("show", report)
    form, work = SendForm(), Work(session(), report)
    if form.validate_on_submit() and work.is_complete:
        with attempt(form) as (opened, outcome):
            service.submit(opened, report, work.content, this_act())
        if outcome:
            flash(
                _("Your report has been submitted. We will e-mail you when it has been checked."),
                "success",
            )
            return _redirect_to("show", report)
    return render_template(
        "granting/reporting/check.html",
        report=report,
        work=work,
        form=form,
        read=as_read(work.form, work.values),
        reached=_planned_and_written(work),
        results=reported_results(session(), report, work.content.results),
        files=files_of(session(), report),
        lines=reported_lines(session(), report, work.line_texts),
        exchange=work.content.exchange.as_json() if work.content.exchange else {},
    )


def _planned_and_written(work: Work) -> Reached | None:
    """Planned and actual, with what is written so far."""
    content = work.content
    return reached_in(session(), work.report, content.beneficiaries, content.exploitation)


def _name_of(report: Report) -> StateName:
    return name_of(report.state, report.due_on, report.award.fund.today())


def _list_neighbours(report: Report) -> Beside | None:
    """The neighbours of a report in the list that it was opened from."""
    reports = _filter_reports(ReportsFilter())
    return REPORTS.beside(session(), reports, report, "reporting.index", _report_link)


def _report_link(report: Report) -> str:
    return from_list("reporting.show", reference=report.award.reference, number=report.number)


def _in_list(report: ListedReport) -> str:
    return from_list("reporting.show", reference=report.grant, number=report.number)


REPORTS = Listing(
    columns=(
        Column(_l("Grant"), lambda r: r.grant, kind="code", link=_in_list),
        Column(_l("Organisation"), lambda r: r.organisation, worth="name"),
        Column(_l("Report"), lambda r: f"{r.number} · {r.kind.label}"),
        Column(_l("Due"), lambda r: r.due_on, kind="date", order="due"),
        Column(_l("Submitted on"), lambda r: r.submitted_on, kind="date"),
        Column(_l("People reached"), lambda r: r.people or None, kind="number"),
        Column(_l("Spent"), lambda r: r.spent, kind="money"),
        Column(_l("Status"), lambda r: r.name.staff, tone=lambda r: r.name.tone),
        Column(_l("Country"), lambda r: r.country, shown=False),
        Column(_l("Period from"), lambda r: r.covers_from, kind="date", shown=False),
        Column(_l("Period to"), lambda r: r.covers_to, kind="date", shown=False),
    ),
    facts=FACTS,
    orders={
        "due": Order(Report.due_on, Report.id),
        "latest": Order(Report.due_on, Report.id, descending=True),
    },
)


def _filter_reports(form: ReportsFilter) -> Select[Report]:
    """The reports that the address asks for."""
    form.validate()
    criteria = queries.Criteria(form.q.data, form.state.data, form.due.data)
    return queries.reports_wanted(at_work(), criteria)


@pages.get("/reports")
@in_menu(_l("Reports"), 60, count=queries.to_read, key="r")
@needs(Permission.REPORT_SEE)
def index() -> ResponseReturnValue:
    """Every report of the funds one works for."""
    form = ReportsFilter()
    listed = REPORTS.of(session(), _filter_reports(form), "reports")
    return listed.file or render_template(
        "granting/reporting/index.html",
        form=form,
        listed=listed,
        acts=acts(*ACTS, among=listed.subjects),
    )
