"""Changes of a form: each takes a form and returns the changed one."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from grants.core.kernel.errors import InvalidInput, Missing
from grants.core.kernel.language import gettext as _
from grants.platform.conditions.nodes import keys_in
from grants.platform.conditions.parse import parse
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questions import Question

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
    changed = [section if one.key == instead_of else one for one in form.sections]
    return replace(form, sections=tuple(changed))


def without_section(form: Form, key: str) -> Form:
    gone = {question.key for question in form.section(key).questions}
    facts = {fact: named for fact, named in form.facts.items() if named not in gone}
    left = tuple(one for one in form.sections if one.key != key)
    return replace(form, sections=left, facts=facts)


def moved_section(form: Form, key: str, step: int) -> Form:
    place = [one.key for one in form.sections].index(form.section(key).key)
    return replace(form, sections=_moved(form.sections, place, step))


def with_question(form: Form, section: str, question: Question, instead_of: str = "") -> Form:
    """The form with one more question at the end of a section, or with this one instead."""
    found = section_of(form, instead_of) if instead_of else form.section(section)
    if instead_of:
        asked = tuple(question if q.key == instead_of else q for q in found.questions)
    else:
        asked = (*found.questions, question)
    return with_section(form, replace(found, questions=asked), found.key)


def without_question(form: Form, key: str) -> Form:
    section = section_of(form, key)
    left = tuple(question for question in section.questions if question.key != key)
    facts = {fact: named for fact, named in form.facts.items() if named != key}
    return replace(with_section(form, replace(section, questions=left), section.key), facts=facts)


def moved_question(form: Form, key: str, step: int) -> Form:
    """One place up or down; beyond the edge of its section it goes into the next one."""
    section = section_of(form, key)
    place = [question.key for question in section.questions].index(key)
    if 0 <= place + step < len(section.questions):
        asked = _moved(section.questions, place, step)
        return with_section(form, replace(section, questions=asked), section.key)
    other = [one.key for one in form.sections].index(section.key) + step
    if not 0 <= other < len(form.sections):
        return form
    return placed_question(form, key, form.sections[other].key, at_end=step < 0)


def placed_question(
    form: Form, key: str, section: str, before: str = "", *, at_end: bool = True
) -> Form:
    """The question in this section, before another one, or at its end or beginning."""
    question = section_of(form, key).question(key)
    target = form.section(section)
    left = with_section(
        form,
        replace(
            (home := section_of(form, key)),
            questions=tuple(q for q in home.questions if q.key != key),
        ),
        home.key,
    )
    others = list(left.section(target.key).questions)
    keys = [one.key for one in others]
    place = keys.index(before) if before in keys else len(others) if at_end else 0
    others.insert(place, question)
    return with_section(
        left, replace(left.section(target.key), questions=tuple(others)), target.key
    )


def with_check(form: Form, check: Check, number: int | None = None) -> Form:
    """One more check, or this one instead of that with a number, from 0."""
    if number is None:
        return replace(form, checks=(*form.checks, check))
    _check(form, number)
    changed = [check if at == number else one for at, one in enumerate(form.checks)]
    return replace(form, checks=tuple(changed))


def without_check(form: Form, number: int) -> Form:
    _check(form, number)
    return replace(form, checks=tuple(c for at, c in enumerate(form.checks) if at != number))


def _check(form: Form, number: int) -> Check:
    if not 0 <= number < len(form.checks):
        raise Missing(_("Check not found."))
    return form.checks[number]


def taken_over(form: Form, source: Form, key: str) -> Form:
    """The form with a section of another one, whose keys must be free here, and with the checks
    of that form that are about the questions of this section alone.
    """
    section = source.section(key)
    own = {question.key for question in section.questions}
    brought = [check for check in source.checks if _is_about(check, own)]
    taken = {question.key for question in form.questions}
    clash = sorted(question.key for question in section.questions if question.key in taken)
    if clash:
        raise InvalidInput(
            _(
                "These questions are in the form already: %(keys)s.",
                keys=", ".join(clash),
            )
        )
    keys = {one.key for one in form.sections}
    free = next(k for k in (key, *(f"{key}_{n}" for n in range(2, 99))) if k not in keys)
    wider = with_section(form, replace(section, key=free))
    return replace(wider, checks=(*form.checks, *brought))


def _is_about(check: Check, keys: Collection[str]) -> bool:
    """Does a check speak of these questions, and of no others?"""
    try:
        named = set(keys_in(parse(check.rule)))
    except InvalidInput:
        return False
    return bool(named) and named <= set(keys)


def _moved(parts: Sequence[T], place: int, step: int) -> tuple[T, ...]:
    """The parts with one of them moved by a number of places, no further than the edge."""
    others = [part for at, part in enumerate(parts) if at != place]
    others.insert(max(0, place + step), parts[place])
    return tuple(others)
