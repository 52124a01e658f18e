"""The pages on which a question of a form is made, changed, or made one of another kind."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    keep,
    opened_at,
    pages,
    purpose_of_page,
    to_form,
)
from grants.applying.builder.rule_views import cells_and_questions
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import keys_taken, kinds_for
from grants.applying.form_files.service import place_file
from grants.applying.form_parts import editing
from grants.applying.form_parts.forms import AT_END, KindForm, QuestionForm, kind_names
from grants.applying.form_parts.recast import as_kind, faults_elsewhere, lost_settings, recast
from grants.applying.form_parts.standard_groups import with_known_words
from grants.applying.organisations.answers import answered_keys, submitted_labels
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.conditions.words import figure_in_words, in_words
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.outcome import columns_in_words, parsed
from grants.platform.questionnaires.picking import sources_before
from grants.platform.questionnaires.places import fact_names
from grants.platform.questionnaires.translation import languages_of
from grants.platform.questions import Computed, Content, Question, Table, WorkPlan
from grants.platform.questions.groups import PeopleByGroup
from grants.platform.questions.plans import LEAST_PERIODS, MOST_PERIODS
from grants.platform.web.access import needs, this_act
from grants.platform.web.database import session
from grants.platform.web.downloads import received


@pages.route(FORM + "/sections/<section>/questions/new", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def choose_kind(reference: str, section: str) -> ResponseReturnValue:
    """What kind of question a section is to ask next."""
    call = draft_of(reference)
    chosen_section = form_on_page(call).section(section)
    typed = KindForm.of(kinds_for(purpose_of_page()), section=chosen_section)
    if typed.validate_on_submit():
        before = typed.before.data if typed.before else AT_END
        return redirect(
            url_for(
                ".new_question",
                reference=reference,
                section=section,
                kind=typed.kind.data,
                before=None if before == AT_END else before,
            )
        )
    return render_template(
        "applying/builder/kind.html",
        call=call,
        form=typed,
        section=chosen_section,
        answered=answered_keys(),
        submitted=submitted_labels(),
    )


@pages.route(FORM + "/sections/<section>/questions/new/<kind>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def new_question(reference: str, section: str, kind: str) -> ResponseReturnValue:
    call = draft_of(reference)
    home = form_on_page(call).section(section)
    chosen = request.args.get("begin") or request.method == "POST"
    if _known_kind(kind) == PeopleByGroup.kind and not chosen:
        return render_template("applying/builder/begin_groups.html", call=call, section=home)
    return _question_page(call, section, kind, None)


@pages.route(FORM + "/questions/<key>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def question(reference: str, key: str) -> ResponseReturnValue:
    call = draft_of(reference)
    home = editing.section_of(form_on_page(call), key)
    old = home.question(key)
    return _question_page(call, home.key, old.kind, old)


@pages.route(FORM + "/questions/<key>/kind", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def change_kind(reference: str, key: str) -> ResponseReturnValue:
    """What kind of answer a question expects instead of the present one."""
    call = draft_of(reference)
    home = editing.section_of(form_on_page(call), key)
    old = home.question(key)
    typed = KindForm.of(kinds_for(purpose_of_page()), besides=old.kind)
    if typed.validate_on_submit():
        return redirect(
            url_for(".as_other_kind", reference=reference, key=key, kind=typed.kind.data)
        )
    return render_template(
        "applying/builder/other_kind.html",
        call=call,
        form=typed,
        old=old,
        section=home,
        kind=kind_names()[old.kind],
    )


@pages.route(FORM + "/questions/<key>/kind/<kind>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def as_other_kind(reference: str, key: str, kind: str) -> ResponseReturnValue:
    """The question as one of another kind: what stays, what is lost, what the new kind needs."""
    call = draft_of(reference)
    home = editing.section_of(form_on_page(call), key)
    return _question_page(call, home.key, _known_kind(kind), home.question(key))


def _known_kind(kind: str) -> str:
    if kind not in kinds_for(purpose_of_page()):
        raise Missing(_("Kind of question not found."))
    return kind


def _question_page(call: Call, home: str, kind: str, old: Question | None) -> ResponseReturnValue:
    form = form_on_page(call)
    key = old.key if old else ""
    recast_question = as_kind(old, kind) if old else None
    before = questions_before(form, home, key)
    typed = QuestionForm.of(kind, recast_question, before, form, source_choices(form, home, key))
    opened_at(typed, call)
    if kind == WorkPlan.kind and not isinstance(old, WorkPlan):
        _propose_periods(typed, call.months)
    if request.args.get("begin") == "empty" and request.method == "GET":
        for name in ("groups", "bands"):
            typed[name].process(None, [])
    if typed.validate_on_submit() and keep(
        call,
        typed,
        lambda: with_known_words(
            _with_typed(call, form, home, kind, old, typed),
            set(call.languages) & set(languages_of(form)),
        ),
        **_change_name(typed, kind, old),
    ):
        flash(_("Saved."), "success")
        return _after_saving(call, home, {question.key for question in form.items} - {key})
    return render_template(
        "applying/builder/question.html",
        call=call,
        form=typed,
        old=old,
        kind=kind_names()[kind],
        section=form.section(home),
        kind_of_table=kind == Table.kind,
        **_table_in_words(form, old),
        other=_what_changes(form, old, recast_question)
        if old and recast_question and old.kind != kind
        else None,
    )


def _after_saving(call: Call, home: str, others: Collection[str]) -> ResponseReturnValue:
    """Where a person goes on from a question that was saved."""
    go = request.form.get("go", "")
    saved = next((item for item in form_on_page(call).items if item.key not in others), None)
    if isinstance(saved, Table) and (page := next_of_table(call, saved, go)):
        return page
    if go == "next":
        return redirect(url_for(".choose_kind", reference=call.reference, section=home))
    return to_form(call, f"s-{home}")


def next_of_table(call: Call, table: Table, wish: str) -> ResponseReturnValue | None:
    """Where a person goes on with a table: to a formula that is not chosen yet, which leads to what
    was wished for after it, or to a rule for its rows; None if there is nothing of it left.
    """
    reference, key = call.reference, table.key
    for column in table.columns:
        if isinstance(column, Computed) and not column.formula:
            page = url_for(
                ".column", reference=reference, key=key, name=column.key, then=wish or None
            )
            return redirect(page)
    if wish == "rule":
        return redirect(url_for(".new_row_rule", reference=reference, key=key))
    return None


def _table_in_words(form: Form, table: Question | None) -> dict[str, Any]:
    """The conditions and formulas of the columns of a table, and its rules for each row."""
    if not isinstance(table, Table):
        return {}
    named = cells_and_questions(form, table)
    nodes = {c.key: c.node for c in table.columns if isinstance(c, Computed) and c.node}
    rules = [(rule, parsed(rule.rule)) for rule in table.rules]
    return {
        "columns_when": columns_in_words(table, {q.key: q for q in form.questions}),
        "formulas": {key: figure_in_words(node, named) for key, node in nodes.items()},
        "rules": [(r, in_words(node, named) if node else r.rule) for r, node in rules],
    }


def _propose_periods(typed: QuestionForm, months: int) -> None:
    """A plan begins with as many months as the call allows a project."""
    typed["periods"].hint = _(  # type: ignore[attr-defined]
        "The longest project under this call lasts %(months)s months, or %(quarters)s quarters.",
        months=months,
        quarters=-(-months // 3),
    )
    if not typed.is_submitted():  # type: ignore[no-untyped-call]
        typed["periods"].process_data(min(max(months, LEAST_PERIODS), MOST_PERIODS))


def _with_upload(
    call: Call, content: Content, typed: QuestionForm, old: Question | None
) -> Content:
    """Content with the file that was uploaded for it, with the earlier one, or with none."""
    if upload := typed["file"].data:
        placed = place_file(session(), received(upload), this_act(), call.scope)
        return replace(content, file=placed.sha256, file_name=placed.document.name)
    if "no_file" in typed and typed["no_file"].data:
        return replace(content, file="", file_name="")
    return replace(content, file_name=getattr(old, "file_name", ""))


def _with_typed(
    call: Call, form: Form, home: str, kind: str, old: Question | None, typed: QuestionForm
) -> Form:
    typed_question = typed.made(kind, old, keys_taken(form, purpose_of_page()))
    if isinstance(typed_question, Content):
        typed_question = _with_upload(call, typed_question, typed, old)
    if old:
        return recast(form, typed_question)
    longer = editing.with_question(form, home, typed_question)
    before = request.args.get("before", "")
    if not any(question.key == before for question in form.section(home).questions):
        return longer
    return editing.placed_question(longer, typed_question.key, home, before)


def _change_name(typed: QuestionForm, kind: str, old: Question | None) -> dict[str, str]:
    """What the change is called among the earlier forms."""
    name = "added" if not old else "question" if old.kind == kind else "kind"
    return {name: str(typed.label.data)[:80]}


def _what_changes(form: Form, old: Question, new: Question) -> dict[str, Any]:
    """What the page says before a question becomes one of another kind."""
    lost = lost_settings(old, new.kind)
    present = QuestionForm.of(old.kind, old, (), form)
    facts = set(form.facts.items()) - set(recast(form, new).facts.items())
    return {
        "old_kind": kind_names()[old.kind],
        "lost": [
            *(field.label.text for field in present.own if field.short_name in lost),
            *([_("Rules for each row")] if "rules" in lost else []),
        ],
        "facts": [fact_names()[fact] for fact, _key in sorted(facts)],
        "faults": faults_elsewhere(form, new),
    }


def source_choices(form: Form, section: str, question: str = "") -> list[tuple[str, str]]:
    """The earlier answers of which a question may offer a choice."""
    return [name for source in sources_before(form, section, question) for name in source.names]


def questions_before(form: Form, section: str = "", question: str = "") -> list[Question]:
    """The questions before a section or a question: a condition may be about these alone."""
    questions: list[Question] = []
    for part in form.sections:
        for candidate in part.questions:
            if candidate.key == question:
                return questions
            if candidate.asks and (part.key == section or not part.is_repeated):
                questions.append(candidate)
        if part.key == section and not question:
            return questions
    return questions
