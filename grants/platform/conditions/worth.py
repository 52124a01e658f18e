"""What an expression comes to, given the answers. Numbers are exact.

There are three outcomes: true, false, and None where an answer is missing or hidden, or a number
would be divided by 0. `not None` is None; one true part decides an `or`, one false part an `and`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from grants.platform.expressions.nodes import (
    AnswerTo,
    Both,
    Comparison,
    Function,
    Listed,
    Literal,
    Node,
    Not,
    Product,
    Sum,
    Value,
)
from grants.platform.questions import Beneficiaries, Budget, Question, Rows
from grants.platform.questions.people import people_counted


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """The answers that count: questions by key, those that are shown, values, numbers of files."""

    questions: Mapping[str, Question]
    shown: frozenset[str] | set[str]
    values: Mapping[str, Any]
    files: Mapping[str, int]

    def raw(self, key: str) -> Any:
        """The answer as it is stored; None if it is hidden or not given."""
        if key not in self.shown:
            return None
        value = self.files.get(key) or self.values.get(key)
        return None if value in ({}, [], (), "") else value


def holds(node: Node, answers: GivenAnswers) -> bool | None:
    """Is it true? None where it cannot be told."""
    value = worth(node, answers)
    return value if isinstance(value, bool) else None


def worth(node: Node, answers: GivenAnswers) -> Value | None:
    """The value; None where it cannot be told."""
    return _WORTH[type(node)](node, answers)


def _worth_of_answer(node: AnswerTo, answers: GivenAnswers) -> Value | None:
    raw, question = answers.raw(node.key), answers.questions.get(node.key)
    return None if raw is None or question is None else question.operand(raw)


def _worth_of_not(node: Not, answers: GivenAnswers) -> bool | None:
    value = holds(node.of, answers)
    return None if value is None else not value


def _worth_of_both(node: Both, answers: GivenAnswers) -> bool | None:
    return joined(node.word, [holds(part, answers) for part in node.parts])


def joined(word: str, outcomes: Sequence[bool | None]) -> bool | None:
    """What `and` or `or` makes of the outcomes of its parts."""
    decisive = word == "or"
    if decisive in outcomes:
        return decisive
    return None if None in outcomes else not decisive


def _worth_of_comparison(node: Comparison, answers: GivenAnswers) -> bool | None:
    left = worth(node.left, answers)
    if node.sign == "in":
        return None if left is None else _is_in(left, node.right, answers)
    right = worth(node.right, answers)
    if left is None or right is None or type(left) is not type(right):
        return None
    return compared(left, node.sign, right)


def compared(left: Value, sign: str, right: Value) -> bool:
    """A comparison of two values of one kind."""
    return _ORDER[sign](left, right)


def _is_in(left: Value, right: Node, answers: GivenAnswers) -> bool | None:
    if isinstance(right, Listed):
        return is_listed(left, right)
    among = worth(right, answers)
    if isinstance(among, tuple | str) and isinstance(left, str):
        return left in among
    return None


def is_listed(value: Value, values: Listed) -> bool:
    """Is it one of the values of a list?"""
    return any(type(item.value) is type(value) and item.value == value for item in values.items)


_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: _is_comparable(left) and left < right,
    "<=": lambda left, right: _is_comparable(left) and left <= right,
    ">": lambda left, right: _is_comparable(left) and left > right,
    ">=": lambda left, right: _is_comparable(left) and left >= right,
}


def _is_comparable(value: Value) -> bool:
    return isinstance(value, Fraction | date)


def _worth_of_sum(node: Sum, answers: GivenAnswers) -> Value | None:
    """Numbers added up; a day plus or minus a number of days; the days between two days."""
    reached: Value | None = Fraction(0)
    for sign, part in node.parts:
        reached = _add_value(reached, sign, worth(part, answers))
    return reached


def _add_value(reached: Value | None, sign: str, value: Value | None) -> Value | None:
    match reached, value:
        case Fraction(), Fraction():
            return reached + value if sign == "+" else reached - value
        case date(), date() if sign == "-":
            return Fraction((reached - value).days)
        case date(), Fraction():
            return _move_day(reached, value if sign == "+" else -value)
        case Fraction(), date() if sign == "+":
            return _move_day(value, reached)
    return None


def _move_day(day: date, days: Fraction) -> date | None:
    """None beyond the calendar, and for parts of a day."""
    if days.denominator != 1:
        return None
    try:
        return day + timedelta(days=int(days))
    except OverflowError:
        return None


def _worth_of_product(node: Product, answers: GivenAnswers) -> Value | None:
    reached = Fraction(1)
    for sign, part in node.parts:
        value = worth(part, answers)
        if not isinstance(value, Fraction) or (sign == "/" and value == 0):
            return None
        reached = reached * value if sign == "*" else reached / value
    return reached


def _worth_of_total(node: Function, answers: GivenAnswers) -> Fraction | None:
    """The sum of a budget or of one of its categories, or of a column of a table."""
    return _sum_of(node, answers, node.category)


def _sum_of(node: Function, answers: GivenAnswers, part: str) -> Fraction | None:
    question, rows = answers.questions.get(node.key), answers.raw(node.key)
    if rows is None or not isinstance(question, Budget | Rows):
        return None
    return question.sum_of(rows, part)


def _worth_of_share(node: Function, answers: GivenAnswers) -> Fraction | None:
    question, rows = answers.questions.get(node.key), answers.raw(node.key)
    if rows is None or not isinstance(question, Budget):
        return None
    whole, part = question.whole_beside(rows, node.category), question.sum_of(rows, node.category)
    return None if part is None or not whole else part / whole


def _worth_of_count(node: Function, answers: GivenAnswers) -> Fraction | None:
    """Files, rows of a table, or choices."""
    raw = answers.raw(node.key)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Fraction(raw) if answers.files.get(node.key) else None
    return Fraction(len(raw)) if isinstance(raw, list) else None


def _worth_of_people(node: Function, answers: GivenAnswers) -> Fraction | None:
    raw = answers.raw(node.key)
    if not isinstance(answers.questions.get(node.key), Beneficiaries) or raw is None:
        return None
    return Fraction(people_counted(raw))


def _end_of_range(node: Function, answers: GivenAnswers, end: str) -> Fraction | None:
    raw = answers.raw(node.key)
    number = raw.get(end) if isinstance(raw, dict) else None
    return None if number is None else Fraction(number)


FIGURES: Mapping[str, Callable[[Function, GivenAnswers], Value | None]] = {
    "total": _worth_of_total,
    "share": _worth_of_share,
    "count": _worth_of_count,
    "people": _worth_of_people,
    "lowest": lambda node, given: _end_of_range(node, given, "from"),
    "highest": lambda node, given: _end_of_range(node, given, "to"),
    "empty": lambda node, given: given.raw(node.key) is None,
}

_WORTH: Mapping[type[Node], Callable[[Any, GivenAnswers], Value | None]] = {
    Literal: lambda node, _given: node.value,
    Listed: lambda _node, _given: None,
    AnswerTo: _worth_of_answer,
    Function: lambda node, given: FIGURES[node.name](node, given),
    Not: _worth_of_not,
    Both: _worth_of_both,
    Comparison: _worth_of_comparison,
    Sum: _worth_of_sum,
    Product: _worth_of_product,
}
