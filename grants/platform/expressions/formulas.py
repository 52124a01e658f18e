"""What a formula over the cells of a row comes to: exact, and the same in the browser.

A formula has numbers, names of cells, + - * / and brackets. In a sum an empty cell counts as 0,
unless all of its cells are empty; a product with an empty cell, or a division by 0, comes to
nothing. In the browser `formulas.js` reckons.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grants.platform.expressions.nodes import AnswerTo, Literal, Node, Product, Sum

Cells = Mapping[str, Fraction | None]
"""The numbers of a row by the names of its cells; None where a cell is empty."""


def is_formula(node: Node) -> bool:
    """Does it only reckon with numbers?"""
    match node:
        case Literal(value=Fraction()) | AnswerTo():
            return True
        case Sum(parts=parts) | Product(parts=parts):
            return all(is_formula(part) for _sign, part in parts)
    return False


def computed(node: Node, cells: Cells) -> Fraction | None:
    """The value of a formula; None where there is none."""
    match node:
        case Literal(value=Fraction() as number):
            return number
        case AnswerTo(key=key):
            return cells.get(key)
        case Sum(parts=parts):
            return _sum_of(parts, cells)
        case Product(parts=parts):
            return _product_of(parts, cells)
    return None


def _sum_of(parts: tuple[tuple[str, Node], ...], cells: Cells) -> Fraction | None:
    values = [(sign, part, computed(part, cells)) for sign, part in parts]
    about_cells = [value for _sign, part, value in values if not isinstance(part, Literal)]
    if about_cells and all(value is None for value in about_cells):
        return None
    nothing = Fraction(0)
    return sum(
        (value or nothing if sign == "+" else -(value or nothing) for sign, _part, value in values),
        nothing,
    )


def _product_of(parts: tuple[tuple[str, Node], ...], cells: Cells) -> Fraction | None:
    reached = Fraction(1)
    for sign, part in parts:
        value = computed(part, cells)
        if value is None or (sign == "/" and value == 0):
            return None
        reached = reached * value if sign == "*" else reached / value
    return reached


def rounded(value: Fraction, places: int) -> Decimal:
    """Half-even to so many decimals, as the books round."""
    return Decimal(round(value * 10**places)).scaleb(-places)


def as_steps(node: Node, cells: Mapping[str, Any]) -> Any:
    """A formula as plain JSON, for the browser; `cells` say how each cell is written."""
    match node:
        case Literal(value=Fraction() as number):
            return {"number": [str(number.numerator), str(number.denominator)]}
        case AnswerTo(key=key):
            return {"cell": cells[key]}
        case Sum(parts=parts):
            return {"sum": [[sign, as_steps(part, cells)] for sign, part in parts]}
        case Product(parts=parts):
            return {"product": [[sign, as_steps(part, cells)] for sign, part in parts]}
    raise TypeError(node)
