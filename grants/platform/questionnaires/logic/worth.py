"""What an expression comes to, given the answers. Numbers are exact.

There are three outcomes: true, false, and None where an answer is missing or hidden, or a number
would be divided by 0. `not None` is None; one true part decides an `or`, one false part an `and`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from grants.platform.questionnaires.kinds import (
    Amount,
    Beneficiaries,
    Day,
    Number,
    Question,
    Rows,
)
from grants.platform.questionnaires.kinds.budget import Budget, line_total
from grants.platform.questionnaires.kinds.rows import column_total, figures_of
from grants.platform.questionnaires.logic.nodes import (
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
    if raw is None or question is None:
        return None
    match question:
        case Number() | Amount():
            return Fraction(raw)
        case Day():
            return date.fromisoformat(raw)
        case _:
            return _plain(raw)


def _plain(raw: Any) -> Value | None:
    if isinstance(raw, bool | str):
        return raw
    if isinstance(raw, list) and all(isinstance(code, str) for code in raw):
        return tuple(raw)
    return None


def _negated(node: Not, given: Given) -> bool | None:
    found = holds(node.of, given)
    return None if found is None else not found


def _joined(node: Both, given: Given) -> bool | None:
    decisive = node.word == "or"
    found = [holds(part, given) for part in node.parts]
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def _compared(node: Comparison, given: Given) -> bool | None:
    left = worth(node.left, given)
    if node.sign == "in":
        return None if left is None else _is_in(left, node.right, given)
    right = worth(node.right, given)
    if left is None or right is None or type(left) is not type(right):
        return None
    return _ORDER[node.sign](left, right)


def _is_in(left: Value, right: Node, given: Given) -> bool | None:
    if isinstance(right, Listed):
        return any(type(one.value) is type(left) and one.value == left for one in right.items)
    among = worth(right, given)
    if isinstance(among, tuple | str) and isinstance(left, str):
        return left in among
    return None


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
    question, rows = given.questions.get(node.key), given.raw(node.key)
    if not isinstance(question, Rows):
        return _budgeted(node, given, node.category)
    column = next((c for c in figures_of(question.row) if c.key == node.category), None)
    found = column_total(column, rows) if column else None
    return None if found is None else Fraction(found)


def _budgeted(node: Function, given: Given, category: str = "") -> Fraction | None:
    """The sum of a budget's lines; None while no line can be computed."""
    question, lines = given.questions.get(node.key), given.raw(node.key)
    if not isinstance(question, Budget) or lines is None:
        return None
    sums = [(line["category"], line_total(line, question.currency)) for line in lines]
    known = [(code, amount) for code, amount in sums if amount is not None]
    if not known:
        return None
    return sum(
        (Fraction(amount.decimal) for code, amount in known if category in ("", code)), Fraction(0)
    )


def _share(node: Function, given: Given) -> Fraction | None:
    whole, part = _budgeted(node, given), _budgeted(node, given, node.category)
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
    return Fraction(sum(sum(row.values()) for row in raw.values()))


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
