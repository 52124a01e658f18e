"""Can a condition ever be true? Found by taking it apart into cases and looking at each.

A case is a set of facts that hold together. What is not understood (a product of two answers, a
part of a text) is taken to be possible, so nothing is called impossible that is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from grants.core.kernel.countries import CODES
from grants.platform.questionnaires.kinds import Country, OneOf, Question, SeveralOf, YesNo
from grants.platform.questionnaires.logic.checker import named_answers
from grants.platform.questionnaires.logic.linear import Bound, are_possible, bound_of
from grants.platform.questionnaires.logic.nodes import (
    AnswerTo,
    Both,
    Comparison,
    Function,
    Listed,
    Literal,
    Node,
    Not,
)
from grants.platform.questionnaires.logic.shapes import SHAPES, Kind

MOST_CASES = 300


@dataclass(frozen=True, slots=True)
class IsGiven:
    key: str


@dataclass(frozen=True, slots=True)
class IsEmpty:
    key: str


@dataclass(frozen=True, slots=True)
class IsAmong:
    """The answer is one of these values, or (`wanted` false) none of them."""

    key: str
    values: frozenset[str]
    wanted: bool


@dataclass(frozen=True, slots=True)
class Holds:
    """A choice is among several, or is not."""

    key: str
    code: str
    wanted: bool


Fact = IsGiven | IsEmpty | IsAmong | Holds | Bound
Case = frozenset[Fact]
ALWAYS: list[Case] = [frozenset()]


class TooMany(Exception):
    """There are more cases than anybody would write; nothing is said of them."""


def both(left: list[Case], right: list[Case]) -> list[Case]:
    """The cases in which both hold."""
    if len(left) * len(right) > MOST_CASES:
        raise TooMany
    return list(dict.fromkeys(one | other for one, other in product(left, right)))


def cases(node: Node, questions: Mapping[str, Question], *, wanted: bool = True) -> list[Case]:
    """The cases in which an expression is true, or is false; none where it never is."""
    match node:
        case Not():
            return cases(node.of, questions, wanted=not wanted)
        case Both():
            parts = [cases(part, questions, wanted=wanted) for part in node.parts]
            join = _all_of if (node.word == "and") is wanted else _any_of
            return join(parts)
        case Literal():
            return ALWAYS if node.value is wanted else []
    return [_case(node, questions, wanted=wanted)]


def _case(node: Node, questions: Mapping[str, Question], *, wanted: bool) -> Case:
    """What a single statement says."""
    match node:
        case Function() if node.name == "empty":
            return frozenset({IsEmpty(node.key) if wanted else IsGiven(node.key)})
        case AnswerTo():
            said = frozenset({"true" if wanted else "false"})
            return frozenset({IsGiven(node.key), IsAmong(node.key, said, wanted=True)})
        case Comparison():
            facts = _facts(node, questions, wanted=wanted)
            return frozenset({*facts, *map(IsGiven, named_answers(node))})
    return frozenset()


def _all_of(parts: Iterable[list[Case]]) -> list[Case]:
    found = ALWAYS
    for part in parts:
        found = both(found, part)
    return found


def _any_of(parts: Iterable[list[Case]]) -> list[Case]:
    found = [case for part in parts for case in part]
    if len(found) > MOST_CASES:
        raise TooMany
    return found


def _facts(node: Comparison, questions: Mapping[str, Question], *, wanted: bool) -> list[Fact]:
    """What a comparison says of single answers; nothing if it is not understood."""
    if node.sign == "in":
        return _membership(node, questions, wanted=wanted)
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(one, AnswerTo) and isinstance(other, Literal) and _is_word(other.value):
            value = str(other.value).lower() if isinstance(other.value, bool) else str(other.value)
            equal = (node.sign == "==") is wanted
            return [IsAmong(one.key, frozenset({value}), wanted=equal)]
    bound = bound_of(node, wanted=wanted)
    return [bound] if bound and _are_figures(node, questions) else []


def _membership(node: Comparison, questions: Mapping[str, Question], *, wanted: bool) -> list[Fact]:
    left, right = node.left, node.right
    if isinstance(left, AnswerTo) and isinstance(right, Listed):
        values = [item.value for item in right.items]
        if all(isinstance(value, str) for value in values):
            return [IsAmong(left.key, frozenset(map(str, values)), wanted=wanted)]
    if isinstance(left, Literal) and isinstance(right, AnswerTo):
        question = questions.get(right.key)
        if isinstance(question, SeveralOf):
            return [Holds(right.key, str(left.value), wanted=wanted)]
    return []


def _is_word(value: object) -> bool:
    return isinstance(value, str | bool)


def _are_figures(node: Comparison, questions: Mapping[str, Question]) -> bool:
    """Does it compare nothing but numbers and days?"""
    plain = [part.key for part in (node.left, node.right) if isinstance(part, AnswerTo)]
    return all(
        SHAPES[type(questions[key])](questions[key]).kind in (Kind.NUMBER, Kind.DAY)
        for key in plain
        if key in questions
    )


def is_possible(case: Case, questions: Mapping[str, Question]) -> bool:
    """Can all facts of a case hold together?"""
    given = {fact.key for fact in case if isinstance(fact, IsGiven)}
    empty = {fact.key for fact in case if isinstance(fact, IsEmpty)}
    if given & empty:
        return False
    if not are_possible([fact for fact in case if isinstance(fact, Bound)], questions):
        return False
    return all(_can_choose(key, case, questions) for key in given)


def _can_choose(key: str, case: Case, questions: Mapping[str, Question]) -> bool:
    """Is there an answer to this question that fits all facts of a case?"""
    wanted = [f.values for f in case if isinstance(f, IsAmong) and f.key == key and f.wanted]
    refused = {
        value
        for f in case
        if isinstance(f, IsAmong) and f.key == key and not f.wanted
        for value in f.values
    }
    options = _options(questions.get(key))
    limits = [*wanted, *([options] if options is not None else [])]
    if limits and not frozenset.intersection(*limits) - refused:
        return False
    held = {f.code for f in case if isinstance(f, Holds) and f.key == key and f.wanted}
    missing = {f.code for f in case if isinstance(f, Holds) and f.key == key and not f.wanted}
    return not held & missing and (options is None or bool(options - missing))


def _options(question: Question | None) -> frozenset[str] | None:
    match question:
        case OneOf() if question.codes:
            return frozenset(question.codes)
        case Country():
            return frozenset(CODES)
        case YesNo():
            return frozenset({"true", "false"})
    return None
