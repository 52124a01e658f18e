"""What is wrong with the conditions and checks of a form."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.conditions.checker import Checker
from grants.platform.conditions.former import unknown_question
from grants.platform.conditions.trials import CannotTell, Trial, trials
from grants.platform.expressions.nodes import Node, keys_in
from grants.platform.expressions.parse import parse
from grants.platform.questionnaires.form import Check, Form
from grants.platform.questionnaires.places import (
    FormFault,
    anchor_of_check,
    anchor_of_section,
    name_of_check,
    name_of_section,
)
from grants.platform.questions import Question, Table


def logic_faults(form: Form, unread: frozenset[str]) -> list[FormFault]:
    """All that is wrong with the conditions and checks of a form."""
    return _Inspection(form, unread).faults()


def faults_of_expression(
    text: str, questions: Mapping[str, Question], unread: frozenset[str] = frozenset()
) -> list[str]:
    """What is wrong with one expression about these questions; nothing if it is empty."""
    return _read_expression(text, questions, unread)[1] if text.strip() else []


def _read_expression(
    text: str, questions: Mapping[str, Question], unread: frozenset[str]
) -> tuple[Node | None, list[str]]:
    """The expression and what is wrong with it; None if nothing more can be said of it."""
    if not text.strip():
        return None, [_("the expression is empty")] if text else []
    try:
        node = parse(text)
    except InvalidInput as refusal:
        return None, [refusal.message]
    return node, Checker(questions, unread).check(node)


@dataclass
class _Condition:
    """A condition with its place. `name` is the key of its question, or "section " and its key;
    `before` are the questions that come before it.
    """

    name: str
    key: str
    where: str
    text: str
    within: str
    before: frozenset[str]
    questions: Mapping[str, Question]
    """What it may name: the questions of the form, and of a column those of its table first."""
    anchor: str
    node: Node | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def tried(self) -> Node | None:
        """What answers are tried for: nothing while the condition is faulty."""
        return None if self.faults else self.node


class _Inspection:
    """Goes through a form once."""

    def __init__(self, form: Form, unread: frozenset[str]) -> None:
        self.form, self.unread = form, unread
        self.questions: Mapping[str, Question] = {q.key: q for q in form.questions}
        self.conditions = {
            condition.name: condition for condition in _conditions_of(form, self.questions)
        }
        self.in_circle: set[str] = set()
        """Conditions that wait for each other."""

    def faults(self) -> list[FormFault]:
        for condition in self.conditions.values():
            self._read(condition)
        faults = list(self._circles_of_conditions())
        for condition in self.conditions.values():
            faults += self._own_faults(condition)
        faults += self._unreachable_conditions()
        for check in self.form.checks:
            faults += self._check_faults(check)
        for question in self.form.questions:
            if isinstance(question, Table):
                faults += self._column_faults(question)
                faults += self._row_faults(question)
        return list(dict.fromkeys(faults))

    def _read(self, condition: _Condition) -> None:
        condition.node, condition.faults = _read_expression(
            condition.text, condition.questions, self.unread
        )

    def _column_faults(self, table: Table) -> Iterator[FormFault]:
        """What is wrong with the conditions of columns. Each may rest on the columns before it."""
        columns = {column.key for column in table.columns}
        before: list[_Condition] = []
        for condition in _conditions_of_columns(table, self.conditions[table.key], self.questions):
            self._read(condition)
            yield from self._own_faults(condition)
            beside = set(keys_in(condition.node)) - columns if condition.node else set()
            names = {table.key, *(beside & self.conditions.keys())}
            before.append(condition)
            message = ""
            if not self._can_be_true(condition.tried, condition.questions):
                message = _("the condition contradicts itself, so it is never shown")
            elif not self._can_be_shown(condition, self._resting_on(names) + before):
                message = _("it is never shown, because of the conditions that it depends on")
            if message:
                yield FormFault(condition.key, condition.where, message, condition.anchor)

    def _row_faults(self, table: Table) -> Iterator[FormFault]:
        """What is wrong with the rules that each row of a table keeps."""
        columns = {column.key: column for column in table.columns}
        for number, rule in enumerate(table.rules, 1):
            faults = _read_expression(rule.rule, {**self.questions, **columns}, self.unread)[1]
            if not rule.rule.strip():
                faults = [_("the rule is empty")]
            if rule.at and rule.at not in columns:
                faults.append(_("there is no column “%(key)s”", key=rule.at))
            if not rule.message.get("en", "").strip():
                faults.append(_("give it a message in English"))
            for fault in faults:
                message = _("rule %(number)s for each row: %(fault)s", number=number, fault=fault)
                yield FormFault(table.key, table.english_title, message, table.anchor)

    def _circles_of_conditions(self) -> Iterator[FormFault]:
        """Conditions that wait for each other; each circle is told once."""
        graph = {name: self._needs_of(condition) for name, condition in self.conditions.items()}
        while True:
            try:
                TopologicalSorter(graph).prepare()
            except CycleError as error:
                circle: list[str] = error.args[1][::-1]
                for name in circle:
                    graph.pop(name, None)
                    self.in_circle.add(name)
                first = self.conditions[circle[0]]
                message = _(
                    "the conditions depend on each other in a circle: %(way)s",
                    way=" → ".join(self.conditions[name].where for name in circle),
                )
                yield FormFault(first.key, first.where, message, first.anchor)
            else:
                return

    def _needs_of(self, condition: _Condition) -> set[str]:
        keys = set(keys_in(condition.node)) if condition.node else set()
        return {name for name in (*keys, condition.within) if name in self.conditions}

    def _own_faults(self, condition: _Condition) -> Iterator[FormFault]:
        for fault in condition.faults:
            message = _("its condition is not correct: %(fault)s", fault=fault)
            yield FormFault(condition.key, condition.where, message, condition.anchor)
        later = dict.fromkeys(keys_in(condition.node)) if condition.node else {}
        for key in later:
            if (
                key in condition.questions
                and key not in condition.before
                and condition.name not in self.in_circle
            ):
                message = _(
                    "its condition is about “%(question)s”, which comes later; move "
                    "that question before it",
                    question=condition.questions[key].english_title,
                )
                yield FormFault(condition.key, condition.where, message, condition.anchor)

    def _unreachable_conditions(self) -> Iterator[FormFault]:
        """Conditions that can never be true, by themselves or with those that they rest on."""
        never: set[str] = set()
        for name in self._in_order():
            condition = self.conditions[name]
            if not self._can_be_true(condition.tried):
                never.add(name)
                message = _("the condition contradicts itself, so it is never shown")
                yield FormFault(condition.key, condition.where, message, condition.anchor)
            elif not self._can_be_shown(condition, self._resting_on({condition.name})):
                never.add(name)
                message = _("it is never shown, because of the conditions that it depends on")
                if condition.within not in never:
                    yield FormFault(condition.key, condition.where, message, condition.anchor)

    def _can_be_true(
        self, node: Node | None, questions: Mapping[str, Question] | None = None
    ) -> bool:
        """Do some answers make a condition true, whatever is shown?"""
        if node is None:
            return True
        return self._is_in_some_trial(
            [], lambda trial, _hidden: trial.outcome(node) is True, node, questions=questions
        )

    def _can_be_shown(self, condition: _Condition, resting: Sequence[_Condition]) -> bool:
        """Do some answers show it? `resting` are its own condition and all that it rests on."""
        return self._is_in_some_trial(
            resting,
            lambda _trial, hidden: condition.name not in hidden,
            questions=condition.questions,
        )

    def _can_apply(self, rule: Node) -> bool:
        """Is there an outcome of a check when only the answers count that are shown?"""
        return self._is_in_some_trial(
            self._resting_on(self.conditions.keys() & set(keys_in(rule))),
            lambda trial, hidden: trial.without(hidden).outcome(rule) is not None,
            rule,
        )

    def _is_in_some_trial(
        self,
        conditions: Sequence[_Condition],
        is_met: Callable[[Trial, set[str]], bool],
        *rules: Node,
        questions: Mapping[str, Question] | None = None,
    ) -> bool:
        """Does something hold in a trial, given what these conditions hide in it?"""
        nodes = [condition.tried for condition in conditions if condition.tried]
        with suppress(CannotTell):
            return any(
                is_met(trial, _hidden_in(trial, conditions))
                for trial in trials([*nodes, *rules], questions or self.questions)
            )
        return True

    def _in_order(self) -> list[str]:
        """Conditions after those that they rest on, without those in a circle."""
        graph = {
            name: self._needs_of(condition) - self.in_circle
            for name, condition in self.conditions.items()
            if name not in self.in_circle
        }
        return list(TopologicalSorter(graph).static_order())

    def _resting_on(self, names: Iterable[str]) -> list[_Condition]:
        """These conditions and all that they rest on, in the order in which they are decided."""
        resting: set[str] = set()
        waiting = set(names)
        while waiting:
            resting |= waiting
            waiting = {need for name in waiting for need in self._needs_of(self.conditions[name])}
            waiting -= resting
        return [self.conditions[name] for name in self._in_order() if name in resting]

    def _check_faults(self, check: Check) -> Iterator[FormFault]:
        questions = {**self.questions, **{question.key: question for question in self.form.note}}
        node, faults = _read_expression(check.rule, questions, self.unread)
        if not check.rule.strip():
            faults = [_("the rule is empty")]
        if check.at and check.at not in self.questions and check.at not in self.unread:
            faults.append(unknown_question(check.at))
        if not check.message.get("en", "").strip():
            faults.append(_("give it a message in English"))
        if node and not any(keys_in(node)):
            faults.append(_("the rule does not refer to any question"))
        if node and not faults:
            faults += self._never_kept(node)
        for fault in faults:
            at = anchor_of_check(self.form, check)
            yield FormFault(check.at, name_of_check(self.form, check), fault, at)

    def _never_kept(self, node: Node) -> Iterator[str]:
        """Can the rule of a check be kept at all, and does it ever apply?"""
        if not self._can_be_true(node):
            yield _("no answers can ever meet this rule")
        elif not self._can_apply(node):
            yield _("the rule is about questions that are never shown together")


def _hidden_in(trial: Trial, conditions: Sequence[_Condition]) -> set[str]:
    """What these conditions hide, each decided after those that it rests on."""
    hidden: set[str] = set()
    for condition in conditions:
        is_met = condition.tried is None or trial.without(hidden).outcome(condition.tried) is True
        if condition.within in hidden or not is_met:
            hidden.add(condition.name)
    return hidden


def _conditions_of(form: Form, questions: Mapping[str, Question]) -> Iterator[_Condition]:
    before: set[str] = set()
    for section in form.sections:
        name = f"section {section.key}"
        where, at = name_of_section(section), anchor_of_section(section)
        so_far = frozenset(before)
        yield _Condition(name, section.key, where, section.show_when, "", so_far, questions, at)
        for question in section.questions:
            yield _Condition(
                question.key,
                question.key,
                question.english_title,
                question.show_when,
                name,
                frozenset(before),
                questions,
                question.anchor,
            )
            if question.asks:
                before.add(question.key)


def _conditions_of_columns(
    table: Table, whole: _Condition, questions: Mapping[str, Question]
) -> Iterator[_Condition]:
    """When its columns are asked; `whole` is the condition of the table itself."""
    columns = {column.key: column for column in table.columns}
    before = set(whole.before - columns.keys())
    for column in table.columns:
        if column.show_when:
            yield _Condition(
                column.key,
                table.key,
                _(
                    "%(where)s, column “%(name)s”",
                    where=table.english_title,
                    name=column.english_title,
                ),
                column.show_when,
                table.key,
                frozenset(before),
                {**questions, **columns},
                table.anchor,
            )
        before.add(column.key)
