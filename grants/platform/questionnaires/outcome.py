"""What a form shows for the answers given so far, and which of its checks fail."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.platform.conditions.figures import figures_in_words
from grants.platform.conditions.nodes import Node, keys_in
from grants.platform.conditions.parse import parse
from grants.platform.conditions.words import in_words
from grants.platform.conditions.worth import Given, holds
from grants.platform.questionnaires.form import Answered, Check, Form, Section
from grants.platform.questions.reading import Problem

SECTION = "section "
"""Before the key of a section, where questions and sections stand in one list."""


def parsed(text: str) -> Node | None:
    """The expression; None if it cannot be read, which the check of the form tells."""
    try:
        return parse(text)
    except InvalidInput:
        return None


@dataclass(frozen=True, slots=True)
class _Condition:
    """When a question or a section is shown. It waits until those in `needs` are decided."""

    name: str
    within: str
    text: str
    node: Node | None
    needs: frozenset[str]

    def is_met(self, given: Given) -> bool:
        if self.within and self.within not in given.shown:
            return False
        return not self.text or (self.node is not None and holds(self.node, given) is True)


def shown_in(
    form: Form, values: Mapping[str, Any], files: Mapping[str, int] | None = None
) -> frozenset[str]:
    """The keys of the questions that are shown for these answers; `files` counts those attached.

    A question is shown when its section is and its own condition is true. A condition waits for
    those of the questions that it names, because the answer of a hidden question does not count.
    Conditions that wait for each other in a circle are never true.
    """
    questions = {question.key: question for question in form.questions}
    if not form.is_conditional:
        return frozenset(questions)
    shown: set[str] = set()
    given = Given(questions, shown, values, files or {})
    decided: set[str] = set()
    waiting = list(_conditions(form))
    while ready := [one for one in waiting if one.needs <= decided]:
        shown |= {one.name for one in ready if one.is_met(given)}
        decided |= {one.name for one in ready}
        waiting = [one for one in waiting if one.name not in decided]
    return frozenset(shown & set(questions))


def deciding_questions(form: Form, section: Section) -> frozenset[str]:
    """The questions whose answers decide what a section shows: those that its conditions name, and
    those that these rest on.
    """
    conditions = {one.name: one.needs for one in _conditions(form)}
    deciding: set[str] = set()
    waiting = {SECTION + section.key, *(question.key for question in section.questions)}
    while waiting:
        needs = {need for name in waiting for need in conditions[name]}
        waiting = needs - deciding
        deciding |= needs
    return frozenset(need for need in deciding if not need.startswith(SECTION))


def _conditions(form: Form) -> Iterator[_Condition]:
    keys = {question.key for question in form.questions}
    for section in form.sections:
        place = SECTION + section.key
        yield _condition(place, "", section.show_when, keys)
        for question in section.questions:
            yield _condition(question.key, place, question.show_when, keys)


def _condition(name: str, within: str, text: str, keys: Collection[str]) -> _Condition:
    node = parsed(text) if text else None
    named = {key for key in keys_in(node) if key in keys} if node else set()
    return _Condition(name, within, text, node, frozenset({*named, within} - {""}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What counts of the answers: the questions shown, and by section what was read and fails."""

    shown: frozenset[str]
    parts: Sequence[Answered]


def outcome_of(
    form: Form, parts: Sequence[Answered], files: Mapping[str, int] | None = None
) -> Outcome:
    """Leave out what is hidden, and add the checks that fail. `parts` are the form's sections as
    they were read, in their order.
    """
    values = {key: value for part in parts for key, value in part.values.items()}
    shown = shown_in(form, values, files)
    failed = list(failed_checks(form, values, shown, files))
    return Outcome(
        shown,
        [
            part.counting(
                shown, [p for p in failed if any(q.key == p.question for q in section.questions)]
            )
            for section, part in zip(form.sections, parts, strict=True)
        ],
    )


def conditions_in_words(form: Form) -> dict[str, str]:
    """When each question that is not always there is shown, by key, for a reader of the form."""
    questions = {question.key: question for question in form.questions}
    found = {}
    for section in form.sections:
        whole = parsed(section.show_when) if section.show_when else None
        for question in section.questions:
            own = parsed(question.show_when) if question.show_when else None
            said = [in_words(node, questions) for node in (whole, own) if node]
            if said:
                found[question.key] = _(" and ").join(said)
    return found


def failed_checks(
    form: Form,
    values: Mapping[str, Any],
    shown: Collection[str],
    files: Mapping[str, int] | None = None,
) -> Iterator[Problem]:
    """Each check that the answers break, at its question. A check about an answer that is hidden
    or not given says nothing.
    """
    given = Given({q.key: q for q in form.questions}, frozenset(shown), values, files or {})
    for check in form.checks:
        node = parsed(check.rule)
        place = _place_of(check, node, given) if node else None
        if node and place and holds(node, given) is False:
            question = given.questions[place]
            said = in_language(check.message)
            figures = figures_in_words(node, given)
            yield Problem(place, question.target, said, whole=True, figures=figures)


def _place_of(check: Check, node: Node, given: Given) -> str | None:
    """The question to go to: the one that the check names, or the first of its rule in sight."""
    places = [check.at, *keys_in(node)]
    return next((key for key in places if key in given.questions and key in given.shown), None)
