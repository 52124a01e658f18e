"""Pages of the finance questionnaire: written and kept as it is typed, its files, submitted."""

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import FundError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.granting.preparing import finance as writing
from grants.granting.preparing import queries, service
from grants.granting.preparing.forms import FileForm
from grants.granting.preparing.models import FinanceDraft, FinanceFile
from grants.granting.preparing.questions import (
    as_one_page,
    finance_form_of,
    outcome_for,
    problems_in,
)
from grants.granting.preparing.views import award_of, pages
from grants.granting.preparing.workflow import Part
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.asking import left_out, with_asked_cells
from grants.platform.questionnaires.fields import SectionForm, section_form
from grants.platform.questionnaires.fields import show as show_problems
from grants.platform.questionnaires.merging import (
    CHOICE,
    EditConflict,
    Sheet,
    author_name,
    bases_of,
    part_of,
)
from grants.platform.questionnaires.row_buttons import without_buttons
from grants.platform.questions.reading import Typed
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction
from grants.platform.web.downloads import received, send_document

ONE = "/grants/<reference>/finance"


@pages.route(ONE, methods=["GET", "POST"])
@needs(Permission.REPORT_WRITE)
def finance(reference: str) -> ResponseReturnValue:
    """The grantee answers about its finances. Whatever is posted is kept first."""
    award = award_of(reference)
    if request.method == "POST":
        return _save_and_submit(award)
    return _render_page(award, _form_of(award, writing.written_answers(session(), award)))


def _save_and_submit(award: Award) -> ResponseReturnValue:
    typed, pressed = _posted_answers(award)
    try:
        draft = _save_draft(award, typed)
    except EditConflict as overtaken:
        return _render_conflict(award, Sheet.of(typed), overtaken)
    except FundError as refusal:
        form = _form_of(award, typed)
        form.refuse(refusal.message)
        return _render_page(award, form, 422, unsaved=True)
    if pressed:
        return _render_page(award, _form_of(award, {**draft.typed, **pressed}))
    if request.form.get("go") == "list":
        return redirect(url_for("agreements.before", reference=award.reference))
    form = _form_of(award, draft.typed)
    problems = list(problems_in(finance_form_of(award), draft.typed))
    show_problems(form, problems)
    if not problems:
        with attempt(form) as (opened, outcome):
            service.submit_finance(opened, award, draft.typed, this_act(), draft.version)
        if outcome:
            flash(_("Submitted. The fund will check it and tell you."), "success")
            return redirect(url_for("agreements.before", reference=award.reference))
    return _render_page(award, form, 422)


def _posted_answers(award: Award) -> tuple[Typed, Typed]:
    """What was typed, and the buttons for rows of tables."""
    whole = as_one_page(finance_form_of(award))
    return without_buttons(whole, request.form.to_dict(flat=False))


def _save_draft(award: Award, typed: Typed) -> FinanceDraft:
    version, sheet = counted(request.form.get("version")), Sheet.of(typed)
    with transaction() as opened:
        return writing.save_finance(opened, award, typed, version, sheet, this_act())


def _form_of(award: Award, typed: Typed) -> SectionForm:
    """The questionnaire with these answers in its boxes, made of what is kept now."""
    questions = finance_form_of(award)
    draft = writing.draft_of(session(), award.id)
    whole = as_one_page(with_asked_cells(questions, typed))
    stands = writing.written_answers(session(), award)
    marks = {
        "version": str(draft.version if draft else 0),
        "base": bases_of(whole, whole.kept(stands)),
        "hidden": _hidden_in(award, typed),
    }
    return section_form(whole, typed, **marks)


def _hidden_in(award: Award, typed: Typed) -> str:
    questions = finance_form_of(award)
    hidden = {question.key for question in questions.questions} - outcome_for(
        questions, typed
    ).shown
    return " ".join(left_out(as_one_page(with_asked_cells(questions, typed)), frozenset(hidden)))


def _render_page(
    award: Award, form: SectionForm, status: int = 200, *, unsaved: bool = False, **more: Any
) -> ResponseReturnValue:
    draft = writing.draft_of(session(), award.id)
    row = queries.preparation_of(session(), award.id, Part.FINANCE)
    page = render_template(
        "granting/preparing/finance.html",
        award=award,
        row=row,
        returned=queries.returned(session(), row),
        form=form,
        sections=finance_form_of(award).sections,
        hidden=(form.hidden.data or "").split(),
        files=writing.files_of(session(), award),
        saved_at=draft.saved_at if draft else None,
        unsaved=unsaved,
        **{"theirs": {}, "authors": {}, **more},
    )
    return page, status


def _render_conflict(award: Award, sheet: Sheet, by: EditConflict) -> ResponseReturnValue:
    """Both answers where two people changed the same question, and a choice to make."""
    questions, clashes = finance_form_of(award), by.merged.clashes
    whole = as_one_page(with_asked_cells(questions, by.merged.kept))
    marks = {
        "version": str(by.newer.version),
        "base": bases_of(whole, whole.kept(by.newer.given)),
        "hidden": _hidden_in(award, by.merged.kept),
    }
    form = section_form(whole, by.merged.kept, clashes, **marks)
    for question in clashes:
        if question in sheet.clashes and question not in sheet.choices:
            form.complain(CHOICE + question, _("Choose which answer to keep."))
    theirs = {
        question.key: [t for texts in part_of(question, by.newer.given).values() for t in texts]
        for question in whole.questions
        if question.key in clashes
    }
    authors = {key: author_name(session(), by.newer, key) for key in clashes}
    return _render_page(award, form, 409, unsaved=True, theirs=theirs, authors=authors)


@pages.post(f"{ONE}/autosave")
@needs(Permission.REPORT_WRITE)
def autosave_finance(reference: str) -> ResponseReturnValue:
    """Save while a person writes; the answer tells from what the page goes on."""
    award = award_of(reference)
    typed, _pressed = _posted_answers(award)
    try:
        draft = _save_draft(award, typed)
    except EditConflict as overtaken:
        return jsonify(message=overtaken.message), 409
    except FundError as refusal:
        return jsonify(message=refusal.message), 422
    whole = as_one_page(finance_form_of(award))
    base = bases_of(whole, whole.kept(typed))
    return jsonify(version=draft.version, base=base, hidden=_hidden_in(award, draft.typed))


@pages.route(f"{ONE}/files", methods=["GET", "POST"])
@needs(Permission.REPORT_WRITE)
def finance_files(reference: str) -> ResponseReturnValue:
    """The files beside the questionnaire, and the form for one more."""
    award, form = award_of(reference), FileForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            writing.add_file(opened, award, received(form.file.data), this_act())
        if outcome:
            flash(_("Uploaded."), "success")
            return redirect(url_for("preparing.finance_files", reference=reference))
    return render_template(
        "granting/preparing/files.html",
        award=award,
        form=form,
        files=writing.files_of(session(), award),
    )


@pages.get(f"{ONE}/files/<int:file_id>")
@signed_in
def finance_file(reference: str, file_id: int) -> Response:
    """One file beside the questionnaire, as a download for both sides."""
    award = award_of(reference)
    is_own = viewer().may(Permission.REPORT_WRITE, award.scope)
    if not is_own and not viewer().may(Permission.DISBURSEMENT_SEE, award.scope):
        raise Missing(_("File not found."))
    file = writing.file_of(session(), award, file_id, submitted_only=not is_own)
    return send_document(file.document, award.scope)


def _own_file(reference: str, file_id: int) -> FinanceFile:
    return writing.file_of(session(), award_of(reference), file_id)


StepPages(
    pages,
    None,
    _own_file,
    lambda file: url_for("preparing.finance_files", reference=file.award.reference),
    lambda file: (file.award.reference,),
).act(
    "remove_finance_file",
    Permission.REPORT_WRITE,
    f"{ONE}/files/<int:file_id>/remove",
    Form,
    lambda opened, file, _form, act: writing.remove_file(opened, file, act),
    title=lambda file: _("Remove “%(name)s”", name=file.document.name),
    button=_l("Remove"),
    tone="warning",
    done=_l("Removed."),
)
