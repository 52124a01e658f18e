"""What an expression comes to, given the answers. Numbers are exact.

There are three outcomes: true, false, and None where an answer is missing or hidden, or a number
would be divided by 0. `not None` is None; one true part decides an `or`, one false part an `and`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from grants.platform.conditions.nodes import (
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
)
from grants.platform.questions import Beneficiaries, Budget, Question, Rows
from grants.platform.questions.people import people_counted
from grants.platform.questions.shape import Value


@dataclass(frozen=True, slots=True)
class Given:
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


def holds(node: Node, given: Given) -> bool | None:
    """Is it true? None where it cannot be told."""
    found = worth(node, given)
    return found if isinstance(found, bool) else None


def worth(node: Node, given: Given) -> Value | None:
    """The value; None where it cannot be told."""
    return _WORTH[type(node)](node, given)


def _answer(node: AnswerTo, given: Given) -> Value | None:
    raw, question = given.raw(node.key), given.questions.get(node.key)
    return None if raw is None or question is None else question.operand(raw)


def _negated(node: Not, given: Given) -> bool | None:
    found = holds(node.of, given)
    return None if found is None else not found


def _joined(node: Both, given: Given) -> bool | None:
    return joined(node.word, [holds(part, given) for part in node.parts])


def joined(word: str, outcomes: Sequence[bool | None]) -> bool | None:
    """What `and` or `or` makes of the outcomes of its parts."""
    decisive = word == "or"
    if decisive in outcomes:
        return decisive
    return None if None in outcomes else not decisive


def _compared(node: Comparison, given: Given) -> bool | None:
    left = worth(node.left, given)
    if node.sign == "in":
        return None if left is None else _is_in(left, node.right, given)
    right = worth(node.right, given)
    if left is None or right is None or type(left) is not type(right):
        return None
    return compared(left, node.sign, right)


def compared(left: Value, sign: str, right: Value) -> bool:
    """A comparison of two values of one kind."""
    return _ORDER[sign](left, right)


def _is_in(left: Value, right: Node, given: Given) -> bool | None:
    if isinstance(right, Listed):
        return is_listed(left, right)
    among = worth(right, given)
    if isinstance(among, tuple | str) and isinstance(left, str):
        return left in among
    return None


def is_listed(value: Value, values: Listed) -> bool:
    """Is it one of the values of a list?"""
    return any(type(item.value) is type(value) and item.value == value for item in values.items)


_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: _comparable(left) and left < right,
    "<=": lambda left, right: _comparable(left) and left <= right,
    ">": lambda left, right: _comparable(left) and left > right,
    ">=": lambda left, right: _comparable(left) and left >= right,
}


def _comparable(value: Value) -> bool:
    return isinstance(value, Fraction | date)


def _sum(node: Sum, given: Given) -> Value | None:
    """Numbers added up; a day plus or minus a number of days; the days between two days."""
    reached: Value | None = Fraction(0)
    for sign, part in node.parts:
        reached = _added(reached, sign, worth(part, given))
    return reached


def _added(reached: Value | None, sign: str, value: Value | None) -> Value | None:
    match reached, value:
        case Fraction(), Fraction():
            return reached + value if sign == "+" else reached - value
        case date(), date() if sign == "-":
            return Fraction((reached - value).days)
        case date(), Fraction():
            return _moved(reached, value if sign == "+" else -value)
        case Fraction(), date() if sign == "+":
            return _moved(value, reached)
    return None


def _moved(day: date, days: Fraction) -> date | None:
    """None beyond the calendar, and for parts of a day."""
    if days.denominator != 1:
        return None
    try:
        return day + timedelta(days=int(days))
    except OverflowError:
        return None


def _product(node: Product, given: Given) -> Value | None:
    reached = Fraction(1)
    for sign, part in node.parts:
        value = worth(part, given)
        if not isinstance(value, Fraction) or (sign == "/" and value == 0):
            return None
        reached = reached * value if sign == "*" else reached / value
    return reached


def _total(node: Function, given: Given) -> Fraction | None:
    """The sum of a budget or of one of its categories, or of a column of a table."""
    return _sum_of(node, given, node.category)


def _sum_of(node: Function, given: Given, part: str) -> Fraction | None:
    question, rows = given.questions.get(node.key), given.raw(node.key)
    if rows is None or not isinstance(question, Budget | Rows):
        return None
    return question.sum_of(rows, part)


def _share(node: Function, given: Given) -> Fraction | None:
    whole, part = _sum_of(node, given, ""), _sum_of(node, given, node.category)
    return None if part is None or not whole else part / whole


def _count(node: Function, given: Given) -> Fraction | None:
    """Files, rows of a table, or choices."""
    raw = given.raw(node.key)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Fraction(raw) if given.files.get(node.key) else None
    return Fraction(len(raw)) if isinstance(raw, list) else None


def _people(node: Function, given: Given) -> Fraction | None:
    raw = given.raw(node.key)
    if not isinstance(given.questions.get(node.key), Beneficiaries) or raw is None:
        return None
    return Fraction(people_counted(raw))


FIGURES: Mapping[str, Callable[[Function, Given], Value | None]] = {
    "total": _total,
    "share": _share,
    "count": _count,
    "people": _people,
    "empty": lambda node, given: given.raw(node.key) is None,
}

_WORTH: Mapping[type[Node], Callable[[Any, Given], Value | None]] = {
    Literal: lambda node, _given: node.value,
    Listed: lambda _node, _given: None,
    AnswerTo: _answer,
    Function: lambda node, given: FIGURES[node.name](node, given),
    Not: _negated,
    Both: _joined,
    Comparison: _compared,
    Sum: _sum,
    Product: _product,
}
