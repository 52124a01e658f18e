"""Parts of a form, to copy or to keep for other forms: a section or a question, with new keys where
theirs are taken.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from grants.applying.form_parts.editing import is_about, section_of
from grants.applying.form_parts.naming import free_key
from grants.core.kernel.errors import InvalidInput
from grants.platform.expressions.nodes import keys_in
from grants.platform.expressions.parse import parse
from grants.platform.expressions.renaming import with_new_keys
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questions import Question, Table
from grants.platform.questions.picked import with_sources_at


def section_alone(form: Form, key: str) -> Form:
    """A section of a form as a form of its own: with the conditions and checks that are about its
    own questions alone. Others would have no meaning elsewhere.
    """
    section = form.section(key)
    return _form_of(form, replace(section, show_when=_own_condition(section.show_when, ())))


def question_alone(form: Form, key: str) -> Form:
    """A question of a form as a form of its own, with the checks that are about it alone."""
    question = section_of(form, key).question(key)
    return _form_of(form, Section(key="part", title={}, questions=(question,)))


def loses_conditions(form: Form, part: Form) -> bool:
    """Are conditions of a part about questions elsewhere in its form, so that it goes without?"""
    (section,) = part.sections
    remaining = {question.key: _conditions_in(question) for question in section.questions}
    home = next((one for one in form.sections if one.key == section.key), section)
    return home.show_when != section.show_when or any(
        remaining.get(question.key, conditions) != conditions
        for question in form.items
        if (conditions := _conditions_in(question))
    )


def _conditions_in(question: Question) -> list[str]:
    """The conditions of a question and of its columns."""
    columns = question.columns if isinstance(question, Table) else ()
    return [question.show_when, *(column.show_when for column in columns)]


def _form_of(form: Form, section: Section) -> Form:
    keys = {question.key for question in section.questions}
    questions = tuple(_with_own_conditions(question, keys) for question in section.questions)
    checks = tuple(
        replace(check, at=check.at if check.at in keys else "")
        for check in form.checks
        if is_about(check, keys)
    )
    return Form(sections=(replace(section, questions=questions),), checks=checks)


def _with_own_conditions(question: Question, keys: Collection[str]) -> Question:
    """The question, and the columns of a table, with the conditions that are about these alone."""
    alone = replace(question, show_when=_own_condition(question.show_when, keys))
    if not isinstance(alone, Table):
        return alone
    within = {*keys, *(column.key for column in alone.columns)}
    columns = (
        replace(column, show_when=_own_condition(column.show_when, within))
        for column in alone.columns
    )
    return replace(alone, columns=tuple(columns))


def _own_condition(condition: str, keys: Collection[str]) -> str:
    """The condition, if it is about these questions alone."""
    try:
        return condition if condition and set(keys_in(parse(condition))) <= set(keys) else ""
    except InvalidInput:
        return ""


def copied_section(form: Form, key: str, keys: set[str]) -> tuple[Form, str]:
    """The form with a copy of a section behind it, and the key of the copy. Conditions and checks
    among its own questions are about the copies.
    """
    section = form.section(key)
    copy, checks = _with_free_keys(form, section, keys)
    copy = replace(copy, key=free_key(key, {part.key for part in form.sections}))
    place = form.sections.index(section)
    sections = (*form.sections[: place + 1], copy, *form.sections[place + 1 :])
    return replace(form, sections=sections, checks=(*form.checks, *checks)), copy.key


def with_section_of(
    form: Form, part: Form, keys: set[str], section_keys: set[str]
) -> tuple[Form, str]:
    """The form with the section of a part at its end, and the key of the section there."""
    copy, checks = _with_free_keys(part, part.sections[0], keys)
    copy = replace(copy, key=free_key(copy.key, section_keys))
    whole = replace(form, sections=(*form.sections, copy), checks=(*form.checks, *checks))
    return whole, copy.key


def with_question_of(form: Form, part: Form, section: str, keys: set[str]) -> tuple[Form, str]:
    """The form with the question of a part at the end of a section, and its key there."""
    copy, checks = _with_free_keys(part, part.sections[0], keys)
    (question,) = copy.questions
    home = form.section(section)
    changed = replace(home, questions=(*home.questions, question))
    sections = tuple(changed if one is home else one for one in form.sections)
    return replace(form, sections=sections, checks=(*form.checks, *checks)), question.key


def _with_free_keys(form: Form, section: Section, keys: set[str]) -> tuple[Section, list[Check]]:
    """The section with keys that are free, and the checks among its questions about the copies."""
    new_keys: dict[str, str] = {}
    for question in section.questions:
        new_keys[question.key] = free_key(question.key, keys)
        keys.add(new_keys[question.key])
    questions = tuple(_with_keys(question, new_keys) for question in section.questions)
    checks = [
        replace(
            check, rule=with_new_keys(check.rule, new_keys), at=new_keys.get(check.at, check.at)
        )
        for check in form.checks
        if is_about(check, new_keys)
    ]
    return replace(section, questions=questions), checks


def _with_keys(question: Question, new_keys: Mapping[str, str]) -> Question:
    """The question under its new key."""
    changed = replace(
        with_sources_at(question, new_keys),
        key=new_keys[question.key],
        show_when=with_new_keys(question.show_when, new_keys),
    )
    return changed.with_questions_at(new_keys) if isinstance(changed, Table) else changed
