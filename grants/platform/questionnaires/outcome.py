"""What a form shows for the answers given so far, and which of its checks fail."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.platform.conditions.figures import figures_in_words
from grants.platform.conditions.words import in_words
from grants.platform.conditions.worth import GivenAnswers, holds
from grants.platform.expressions.nodes import Node, keys_in
from grants.platform.expressions.parse import parse
from grants.platform.questionnaires.form import Answered, Form, Section
from grants.platform.questions import Question, Table
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

    def is_met(self, answers: GivenAnswers) -> bool:
        if self.within and self.within not in answers.shown:
            return False
        return not self.text or (self.node is not None and holds(self.node, answers) is True)


def shown_in(
    form: Form, values: Mapping[str, Any], files: Mapping[str, int] | None = None
) -> frozenset[str]:
    """The keys of the questions that are shown for these answers; `files` counts those attached.

    A question is shown when its section is and its own condition is true. A condition waits for
    those of the questions that it names, because the answer of a hidden question does not count.
    Conditions that wait for each other in a circle are never true.
    """
    questions = {question.key: question for question in form.items}
    if not form.is_conditional:
        return frozenset(questions)
    visible: set[str] = set()
    answers = GivenAnswers(questions, visible, values, files or {})
    decided: set[str] = set()
    waiting = list(_conditions_of(form))
    while ready := [condition for condition in waiting if condition.needs <= decided]:
        visible |= {condition.name for condition in ready if condition.is_met(answers)}
        decided |= {condition.name for condition in ready}
        waiting = [condition for condition in waiting if condition.name not in decided]
    return frozenset(visible & set(questions))


def deciding_questions(form: Form, section: Section) -> frozenset[str]:
    """The questions whose answers decide what a section shows: those that its conditions name, and
    those that these rest on.
    """
    return resting_on(form, {SECTION + section.key, *(q.key for q in section.questions)})


def resting_on(form: Form, names: set[str]) -> frozenset[str]:
    """The questions whose answers decide what of these is asked: questions by key, or a section."""
    conditions = {condition.name: condition.needs for condition in _conditions_of(form)}
    deciding: set[str] = set()
    waiting = names
    while waiting:
        needs = {need for name in waiting for need in conditions[name]}
        waiting = needs - deciding
        deciding |= needs
    return frozenset(need for need in deciding if not need.startswith(SECTION))


def _conditions_of(form: Form) -> Iterator[_Condition]:
    keys = {question.key for question in form.items}
    for section in form.sections:
        place = SECTION + section.key
        yield _condition_of(place, "", section.show_when, keys)
        for question in section.questions:
            condition = _condition_of(question.key, place, question.show_when, keys)
            beside = _named_by_columns(question) & keys
            yield replace(condition, needs=condition.needs | beside)


def _condition_of(name: str, within: str, text: str, keys: Collection[str]) -> _Condition:
    node = parsed(text) if text else None
    asked_about = {key for key in keys_in(node) if key in keys} if node else set()
    return _Condition(name, within, text, node, frozenset({*asked_about, within} - {""}))


def _named_by_columns(question: Question) -> set[str]:
    """Other questions on which the columns of a table rest."""
    columns = question.columns if isinstance(question, Table) else ()
    nodes = [parsed(column.show_when) for column in columns if column.show_when]
    named = {key for node in nodes if node for key in keys_in(node)}
    return named - {column.key for column in columns}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What counts of the answers: the questions shown, and by section what was read and fails."""

    shown: frozenset[str]
    parts: Sequence[Answered]


def outcome_of(
    form: Form,
    parts: Sequence[Answered],
    files: Mapping[str, int] | None = None,
    note: Mapping[str, Any] | None = None,
) -> Outcome:
    """Leave out what is hidden, and add the checks that fail. `parts` are the form's sections as
    they were read, in their order; `note` is what the concept note answered.
    """
    values = {key: value for part in parts for key, value in part.values.items()}
    visible = shown_in(form, values, files)
    failed = list(failed_checks(form, values, visible, files, note))
    return Outcome(
        visible,
        [
            part.counting(
                visible, [p for p in failed if any(q.key == p.question for q in section.questions)]
            )
            for section, part in zip(form.sections, parts, strict=True)
        ],
    )


def conditions_in_words(form: Form) -> dict[str, str]:
    """When each question, and each column of a table, that is not always there is asked: sentences
    by the key of the question, for a reader of the form.
    """
    questions = {question.key: question for question in form.questions}
    in_words_by_key = {}
    for section in form.sections:
        whole = parsed(section.show_when) if section.show_when else None
        for question in section.questions:
            own_condition = parsed(question.show_when) if question.show_when else None
            conditions = [in_words(node, questions) for node in (whole, own_condition) if node]
            sentences = [*columns_in_words(question, questions).values()]
            if conditions:
                condition = _(" and ").join(conditions)
                sentences.insert(0, _("Asked only if %(condition)s.", condition=condition))
            if sentences:
                in_words_by_key[question.key] = " ".join(sentences)
    return in_words_by_key


def columns_in_words(question: Question, questions: Mapping[str, Question]) -> dict[str, str]:
    """When the columns of a table are asked that are not asked in every row: sentences by key."""
    columns = question.columns if isinstance(question, Table) else ()
    of_row = {**questions, **{column.key: column for column in columns}}
    return {
        column.key: _(
            "“%(column)s” is asked only if %(condition)s.",
            column=column.title,
            condition=in_words(node, of_row),
        )
        for column in columns
        if column.show_when and (node := parsed(column.show_when))
    }


def failed_checks(
    form: Form,
    values: Mapping[str, Any],
    shown: Collection[str],
    files: Mapping[str, int] | None = None,
    note: Mapping[str, Any] | None = None,
) -> Iterator[Problem]:
    """Each check that the answers break, at its question. A check about an answer that is hidden
    or not given says nothing.
    """
    questions = {q.key: q for q in (*form.questions, *form.note)}
    in_sight = frozenset({*shown, *(q.key for q in form.note)})
    answers = GivenAnswers(questions, in_sight, {**values, **(note or {})}, files or {})
    for check in form.checks:
        node = parsed(check.rule)
        places = (check.at, *keys_in(node)) if node else ()
        place = next((key for key in places if key in shown and key in questions), None)
        if node and place and holds(node, answers) is False:
            question = answers.questions[place]
            message = in_language(check.message)
            figures = figures_in_words(node, answers)
            yield Problem(place, question.target, message, whole=True, figures=figures)
    for key in (question.key for question in form.questions if question.key in shown):
        table = answers.questions[key]
        if isinstance(table, Table) and table.rules:
            yield from _broken_row_rules(table, answers)


def _broken_row_rules(table: Table, answers: GivenAnswers) -> Iterator[Problem]:
    """Each rule of a table that one of its rows breaks, at that row. A rule names the cells of its
    row by the codes of their columns, and other answers by their keys.
    """
    columns = {column.key: column for column in table.columns}
    rules = [(rule, node) for rule in table.rules if (node := parsed(rule.rule))]
    for number, row in enumerate(answers.raw(table.key) or ()):
        cells = replace(
            answers,
            questions={**answers.questions, **columns},
            shown={*answers.shown, *columns},
            values={**answers.values, **{key: row.get(key) for key in columns}},
        )
        for rule, node in rules:
            if holds(node, cells) is False:
                at = columns.get(rule.at) or table.columns[0]
                place = table.cell(table.index_of(number, row), at).target
                message = in_language(rule.message)
                figures = figures_in_words(node, cells)
                yield Problem(
                    table.key,
                    place,
                    message,
                    figures=figures,
                    row=None if table.fixed_rows else number,
                    row_name=table.name_of_row(number, row),
                )
