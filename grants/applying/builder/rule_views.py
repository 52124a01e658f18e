"""The pages of rules: the checks of a form, and what each row of a table keeps. A rule is read back
and tried on an example before it is kept.
"""

from collections.abc import Callable, Mapping
from typing import Any

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
from grants.applying.calls.models import Call
from grants.applying.form_parts import editing
from grants.applying.form_parts.examples import example_of
from grants.applying.form_parts.rules import RuleForm
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.form import Form
from grants.platform.questions import Question, Table
from grants.platform.web.access import needs


@pages.route(FORM + "/checks/new", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def new_check(reference: str) -> ResponseReturnValue:
    return _check(draft_of(reference), None)


@pages.route(FORM + "/checks/<int:number>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def check(reference: str, number: int) -> ResponseReturnValue:
    return _check(draft_of(reference), number - 1)


def _check(call: Call, number: int | None) -> ResponseReturnValue:
    form = form_on_page(call)
    if number is not None and not 0 <= number < len(form.checks):
        raise Missing(_("Check not found."))
    old = None if number is None else form.checks[number]
    typed = RuleForm.of_form(form, old)
    return _rule_page(
        call,
        typed,
        {question.key: question for question in (*form.questions, *form.note)},
        lambda: editing.with_check(form, typed.check_made(old), number),
        old=old,
        to=url_for(".overview", reference=call.reference, _anchor="checks"),
    )


@pages.route(FORM + "/questions/<key>/rules/new", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def new_row_rule(reference: str, key: str) -> ResponseReturnValue:
    return _row_rule(draft_of(reference), key, None)


@pages.route(FORM + "/questions/<key>/rules/<int:number>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def row_rule(reference: str, key: str, number: int) -> ResponseReturnValue:
    return _row_rule(draft_of(reference), key, number - 1)


def _row_rule(call: Call, key: str, number: int | None) -> ResponseReturnValue:
    form = form_on_page(call)
    table = editing.table_of(form, key)
    old = None if number is None else editing.row_rule_of(table, number)
    typed = RuleForm.of_rows(form, table, old)
    return _rule_page(
        call,
        typed,
        cells_and_questions(form, table),
        lambda: editing.with_row_rule(form, table, typed.row_rule_made(old), number),
        old=old,
        to=url_for(".question", reference=call.reference, key=key, _anchor="rules"),
        table=table,
    )


def cells_and_questions(form: Form, table: Table) -> Mapping[str, Question]:
    """What a rule for each row may name: the columns of the table first."""
    return {item.key: item for item in (*form.questions, *table.columns)}


def _rule_page(
    call: Call,
    typed: RuleForm,
    questions: Mapping[str, Question],
    make: Callable[[], Form],
    **more: Any,
) -> ResponseReturnValue:
    """One rule: read back and tried, or kept."""
    opened_at(typed, call)
    tried = None
    if request.form.get("go") == "try":
        typed.tries = True
        if typed.validate():
            tried = example_of(typed.condition(), questions, request.form)
    elif typed.validate_on_submit() and keep(call, typed, make, check=str(typed.message.data)[:80]):
        flash(_("Saved."), "success")
        return redirect(more["to"])
    return render_template(
        "applying/builder/rule.html", call=call, form=typed, tried=tried, **{"table": None, **more}
    )


@pages.post(FORM + "/questions/<key>/rules/<int:number>/remove")
@needs(Permission.CALL_EDIT)
def remove_row_rule(reference: str, key: str, number: int) -> ResponseReturnValue:
    """Take a rule for each row out of a table."""
    call = draft_of(reference)
    form = form_on_page(call)
    table = editing.table_of(form, key)
    changed = editing.without_row_rule(form, table, number - 1)
    keep_at_once(call, changed, question=table.english_title[:80])
    flash(_("Saved."), "success")
    return redirect(url_for(".question", reference=reference, key=key, _anchor="rules"))
