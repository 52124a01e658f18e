"""Answers that keep a rule, and answers that break it, shown to the person who writes the rule."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice, product
from typing import Any

from grants.platform.conditions.supposing import figures_named, holds_with
from grants.platform.expressions.nodes import (
    Both,
    Comparison,
    Listed,
    Literal,
    Node,
    Not,
    Product,
    Sum,
    Value,
)
from grants.platform.questions.shape import Kind, Shape

Proposed = Mapping[Any, Value]

MOST_TRIED = 4_000
"""So many combinations of answers are tried; a rule about many answers may get no example."""
FIRST_DAY = date(2027, 1, 1)
DAY = timedelta(days=1)


def proposed_answers(node: Node, shapes: Mapping[Any, Shape]) -> tuple[Proposed, Proposed]:
    """Answers that keep the rule and answers that break it, by the figures that it names; empty
    where none are found. `shapes` says what each figure can be.
    """
    figures = figures_named(node)
    written = [literal.value for literal in _literals_in(node)]
    values = [_values_for(shapes[figure], written) for figure in figures]
    found: dict[bool, Proposed] = {}
    for chosen in islice(product(*values), MOST_TRIED):
        answers = dict(zip(figures, chosen, strict=True))
        outcome = holds_with(node, answers)
        if outcome is not None:
            found.setdefault(outcome, answers)
        if len(found) == len((True, False)):
            break
    return found.get(True, {}), found.get(False, {})


def _literals_in(node: Node) -> Iterator[Literal]:
    if isinstance(node, Literal):
        yield node
    for part in _parts_of(node):
        yield from _literals_in(part)


def _parts_of(node: Node) -> Sequence[Node]:
    match node:
        case Listed(items=parts) | Both(parts=parts):
            return parts
        case Not(of=of):
            return [of]
        case Comparison(left=left, right=right):
            return [left, right]
        case Sum(parts=pairs) | Product(parts=pairs):
            return [part for _sign, part in pairs]
    return []


def _values_for(shape: Shape, written: list[Value]) -> list[Value]:
    """What may be tried for a figure: what the rule itself names, a little more and a little less,
    and some of the usual.
    """
    codes = sorted(shape.codes or ())
    match shape.kind:
        case Kind.YES_NO:
            return [True, False]
        case Kind.NUMBER:
            return _numbers_for(shape, [v for v in written if isinstance(v, Fraction)])
        case Kind.DAY:
            days = [v for v in written if isinstance(v, date)] or [FIRST_DAY]
            near = [day + step for day in days for step in (0 * DAY, DAY, -DAY)]
            return [day for day in dict.fromkeys(near) if _is_allowed(day, shape)]
        case Kind.SEVERAL:
            return [*((code,) for code in codes), tuple(codes), ()]
    texts = [v for v in written if isinstance(v, str)]
    return [*dict.fromkeys([*(t for t in texts if not codes or t in codes), *codes])] or ["…"]


def _numbers_for(shape: Shape, written: list[Fraction]) -> list[Value]:
    step = Fraction(1, 100) if shape.share else Fraction(1)
    usual = (Fraction(1, 2), Fraction(1)) if shape.share else map(Fraction, (100, 1, 2, 1_000))
    near = [number + more for number in written for more in (0, step, -step)]
    bounds = [Fraction(n) for n in (shape.least, shape.most) if isinstance(n, int)]
    numbers = dict.fromkeys([*near, *usual, *bounds, Fraction(0)])
    return [number for number in numbers if number >= 0 and _is_allowed(number, shape)]


def _is_allowed(value: Any, shape: Shape) -> bool:
    """Could it be answered? A share has no other limits."""
    if shape.share:
        return True
    if shape.whole and isinstance(value, Fraction) and value.denominator != 1:
        return False
    return (shape.least is None or value >= shape.least) and (
        shape.most is None or value <= shape.most
    )
