"""Changes of a form: each takes a form and returns the changed one."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from grants.applying.form_parts.naming import free_key
from grants.core.kernel.errors import InvalidInput, Missing
from grants.core.kernel.language import gettext as _
from grants.core.texts.marks import spaced
from grants.platform.expressions.nodes import keys_in
from grants.platform.expressions.parse import parse
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questions import Question, RowRule, Table

T = TypeVar("T")


def section_of(form: Form, key: str) -> Section:
    """The section in which a question stands."""
    for section in form.sections:
        if any(question.key == key for question in section.questions):
            return section
    raise Missing(_("Question not found."))


def with_section(form: Form, section: Section, instead_of: str = "") -> Form:
    """The form with one more section at its end, or with this one instead of another."""
    if not instead_of:
        return replace(form, sections=(*form.sections, section))
    form.section(instead_of)
    changed = [section if part.key == instead_of else part for part in form.sections]
    return replace(form, sections=tuple(changed))


def without_section(form: Form, key: str) -> Form:
    emptied = emptied_section(form, key)
    return replace(emptied, sections=tuple(p for p in emptied.sections if p.key != key))


def emptied_section(form: Form, key: str) -> Form:
    """The form with a section that keeps its title and conditions, but no introduction and no
    question.
    """
    section = form.section(key)
    lost = {question.key for question in section.questions}
    facts = {
        fact: question_key for fact, question_key in form.facts.items() if question_key not in lost
    }
    empty = replace(section, questions=(), intro={})
    return replace(with_section(form, empty, key), facts=facts)


def moved_section(form: Form, key: str, step: int) -> Form:
    place = [part.key for part in form.sections].index(form.section(key).key)
    return replace(form, sections=_moved_part(form.sections, place, step))


def with_question(form: Form, section: str, question: Question, instead_of: str = "") -> Form:
    """The form with one more question at the end of a section, or with this one instead."""
    home = section_of(form, instead_of) if instead_of else form.section(section)
    if instead_of:
        questions = tuple(question if q.key == instead_of else q for q in home.questions)
    else:
        questions = (*home.questions, question)
    return with_section(form, replace(home, questions=questions), home.key)


def copied_question(form: Form, key: str, keys: set[str]) -> tuple[Form, str]:
    """The form with a copy of a question behind it, and the key of the copy."""
    home = section_of(form, key)
    place = [question.key for question in home.questions].index(key)
    copy = replace(home.questions[place], key=free_key(key, keys))
    questions = (*home.questions[: place + 1], copy, *home.questions[place + 1 :])
    return with_section(form, replace(home, questions=questions), home.key), copy.key


def table_of(form: Form, key: str) -> Table:
    """A table of the form; Missing if the question is none."""
    question = section_of(form, key).question(key)
    if not isinstance(question, Table):
        raise Missing(_("Question not found."))
    return question


def column_of(table: Table, key: str) -> Question:
    for column in table.columns:
        if column.key == key:
            return column
    raise Missing(_("Column not found."))


def with_columns(form: Form, table: Table, columns: Sequence[Question]) -> Form:
    return with_question(form, "", replace(table, columns=tuple(columns)), table.key)


def with_column(form: Form, table: Table, column: Question) -> Form:
    """The form with this column instead of the one with its key."""
    columns = [column if old.key == column.key else old for old in table.columns]
    return with_columns(form, table, columns)


def moved_column(form: Form, table: Table, key: str, step: int) -> Form:
    place = [column.key for column in table.columns].index(column_of(table, key).key)
    return with_columns(form, table, _moved_part(table.columns, place, step))


def copied_column(form: Form, table: Table, key: str) -> Form:
    """The form with a copy of a column behind it."""
    place = [column.key for column in table.columns].index(column_of(table, key).key)
    copy = replace(table.columns[place], key=free_key(key, {c.key for c in table.columns}))
    return with_columns(
        form, table, (*table.columns[: place + 1], copy, *table.columns[place + 1 :])
    )


def moved_row(form: Form, table: Table, code: str, step: int) -> Form:
    rows = _moved_part(table.fixed_rows, _place_of_row(table, code), step)
    return with_question(form, "", replace(table, fixed_rows=rows), table.key)


def copied_row(form: Form, table: Table, code: str) -> Form:
    """The form with a copy of a fixed row behind it."""
    place, rows = _place_of_row(table, code), table.fixed_rows
    copy = replace(rows[place], code=free_key(code, {row.code for row in rows}))
    rows = (*rows[: place + 1], copy, *rows[place + 1 :])
    return with_question(form, "", replace(table, fixed_rows=rows), table.key)


def _place_of_row(table: Table, code: str) -> int:
    codes = [row.code for row in table.fixed_rows]
    if code not in codes:
        raise Missing(_("Row not found."))
    return codes.index(code)


def row_rule_of(table: Table, number: int) -> RowRule:
    """The rule for each row with this number, from 0; Missing if there is none."""
    if not 0 <= number < len(table.rules):
        raise Missing(_("Rule not found."))
    return table.rules[number]


def with_row_rule(form: Form, table: Table, rule: RowRule, number: int | None = None) -> Form:
    """The form whose table has one more rule for each row, or this one instead of another."""
    rules = [*table.rules, rule]
    if number is not None:
        rules = [rule if at == number else old for at, old in enumerate(table.rules)]
    return with_question(form, "", replace(table, rules=tuple(rules)), table.key)


def without_row_rule(form: Form, table: Table, number: int) -> Form:
    row_rule_of(table, number)
    rules = tuple(rule for at, rule in enumerate(table.rules) if at != number)
    return with_question(form, "", replace(table, rules=rules), table.key)


def without_question(form: Form, key: str) -> Form:
    section = section_of(form, key)
    questions = tuple(question for question in section.questions if question.key != key)
    facts = {fact: question_key for fact, question_key in form.facts.items() if question_key != key}
    return replace(
        with_section(form, replace(section, questions=questions), section.key), facts=facts
    )


def moved_question(form: Form, key: str, step: int) -> Form:
    """One place up or down; beyond the edge of its section it goes into the next one."""
    section = section_of(form, key)
    place = [question.key for question in section.questions].index(key)
    if 0 <= place + step < len(section.questions):
        questions = _moved_part(section.questions, place, step)
        return with_section(form, replace(section, questions=questions), section.key)
    other = [part.key for part in form.sections].index(section.key) + step
    if not 0 <= other < len(form.sections):
        return form
    return placed_question(form, key, form.sections[other].key, at_end=step < 0)


def placed_question(
    form: Form, key: str, section: str, before: str = "", *, at_end: bool = True
) -> Form:
    """The question in this section, before another one, or at its end or beginning."""
    question = section_of(form, key).question(key)
    target = form.section(section)
    without = with_section(
        form,
        replace(
            (home := section_of(form, key)),
            questions=tuple(q for q in home.questions if q.key != key),
        ),
        home.key,
    )
    questions = list(without.section(target.key).questions)
    keys = [item.key for item in questions]
    place = keys.index(before) if before in keys else len(questions) if at_end else 0
    questions.insert(place, question)
    return with_section(
        without, replace(without.section(target.key), questions=tuple(questions)), target.key
    )


def with_check(form: Form, check: Check, number: int | None = None) -> Form:
    """One more check, or this one instead of that with a number, from 0."""
    if number is None:
        return replace(form, checks=(*form.checks, check))
    _require_check(form, number)
    changed = [check if at == number else part for at, part in enumerate(form.checks)]
    return replace(form, checks=tuple(changed))


def without_check(form: Form, number: int) -> Form:
    _require_check(form, number)
    return replace(form, checks=tuple(c for at, c in enumerate(form.checks) if at != number))


def _require_check(form: Form, number: int) -> Check:
    if not 0 <= number < len(form.checks):
        raise Missing(_("Check not found."))
    return form.checks[number]


def taken_over(form: Form, source: Form, key: str) -> Form:
    """The form with a section of another one, whose keys must be free here, and with the checks
    of that form that are about the questions of this section alone.
    """
    section = source.section(key)
    own_keys = {question.key for question in section.questions}
    brought = [check for check in source.checks if is_about(check, own_keys)]
    keys_in_form = {question.key for question in form.items}
    clash = sorted(question.key for question in section.questions if question.key in keys_in_form)
    if clash:
        raise InvalidInput(
            _(
                "These questions are already in the form: %(keys)s.",
                keys=spaced(",").join(clash),
            )
        )
    keys = {part.key for part in form.sections}
    free = next(k for k in (key, *(f"{key}_{n}" for n in range(2, 99))) if k not in keys)
    wider = with_section(form, replace(section, key=free))
    return replace(wider, checks=(*form.checks, *brought))


def is_about(check: Check, keys: Collection[str]) -> bool:
    """Does a check speak of these questions, and of no others?"""
    try:
        keys_named = set(keys_in(parse(check.rule)))
    except InvalidInput:
        return False
    return bool(keys_named) and keys_named <= set(keys)


def _moved_part(parts: Sequence[T], place: int, step: int) -> tuple[T, ...]:
    """The parts with one of them moved by a number of places, no further than the edge."""
    remaining = [part for at, part in enumerate(parts) if at != place]
    remaining.insert(max(0, place + step), parts[place])
    return tuple(remaining)
