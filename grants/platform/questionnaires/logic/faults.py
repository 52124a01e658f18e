"""What is wrong with the conditions and checks of a form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.form import Check, Form
from grants.platform.questionnaires.kinds import Question
from grants.platform.questionnaires.logic.checker import Checker
from grants.platform.questionnaires.logic.nodes import Node, keys_in
from grants.platform.questionnaires.logic.parse import parse
from grants.platform.questionnaires.logic.reach import (
    ALWAYS,
    Case,
    IsGiven,
    TooMany,
    both,
    cases,
    is_possible,
)
from grants.platform.questionnaires.places import (
    FormFault,
    anchor_of_check,
    name_of_check,
    name_of_question,
    name_of_section,
    unknown_question,
)


def logic_faults(form: Form, unread: frozenset[str]) -> list[FormFault]:
    """All that is wrong with the conditions and checks of a form."""
    return _Inspection(form, unread).faults()


def faults_of_expression(
    text: str, questions: Mapping[str, Question], unread: frozenset[str] = frozenset()
) -> list[str]:
    """What is wrong with one expression about these questions; nothing if it is empty."""
    return _read(text, questions, unread)[1] if text.strip() else []


def _read(
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
    node: Node | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"q-{self.key}" if self.within else f"s-{self.key}"


class _Inspection:
    """Goes through a form once."""

    def __init__(self, form: Form, unread: frozenset[str]) -> None:
        self.form, self.unread = form, unread
        self.questions: Mapping[str, Question] = {q.key: q for q in form.questions}
        self.conditions = {one.name: one for one in _conditions(form)}
        self.shown: dict[str, list[Case]] = {}
        """When each question and section is shown, as far as it is known."""

    def faults(self) -> list[FormFault]:
        for one in self.conditions.values():
            one.node, one.faults = self._read(one.text)
        found = list(self._circles())
        found += [fault for one in self.conditions.values() for fault in self._own_faults(one)]
        found += self._unreachable()
        found += [fault for check in self.form.checks for fault in self._check_faults(check)]
        return found

    def _read(self, text: str) -> tuple[Node | None, list[str]]:
        return _read(text, self.questions, self.unread)

    def _circles(self) -> Iterator[FormFault]:
        """Conditions that wait for each other; each circle is told once."""
        graph = {name: self._needs(one) for name, one in self.conditions.items()}
        while True:
            try:
                TopologicalSorter(graph).prepare()
            except CycleError as error:
                circle: list[str] = error.args[1][::-1]
                for name in circle:
                    graph.pop(name, None)
                    self.shown[name] = ALWAYS
                first = self.conditions[circle[0]]
                said = _(
                    "the conditions depend on each other in a circle: %(way)s",
                    way=" → ".join(self.conditions[name].where for name in circle),
                )
                yield FormFault(first.key, first.where, said, first.anchor)
            else:
                return

    def _needs(self, one: _Condition) -> set[str]:
        named = set(keys_in(one.node)) if one.node else set()
        return {name for name in (*named, one.within) if name in self.conditions}

    def _own_faults(self, one: _Condition) -> Iterator[FormFault]:
        for fault in one.faults:
            said = _("its condition is not right: %(fault)s", fault=fault)
            yield FormFault(one.key, one.where, said, one.anchor)
        later = dict.fromkeys(keys_in(one.node)) if one.node else {}
        for key in later:
            if key in self.questions and key not in one.before and one.name not in self.shown:
                said = _(
                    "its condition is about “%(question)s”, which comes later; move it before",
                    question=name_of_question(self.questions[key]),
                )
                yield FormFault(one.key, one.where, said, one.anchor)

    def _unreachable(self) -> Iterator[FormFault]:
        """Conditions that can never be true, by themselves or with those that they rest on."""
        for name in self._in_order():
            one = self.conditions[name]
            try:
                own, whole = self._cases(one)
            except TooMany:
                self.shown[name] = ALWAYS
                continue
            self.shown[name] = whole
            if not own:
                said = _("the condition contradicts itself, so it is never shown")
                yield FormFault(one.key, one.where, said, one.anchor)
            elif not whole and self.shown.get(one.within, ALWAYS):
                said = _("it is never shown, because of the conditions that it depends on")
                yield FormFault(one.key, one.where, said, one.anchor)

    def _in_order(self) -> Iterator[str]:
        """Conditions after those that they rest on, without those in a circle."""
        graph = {
            name: self._needs(one) - set(self.shown)
            for name, one in self.conditions.items()
            if name not in self.shown
        }
        yield from TopologicalSorter(graph).static_order()

    def _cases(self, one: _Condition) -> tuple[list[Case], list[Case]]:
        """When a condition is true by itself, and together with all that it rests on."""
        own = ALWAYS
        if one.node and not one.faults:
            own = self._possible(cases(one.node, self.questions))
        elif one.text:
            return ALWAYS, ALWAYS
        return own, self._resting(own, one.within)

    def _resting(self, own: list[Case], within: str = "") -> list[Case]:
        """Those cases in which each question that they need to be answered is shown."""
        found: list[Case] = []
        for case in own:
            needs = [fact.key for fact in case if isinstance(fact, IsGiven)]
            joint = [case]
            for name in (*needs, within):
                joint = self._possible(both(joint, self.shown.get(name, ALWAYS)))
            found += joint
        return list(dict.fromkeys(found))

    def _possible(self, found: list[Case]) -> list[Case]:
        return [case for case in found if is_possible(case, self.questions)]

    def _check_faults(self, check: Check) -> Iterator[FormFault]:
        node, faults = self._read(check.rule)
        if not check.rule.strip():
            faults = [_("the rule is empty")]
        if check.at and check.at not in self.questions and check.at not in self.unread:
            faults.append(unknown_question(check.at))
        if not check.message.get("en", "").strip():
            faults.append(_("give it a message in English"))
        if node and not any(keys_in(node)):
            faults.append(_("the rule does not refer to any question"))
        if node and not faults:
            faults += self._never(node)
        for fault in faults:
            at = anchor_of_check(self.form, check)
            yield FormFault(check.at, name_of_check(self.form, check), fault, at)

    def _never(self, node: Node) -> Iterator[str]:
        """Can the rule of a check be kept at all, and broken at all?"""
        try:
            kept = self._possible(cases(node, self.questions))
            broken = self._possible(cases(node, self.questions, wanted=False))
            applies = self._resting([*kept, *broken])
        except TooMany:
            return
        if not kept:
            yield _("no answers can ever meet this rule")
        elif not applies:
            yield _("the rule is about questions that are never shown together")


def _conditions(form: Form) -> Iterator[_Condition]:
    before: set[str] = set()
    for section in form.sections:
        name = f"section {section.key}"
        where = name_of_section(section)
        yield _Condition(name, section.key, where, section.show_when, "", frozenset(before))
        for question in section.questions:
            yield _Condition(
                question.key,
                question.key,
                name_of_question(question),
                question.show_when,
                name,
                frozenset(before),
            )
            before.add(question.key)
