"""An expression with values supposed for its answers: what it would say of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grants.platform.conditions.worth import GivenAnswers, holds
from grants.platform.expressions.nodes import (
    AnswerTo,
    Both,
    Comparison,
    Function,
    Literal,
    Node,
    Not,
    Product,
    Sum,
    Value,
)


def figures_named(node: Node) -> list[AnswerTo | Function]:
    """The answers and figures that an expression names, each once."""
    match node:
        case AnswerTo() | Function():
            return [node]
        case Not(of=of):
            return figures_named(of)
        case Both(parts=parts):
            named = [figure for part in parts for figure in figures_named(part)]
        case Comparison(left=left, right=right):
            named = [*figures_named(left), *figures_named(right)]
        case Sum(parts=parts) | Product(parts=parts):
            named = [figure for _sign, part in parts for figure in figures_named(part)]
        case _:
            return []
    return list(dict.fromkeys(named))


def holds_with(node: Node, values: Mapping[Any, Value]) -> bool | None:
    """Is it true if its answers and figures are these? None where one lacks."""
    return holds(_with_values(node, values), GivenAnswers({}, frozenset(), {}, {}))


def _with_values(node: Node, values: Mapping[Any, Value]) -> Node:
    """The expression with values in place of answers."""
    match node:
        case AnswerTo() | Function():
            return Literal(values[node]) if node in values else AnswerTo("")
        case Not(of=of):
            return Not(_with_values(of, values))
        case Both(parts=parts):
            return replace(node, parts=tuple(_with_values(part, values) for part in parts))
        case Comparison(left=left, right=right):
            return replace(node, left=_with_values(left, values), right=_with_values(right, values))
        case Sum() | Product():
            changed = tuple((sign, _with_values(part, values)) for sign, part in node.parts)
            return replace(node, parts=changed)
    return node
