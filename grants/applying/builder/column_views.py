"""The page of one column of a table, with its help, its limits and all that its kind of answer has,
or with its formula; and the order of columns and of fixed rows.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    keep,
    keep_at_once,
    opened_at,
    pages,
)
from grants.applying.builder.question_views import (
    next_of_table,
    questions_before,
    source_choices,
)
from grants.applying.calls.models import Call
from grants.applying.form_parts import editing
from grants.applying.form_parts.examples import example_of_formula
from grants.applying.form_parts.forms import QuestionForm, kind_names
from grants.applying.form_parts.formulas import FormulaForm
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.form import Form
from grants.platform.questions import Computed, Question, Table
from grants.platform.web.access import needs


@pages.route(FORM + "/questions/<key>/columns/<name>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def column(reference: str, key: str, name: str) -> ResponseReturnValue:
    call = draft_of(reference)
    form = form_on_page(call)
    table = editing.table_of(form, key)
    old = editing.column_of(table, name)
    if isinstance(old, Computed):
        return _computed_column(call, form, table, old)
    sources = source_choices(form, editing.section_of(form, key).key, key)
    typed = QuestionForm.of(
        old.kind, old, _cells_before(form, table, old), form, sources, table.columns
    )
    opened_at(typed, call)
    if typed.validate_on_submit() and keep(
        call,
        typed,
        lambda: editing.with_column(form, table, typed.made(old.kind, old, set())),
        question=table.english_title[:80],
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".question", reference=reference, key=key))
    return render_template(
        "applying/builder/column.html",
        call=call,
        form=typed,
        table=table,
        old=old,
        kind=kind_names()[old.kind],
    )


def _computed_column(call: Call, form: Form, table: Table, old: Computed) -> ResponseReturnValue:
    """The page of a column that is calculated: its formula is read back and tried, or kept."""
    before = table.columns[: table.columns.index(old)]
    typed = FormulaForm.of(old, before)
    opened_at(typed, call)
    tried = None
    if request.form.get("go") == "try":
        if typed.validate():
            cells = {cell.key: cell for cell in before}
            tried = example_of_formula(typed.made(old), cells, request.form)
    elif typed.validate_on_submit() and keep(
        call,
        typed,
        lambda: editing.with_column(form, table, typed.made(old)),
        question=table.english_title[:80],
    ):
        flash(_("Saved."), "success")
        return _after_formula(call, table.key)
    return render_template(
        "applying/builder/formula.html",
        call=call,
        form=typed,
        table=table,
        old=old,
        kind=kind_names()[old.kind],
        tried=tried,
    )


def _after_formula(call: Call, key: str) -> ResponseReturnValue:
    """To what was wished for when the table was made; else to its columns."""
    form, wish = form_on_page(call), request.args.get("then", "")
    if wish and (page := next_of_table(call, editing.table_of(form, key), wish)):
        return page
    if wish == "next":
        home = editing.section_of(form, key).key
        return redirect(url_for(".choose_kind", reference=call.reference, section=home))
    return redirect(url_for(".question", reference=call.reference, key=key, _anchor="columns"))


def _cells_before(form: Form, table: Table, column: Question) -> list[Question]:
    """What the condition of a column may be about: its row as far as it goes, and what comes before
    the table.
    """
    cells = table.columns[: table.columns.index(column)]
    names = {cell.key for cell in table.columns}
    beside = questions_before(form, editing.section_of(form, table.key).key, table.key)
    return [*cells, *(question for question in beside if question.key not in names)]


@pages.post(FORM + "/questions/<key>/columns/<name>/place")
@needs(Permission.CALL_EDIT)
def place_column(reference: str, key: str, name: str) -> ResponseReturnValue:
    """Move a column one place, or copy it."""
    call = draft_of(reference)
    form, wish = form_on_page(call), request.form.get("direction")
    table = editing.table_of(form, key)
    if wish == "copy":
        changed = editing.copied_column(form, table, name)
    else:
        changed = editing.moved_column(form, table, name, -1 if wish == "before" else 1)
    keep_at_once(call, changed, question=table.english_title[:80])
    return redirect(url_for(".question", reference=reference, key=key, _anchor="columns"))


@pages.post(FORM + "/questions/<key>/rows/<code>/place")
@needs(Permission.CALL_EDIT)
def place_row(reference: str, key: str, code: str) -> ResponseReturnValue:
    """Move a fixed row one place, or copy it."""
    call = draft_of(reference)
    form, wish = form_on_page(call), request.form.get("direction")
    table = editing.table_of(form, key)
    if wish == "copy":
        changed = editing.copied_row(form, table, code)
    else:
        changed = editing.moved_row(form, table, code, -1 if wish == "before" else 1)
    keep_at_once(call, changed, question=table.english_title[:80])
    return redirect(url_for(".question", reference=reference, key=key, _anchor="rows"))
