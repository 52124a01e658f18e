"""Comparisons of numbers and days as bounds: what two of them together leave possible."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from grants.platform.questionnaires.kinds import Amount, Day, Files, Number, Question, SeveralOf
from grants.platform.questionnaires.kinds.budget import Budget
from grants.platform.questionnaires.logic.nodes import (
    AnswerTo,
    Comparison,
    Function,
    Literal,
    Node,
    Product,
    Sum,
    Value,
)

Terms = tuple[tuple[str, Fraction], ...]
"""Figures with their factors, as in a - b; the first one has the factor 1."""

OPPOSITE: Mapping[str, str] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED: Mapping[str, str] = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Bound:
    """The terms compared with a number; with no terms, the comparison of two numbers."""

    terms: Terms
    sign: str
    number: Fraction


@dataclass
class _Linear:
    factors: dict[str, Fraction] = field(default_factory=dict)
    constant: Fraction = Fraction(0)

    def plus(self, other: "_Linear", times: Fraction) -> "_Linear":
        factors = dict(self.factors)
        for name, factor in other.factors.items():
            factors[name] = factors.get(name, Fraction(0)) + factor * times
        kept = {name: factor for name, factor in factors.items() if factor}
        return _Linear(kept, self.constant + other.constant * times)


def bound_of(node: Comparison, *, wanted: bool) -> Bound | None:
    """The bound that makes a comparison true (or false); None if it is not about plain sums."""
    left, right = _linear(node.left), _linear(node.right)
    if left is None or right is None:
        return None
    sign = node.sign if wanted else OPPOSITE[node.sign]
    whole = left.plus(right, Fraction(-1))
    if not whole.factors:
        return Bound((), sign, -whole.constant)
    names = sorted(whole.factors)
    first = whole.factors[names[0]]
    terms = tuple((name, whole.factors[name] / first) for name in names)
    return Bound(terms, sign if first > 0 else MIRRORED[sign], -whole.constant / first)


def _linear(node: Node) -> _Linear | None:
    match node:
        case Literal():
            number = _as_number(node.value)
            return None if number is None else _Linear(constant=number)
        case AnswerTo():
            return _Linear({node.key: Fraction(1)})
        case Function() if node.name != "empty":
            return _Linear({figure_name(node): Fraction(1)})
        case Sum():
            return _linear_sum(node)
        case Product():
            return _linear_product(node)
    return None


def _as_number(value: Value) -> Fraction | None:
    """Days are counted from the first day of the calendar."""
    if isinstance(value, date):
        return Fraction(value.toordinal())
    return value if isinstance(value, Fraction) else None


def _linear_sum(node: Sum) -> _Linear | None:
    reached = _Linear()
    for sign, part in node.parts:
        found = _linear(part)
        if found is None:
            return None
        reached = reached.plus(found, Fraction(1 if sign == "+" else -1))
    return reached


def _linear_product(node: Product) -> _Linear | None:
    reached = _Linear(constant=Fraction(1))
    for sign, part in node.parts:
        found = _linear(part)
        if found is None or (found.factors and (reached.factors or sign == "/")):
            return None
        if found.factors:
            reached = _Linear().plus(found, reached.constant)
        elif sign == "/" and not found.constant:
            return None
        else:
            times = found.constant if sign == "*" else 1 / found.constant
            reached = _Linear().plus(reached, times)
    return reached


def figure_name(node: Function) -> str:
    return f"{node.name}({node.key},{node.category})"


@dataclass
class Range:
    """The numbers that some bounds leave."""

    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False
    whole: bool = False
    excluded: set[Fraction] = field(default_factory=set)

    def narrow(self, sign: str, number: Fraction) -> None:
        if sign == "!=":
            self.excluded.add(number)
        if sign in (">", ">=", "==") and (self.low is None or number >= self.low):
            self.low_open = sign == ">" or (number == self.low and self.low_open)
            self.low = number
        if sign in ("<", "<=", "==") and (self.high is None or number <= self.high):
            self.high_open = sign == "<" or (number == self.high and self.high_open)
            self.high = number

    @property
    def is_possible(self) -> bool:
        if self.low is None or self.high is None:
            return True
        if self.whole:
            first = math.floor(self.low) + 1 if self.low_open else math.ceil(self.low)
            last = math.ceil(self.high) - 1 if self.high_open else math.floor(self.high)
            return last - first >= len(self.excluded) or any(
                Fraction(number) not in self.excluded for number in range(first, last + 1)
            )
        if self.low == self.high:
            return not (self.low_open or self.high_open or self.low in self.excluded)
        return self.low < self.high


def usual_range(name: str, questions: Mapping[str, Question]) -> Range:
    """What a figure can be at all, as its question allows it."""
    question = questions.get(name)
    match question:
        case Number():
            most = None if question.most is None else Fraction(question.most)
            return Range(Fraction(question.least), high=most, whole=question.places == 0)
        case Amount():
            return Range(Fraction(0), low_open=not question.zero)
        case Day():
            return Range(_ordinal(question.first), high=_ordinal(question.last), whole=True)
    return _range_of_figure(name, questions)


def _range_of_figure(name: str, questions: Mapping[str, Question]) -> Range:
    function, _opened, rest = name.partition("(")
    question = questions.get(rest.partition(",")[0])
    if function == "share":
        return Range(Fraction(0), high=Fraction(1))
    if function == "total" and isinstance(question, Budget):
        of_category = not rest.endswith(",)")
        return Range(Fraction(0), low_open=not of_category)
    if function == "people":
        return Range(Fraction(0), whole=True)
    if function == "count":
        most = None
        if isinstance(question, Files):
            most = Fraction(question.most)
        elif isinstance(question, SeveralOf):
            most = Fraction(len(question.codes))
        return Range(Fraction(1), high=most, whole=True)
    return Range()


def _ordinal(day: date | None) -> Fraction | None:
    return Fraction(day.toordinal()) if day else None


def are_possible(bounds: Iterable[Bound], questions: Mapping[str, Question]) -> bool:
    """Can all of these hold at once? Each sum of figures is looked at by itself."""
    ranges: dict[Terms, Range] = {}
    for bound in bounds:
        if not bound.terms:
            left = Range(Fraction(0), high=Fraction(0))
            left.narrow(bound.sign, bound.number)
            if not left.is_possible:
                return False
            continue
        if bound.terms not in ranges:
            alone = len(bound.terms) == 1
            ranges[bound.terms] = usual_range(bound.terms[0][0], questions) if alone else Range()
        ranges[bound.terms].narrow(bound.sign, bound.number)
    return all(found.is_possible for found in ranges.values())
