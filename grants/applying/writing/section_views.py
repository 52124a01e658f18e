"""Writing a section: everything that is posted is kept first, then the page says what to
correct.
"""

from functools import partial
from typing import Any

from flask import current_app, flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Answers, Application
from grants.applying.drafts import service as drafts
from grants.applying.drafts import undoing
from grants.applying.drafts.work import Work, section_now
from grants.applying.references.queries import standings_of
from grants.applying.writing.comments import comments_on
from grants.applying.writing.pages import is_writable, may_write, own, pages, to
from grants.applying.writing.sections import (
    CORRECTED,
    Page,
    conflict_page,
    opened_page,
    refused_page,
)
from grants.applying.writing.team import writing_now
from grants.applying.writing.upload_views import upload_marks
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.reading import reading
from grants.core.people.permissions import Permission
from grants.platform.file_checks.checks import Upload
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.asking import newly_asked
from grants.platform.questionnaires.fields import show
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import EditConflict, Sheet, bases_of
from grants.platform.questionnaires.picking import offers_in
from grants.platform.questionnaires.repeated import heading_key
from grants.platform.questionnaires.row_buttons import without_buttons
from grants.platform.questions import Table
from grants.platform.questions.reading import Fault, Problem, Typed
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction
from grants.platform.web.downloads import received
from grants.platform.web.undo import flash_undo


@pages.route("/applying/<reference>/sections/<key>", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WRITE)
def section(reference: str, key: str) -> ResponseReturnValue:
    """Write a section. Whatever is posted is kept first; then the page says what to correct."""
    application = own(reference, hold=request.method == "POST")
    page_key = application.call.questionnaire.section(key).key
    if request.method == "POST":
        return _save_posted(application, page_key)
    if page_key != key:
        return to("section", application, key=page_key, _anchor=f"q_{heading_key(key)}")
    if not may_write(application, key):
        return to("standing", application)
    with reading(application.call.text_languages):
        page = opened_page(Work.of(session(), application), application, key, _asked_faults())
    return _render_section(page)


def _render_section(page: Page, status: int = 200) -> ResponseReturnValue:
    _draw_files_of_rows(page)
    colleagues = writing_now(session(), page.application, viewer().person_id, clock.now())
    page_html = render_template(
        "applying/writing/section.html",
        page=page,
        form=page.form,
        uploading=partial(upload_marks, page.application),
        writing=colleagues.get(page.section.key, []),
        letters={s.question.key: s for s in standings_of(session(), page.application)},
        comments=comments_on(session(), page.application, page.section.key),
    )
    return page_html, status


def _draw_files_of_rows(page: Page) -> None:
    """Cells for files show those that are there, and take more at once."""
    papers: Any = current_app.jinja_env.get_template("applying/writing/papers.html").module

    def draw(table: Table, column: Any) -> Any:
        index = column.name.removeprefix(f"{table.name}-").partition("-")[0]
        of_files = next(c for c in table.file_columns if f"c_{c.key}" == column.short_name)
        cell: Any = table.cell(index, of_files)
        files, marks = page.files.get(cell.key, ()), upload_marks(page.application, cell)
        return papers.papers(page.application, cell, files, column, marks, cell=True)

    for table in page.section.questions:
        if isinstance(table, Table) and table.file_columns:
            page.form[table.name].draw_files = partial(draw, table)  # type: ignore[attr-defined]


def _asked_faults() -> frozenset[Fault]:
    """Which problems the address asks to show: those of a save, or all."""
    return {"save": CORRECTED, "all": frozenset(Fault)}.get(
        request.args.get("mend", ""), frozenset()
    )


def _save_posted(application: Application, key: str) -> ResponseReturnValue:
    section = application.call.questionnaire.section(key)
    typed, pressed = without_buttons(section, request.form.to_dict(flat=False))
    spoken = reading(application.call.text_languages)
    try:
        _keep_answers(application, key, typed)
    except EditConflict as overtaken:
        work = Work.of(session(), application)
        with spoken:
            page = conflict_page(session(), work, application, key, Sheet.of(typed), overtaken)
        return _render_section(page, 409)
    except FundError as refusal:
        with spoken:
            page = refused_page(Work.of(session(), application), application, key, typed)
        page.form.refuse(refusal.message)
        return _render_section(page, 422)
    _remove_rows(application, section)
    with reading(application.call.text_languages):
        refused, changed = _take_files(application, section)
    work = Work.of(session(), application)
    if refused or pressed:
        with spoken:
            page = opened_page(work, application, key, drawn={**typed, **pressed})
        show(page.form, refused)
        return _render_section(page, 422 if refused else 200)
    return _redirect_onwards(work, application, key, changed)


def _keep_answers(application: Application, key: str, typed: Typed) -> Answers:
    """Save what was posted, and know from which opened page it came."""
    version, sheet = counted(request.form.get("version")), Sheet.of(typed)
    with transaction() as opened:
        return drafts.save_held(opened, application, key, typed, version, this_act(), sheet=sheet)


def _remove_rows(application: Application, section: Section) -> None:
    """The files of rows that were removed go with them."""
    for table in section.questions:
        if isinstance(table, Table) and table.file_columns:
            names = (f"{table.name}-gone", f"{table.name}-remove")
            indices = {text for name in names for text in request.form.getlist(name)}
            if indices:
                with transaction() as opened:
                    drafts.remove_rows(opened, application, table, indices, this_act())


def _take_files(application: Application, section: Section) -> tuple[list[Problem], str]:
    """Take off and hang on what was asked for: what is refused, everything else is done; and the
    question or cell whose files have been changed.
    """
    refused: list[Problem] = []
    changed = ""
    if removed := counted(request.form.get("remove_file")):
        with transaction() as opened:
            changed = drafts.remove_file(opened, application, removed, this_act())
        undo = url_for(
            ".restore_file", reference=application.reference, key=section.key, number=removed
        )
        flash_undo(_("The file has been removed."), undo)
    for name, files in request.files.lists():
        key = name.removeprefix("q_")
        home = next((q for q in section.questions if q.place_of(key)), None)
        for file in filter(None, files if home else ()):
            changed = key
            try:
                _attach_file(application, key, received(file))
            except DomainError as refusal:
                assert home is not None
                refused.append(home.wrong(refusal.message, name))
    return refused, changed


def _attach_file(application: Application, question: str, upload: Upload) -> None:
    with transaction() as opened:
        drafts.attach(opened, application, question, upload, this_act())


def _redirect_onwards(
    work: Work, application: Application, key: str, with_files: str
) -> ResponseReturnValue:
    """Back to the section where something has to be corrected or files have been changed, else to
    where the person wants.
    """
    page = opened_page(work, application, key)
    unseen = set(request.form.get("hidden", "").split())
    if opened := newly_asked(page.section, work.part(key).typed, unseen, page.hidden):
        flash(
            _(
                "Your answers have been saved. Because of them, there are more "
                "questions on this page."
            ),
            "notice",
        )
        return to("section", application, key=key, _anchor=opened)
    anchor = f"papers-{with_files}" if with_files else request.form.get("stay")
    if anchor:
        return to("section", application, key=key, _anchor=anchor)
    if any(problem.fault in CORRECTED for problem in work.part(key).problems):
        flash(_("Your answers have been saved. Correct the answers marked below."), "warning")
        return to("section", application, key=key, mend="save")
    if not is_writable(application):
        return to("clarification", application)
    if request.form.get("go") == "list":
        return to("standing", application)
    following = page.following
    return to("section", application, key=following.key) if following else to("check", application)


@pages.post("/applying/<reference>/sections/<key>/files/<int:number>/restore")
@needs(Permission.APPLICATION_WRITE)
def restore_file(reference: str, key: str, number: int) -> ResponseReturnValue:
    """Put a file back, within ten seconds after it was removed."""
    application, anchor = own(reference, hold=True), None
    try:
        with transaction() as opened:
            anchor = f"papers-{undoing.restore_file(opened, application, number, this_act())}"
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Undone."), "success")
    return to("section", application, key=key, _anchor=anchor)


@pages.post("/applying/<reference>/sections/<key>/autosave")
@needs(Permission.APPLICATION_WRITE)
def autosave(reference: str, key: str) -> ResponseReturnValue:
    """Save while a person writes. The answer tells what the page goes on from, or a clash (409)."""
    application = own(reference, hold=True)
    section = application.call.questionnaire.section(key)
    typed, _pressed = without_buttons(section, request.form.to_dict(flat=False))
    try:
        row = _keep_answers(application, key, typed)
    except EditConflict as overtaken:
        newer = overtaken.newer
        return jsonify(version=newer.version, newer=newer.given, message=overtaken.message), 409
    except FundError as refusal:
        return jsonify(message=refusal.message), 422
    base = bases_of(section, section.kept(typed))
    _remove_rows(application, section)
    now, hidden = section_now(session(), application, key)
    return jsonify(
        version=row.version,
        base=base,
        saved_at=row.saved_at.isoformat(),
        hidden=" ".join(hidden),
        offers=offers_in(now),
    )
