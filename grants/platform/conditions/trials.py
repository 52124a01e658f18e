"""Can a condition ever be true? Found by trying the answers that make a difference to it.

For each question in a condition these are the values beside those it is compared with, each choice
that is named, one that is not, and no answer at all. A comparison of two answers is tried both
ways. So what can be true is always found; beyond `MOST_TRIES` nothing is said.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import chain, combinations, pairwise, product

from grants.platform.conditions.worth import GivenAnswers, compared, is_listed, joined, worth
from grants.platform.expressions.nodes import (
    AnswerTo,
    Both,
    Comparison,
    Function,
    Listed,
    Node,
    Not,
    Value,
    keys_in,
    needed_answers,
)
from grants.platform.questions import Question
from grants.platform.questions.shape import Kind, Shape

MOST_TRIES = 5_000
MOST_COMBINED = 6
"""So many choices of a question with several answers are tried in every combination."""

Answer = Mapping[Node, Value]
"""What each figure of a question comes to: its answer, or a total, a share or a number of it."""


NO_ANSWERS = GivenAnswers({}, frozenset(), {}, {})
"""For what is written in a condition itself."""


class CannotTell(Exception):
    """There are more answers to try than anybody would wait for."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Answers that are tried together: those given, by question, and how comparisons of two answers
    come out.
    """

    answers: Mapping[str, Answer]
    comparisons: Mapping[Node, bool]

    def without(self, hidden: Collection[str]) -> "Trial":
        """The answers of hidden questions do not count."""
        counting = {key: answer for key, answer in self.answers.items() if key not in hidden}
        return Trial(counting, self.comparisons)

    def outcome(self, node: Node) -> bool | None:
        """Is a condition true? None where an answer is not given."""
        match node:
            case Not():
                outcome = self.outcome(node.of)
                return None if outcome is None else not outcome
            case Both():
                return joined(node.word, [self.outcome(part) for part in node.parts])
            case Function(name="empty"):
                return node.key not in self.answers
            case Comparison():
                return self._outcome_of_comparison(node)
        value = self._value_of(node)
        return value if isinstance(value, bool) else None

    def _outcome_of_comparison(self, node: Comparison) -> bool | None:
        if not self.answers.keys() >= set(needed_answers(node)):
            return None
        if not _is_about_one_figure(node):
            return self.comparisons[node]
        left = self._value_of(node.left)
        if left is None:
            return None
        if isinstance(node.right, Listed):
            return is_listed(left, node.right)
        right = self._value_of(node.right)
        if isinstance(right, tuple | str) and node.sign == "in":
            return left in right
        return type(left) is type(right) and compared(left, node.sign, right)

    def _value_of(self, node: Node) -> Value | None:
        if isinstance(node, AnswerTo | Function):
            return self.answers.get(node.key, {}).get(node)
        return worth(node, NO_ANSWERS)


def trials(conditions: Iterable[Node], questions: Mapping[str, Question]) -> Iterator[Trial]:
    """Every trial that may make a difference to these conditions; CannotTell if there are too many,
    or if a question is not known.
    """
    statements = list(chain.from_iterable(map(_statements_in, conditions)))
    keys = sorted({key for statement in statements for key in keys_in(statement)})
    if not questions.keys() >= set(keys):
        raise CannotTell
    answers = [_answers_to(questions[key], statements) for key in keys]
    between = list(dict.fromkeys(filter(_is_between_figures, statements)))
    if math.prod(map(len, answers)) * 2 ** len(between) > MOST_TRIES:
        raise CannotTell
    for chosen in product(*answers):
        answers_by_key = {key: answer for key, answer in zip(keys, chosen, strict=True) if answer}
        for outcomes in product((True, False), repeat=len(between)):
            comparisons = dict(zip(between, outcomes, strict=True))
            if _do_agree(comparisons):
                yield Trial(answers_by_key, comparisons)


def _statements_in(node: Node) -> Iterator[Node]:
    """The smallest parts of a condition that are true or false."""
    match node:
        case Not():
            yield from _statements_in(node.of)
        case Both():
            for part in node.parts:
                yield from _statements_in(part)
        case _:
            yield node


def _is_about_one_figure(node: Comparison) -> bool:
    """Does it compare one figure, or none, with what is written in the condition?"""
    sides = (node.left, node.right)
    written = sum(not any(keys_in(side)) for side in sides)
    return written == 2 or (written == 1 and any(isinstance(s, AnswerTo | Function) for s in sides))


def _is_between_figures(statement: Node) -> bool:
    return isinstance(statement, Comparison) and not _is_about_one_figure(statement)


def _do_agree(comparisons: Mapping[Node, bool]) -> bool:
    """Can two figures stand to each other as all these comparisons of them say?"""
    orders: dict[tuple[Node, Node], frozenset[str]] = {}
    for node, outcome in comparisons.items():
        if isinstance(node, Comparison) and node.sign in _ORDERS:
            allowed = _ORDERS[node.sign] if outcome else ANY_ORDER - _ORDERS[node.sign]
            sides = (node.left, node.right)
            if sides[::-1] in orders:
                sides, allowed = sides[::-1], frozenset(_MIRRORED[sign] for sign in allowed)
            orders[sides] = orders.get(sides, ANY_ORDER) & allowed
    return all(orders.values())


ANY_ORDER = frozenset("<=>")
_ORDERS: Mapping[str, frozenset[str]] = {
    "==": frozenset("="),
    "!=": frozenset("<>"),
    "<": frozenset("<"),
    "<=": frozenset("<="),
    ">": frozenset(">"),
    ">=": frozenset(">="),
}
_MIRRORED: Mapping[str, str] = {"<": ">", "=": "=", ">": "<"}


def _answers_to(question: Question, statements: Sequence[Node]) -> list[Answer | None]:
    """The answers to a question that are worth trying, and none at all."""
    written: dict[AnswerTo | Function, set[Value]] = {}
    for statement in statements:
        for figure, values in _written_beside(statement):
            if figure.key == question.key and getattr(figure, "name", "") != "empty":
                written.setdefault(figure, set()).update(values)
    choices = [_values_of(figure, question.shape(), written[figure]) for figure in written]
    answers: list[Answer | None] = [
        dict(zip(written, values, strict=True)) or {AnswerTo(question.key): True}
        for values in product(*choices)
    ]
    return [*answers, None]


def _written_beside(statement: Node) -> Iterator[tuple[AnswerTo | Function, set[Value]]]:
    """The figure that a statement is about, with the values that it is compared with."""
    if isinstance(statement, AnswerTo | Function):
        yield statement, set()
    elif isinstance(statement, Comparison) and _is_about_one_figure(statement):
        for figure, beside in (
            (statement.left, statement.right),
            (statement.right, statement.left),
        ):
            if isinstance(figure, AnswerTo | Function):
                values = beside.items if isinstance(beside, Listed) else (beside,)
                yield figure, {v for node in values if (v := worth(node, NO_ANSWERS)) is not None}


def _values_of(figure: AnswerTo | Function, shape: Shape, written: set[Value]) -> list[Value]:
    """The values of a figure that make a difference beside those that are written."""
    if isinstance(figure, Function):
        least, most, whole = _limits_of(figure, shape)
        return list(_numbers_beside(written, least, most, whole=whole))
    if shape.kind is Kind.NUMBER:
        return list(_numbers_beside(written, shape.least, shape.most, whole=shape.whole))
    if shape.kind is Kind.DAY:
        return [date.fromordinal(int(number)) for number in _days_of(written, shape)]
    if shape.kind is Kind.YES_NO:
        return [True, False]
    return list(_words_of(sorted(value for value in written if isinstance(value, str)), shape))


def _words_of(codes: Sequence[str], shape: Shape) -> Iterator[Value]:
    """Texts or choices: those that are named, and one that is not."""
    if shape.kind is Kind.CODE:
        yield from (code for code in codes if not shape.codes or code in shape.codes)
        yield from _other_choice(codes, shape)
    elif shape.kind is Kind.SEVERAL:
        yield from _combinations_of([*codes, *_other_choice(codes, shape)])
    elif shape.kind is Kind.TEXT:
        yield from ("\n".join(parts) for parts in _combinations_of([*codes, OTHER]))
    else:
        raise CannotTell


OTHER = "…"
"""A text or a code that no condition names."""


def _other_choice(codes: Sequence[str], shape: Shape) -> list[str]:
    """One choice that is not named, if there is one."""
    return sorted(shape.codes - set(codes))[:1] if shape.codes else [OTHER]


def _combinations_of(parts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every combination of one part or more."""
    if len(parts) > MOST_COMBINED:
        raise CannotTell
    for number in range(1, len(parts) + 1):
        yield from combinations(parts, number)


def _limits_of(figure: Function, shape: Shape) -> tuple[int | None, int | None, bool]:
    """The smallest and the largest that a figure can be, and whether it is a whole number."""
    match figure.name:
        case "share":
            return 0, 1, False
        case "people":
            return 0, None, True
        case "count":
            return 1, shape.most if isinstance(shape.most, int) else None, True
    return (0 if shape.kind is Kind.BUDGET else None), None, False


def _days_of(written: Iterable[Value], shape: Shape) -> Iterator[Fraction]:
    """Days as numbers in the calendar."""
    days = {Fraction(value.toordinal()) for value in written if isinstance(value, date)}
    least = shape.least if isinstance(shape.least, date) else date.min
    most = shape.most if isinstance(shape.most, date) else date.max
    return _numbers_beside(days, least.toordinal(), most.toordinal(), whole=True)


def _numbers_beside(
    written: Iterable[Value], least: object, most: object, *, whole: bool
) -> Iterator[Fraction]:
    """Numbers that are written, beside them and between them, within the limits."""
    limits = [Fraction(limit) for limit in (least, most) if isinstance(limit, int)]
    marks = sorted({*limits, *(value for value in written if isinstance(value, Fraction))})
    marks = marks or [Fraction(0)]
    beside = {mark + step for mark in marks for step in (-1, 0, 1)}
    if whole:
        numbers = {Fraction(end) for n in beside for end in (math.floor(n), math.ceil(n))}
    else:
        numbers = beside | {(low + high) / 2 for low, high in pairwise(marks)}
    low = least if isinstance(least, int) else -math.inf
    high = most if isinstance(most, int) else math.inf
    return (number for number in sorted(numbers) if low <= number <= high)
