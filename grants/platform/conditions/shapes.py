"""What kind of value each part of an expression has, and what the functions take."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from grants.core.kernel.language import gettext as _
from grants.platform.expressions.nodes import Value
from grants.platform.questions.shape import Kind, Shape

UNKNOWN = Shape(Kind.UNKNOWN)
NUMBER = Shape(Kind.NUMBER)
YES_NO = Shape(Kind.YES_NO)
DAY = Shape(Kind.DAY)
WORDS = frozenset({Kind.TEXT, Kind.CODE})


TAKES: Mapping[str, frozenset[Kind]] = {
    "total": frozenset({Kind.BUDGET, Kind.ROWS}),
    "share": frozenset({Kind.BUDGET}),
    "count": frozenset({Kind.BUDGET, Kind.SEVERAL, Kind.FILES, Kind.ROWS}),
    "people": frozenset({Kind.COUNTS}),
    "lowest": frozenset({Kind.RANGE}),
    "highest": frozenset({Kind.RANGE}),
}
"""The questions that each function can be asked about; `empty` takes any."""


def is_kind(shape: Shape, *kinds: Kind) -> bool:
    """Is it of these kinds, or of none that is known?"""
    return shape.kind in (*kinds, Kind.UNKNOWN)


def shape_of(value: Value) -> Shape:
    """The shape of a value that is written in the expression."""
    match value:
        case bool():
            return YES_NO
        case Fraction():
            return NUMBER
        case date():
            return DAY
        case _:
            return Shape(Kind.TEXT)


def said(shape: Shape) -> str:
    """A kind in the reader's words."""
    return {
        Kind.NUMBER: _("a number"),
        Kind.TEXT: _("text"),
        Kind.CODE: _("a choice"),
        Kind.YES_NO: _("yes or no"),
        Kind.DAY: _("a day"),
        Kind.SEVERAL: _("several choices"),
    }.get(shape.kind, _("this"))
