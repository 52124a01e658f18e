"""What kind of value each part of an expression has, and where the kinds do not fit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from grants.core.kernel.countries import CODES
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.kinds import (
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    Country,
    Day,
    Files,
    LogicalFramework,
    LongText,
    Number,
    OneOf,
    Organisations,
    Question,
    Rows,
    SeveralOf,
    ShortText,
    Table,
    WorkPlan,
    YesNo,
)
from grants.platform.questionnaires.kinds.budget import Budget
from grants.platform.questionnaires.kinds.rows import figures_of
from grants.platform.questionnaires.logic.nodes import (
    Value,
)


class Kind(StrEnum):
    """What a part of an expression is."""

    NUMBER = "number"
    TEXT = "text"
    CODE = "code"
    """One of a list of answers, by its code."""
    YES_NO = "yes_no"
    DAY = "day"
    SEVERAL = "several"
    BUDGET = "budget"
    COUNTS = "counts"
    FILES = "files"
    ROWS = "rows"
    LIST = "list"
    UNKNOWN = "unknown"
    """Something is wrong with it already."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind, with the codes that can be chosen and the currency of a sum."""

    kind: Kind
    codes: frozenset[str] | None = None
    currency: str = ""
    key: str = ""


UNKNOWN = Shape(Kind.UNKNOWN)
NUMBER = Shape(Kind.NUMBER)
YES_NO = Shape(Kind.YES_NO)
DAY = Shape(Kind.DAY)
WORDS = frozenset({Kind.TEXT, Kind.CODE})


def _rows(question: Rows) -> Shape:
    return Shape(Kind.ROWS, frozenset(c.key for c in figures_of(question.row)), key=question.key)


SHAPES: Mapping[type[Question], Callable[[Any], Shape]] = {
    ShortText: lambda q: Shape(Kind.TEXT, key=q.key),
    LongText: lambda q: Shape(Kind.TEXT, key=q.key),
    Number: lambda _q: NUMBER,
    Amount: lambda q: Shape(Kind.NUMBER, currency=q.currency),
    Day: lambda _q: DAY,
    YesNo: lambda _q: YES_NO,
    OneOf: lambda q: Shape(Kind.CODE, frozenset(q.codes), key=q.key),
    SeveralOf: lambda q: Shape(Kind.SEVERAL, frozenset(q.codes), key=q.key),
    Country: lambda q: Shape(Kind.CODE, frozenset(CODES), key=q.key),
    Beneficiaries: lambda q: Shape(Kind.COUNTS, key=q.key),
    ByExploitation: lambda q: Shape(Kind.COUNTS, key=q.key),
    ByService: lambda q: Shape(Kind.COUNTS, key=q.key),
    Budget: lambda q: Shape(
        Kind.BUDGET, frozenset(c.code for c in q.categories), q.currency, q.key
    ),
    Files: lambda q: Shape(Kind.FILES, key=q.key),
    Table: _rows,
    LogicalFramework: _rows,
    WorkPlan: _rows,
    Organisations: _rows,
}
"""What the answer to each kind of question is in an expression."""

TAKES: Mapping[str, frozenset[Kind]] = {
    "total": frozenset({Kind.BUDGET, Kind.ROWS}),
    "share": frozenset({Kind.BUDGET}),
    "count": frozenset({Kind.BUDGET, Kind.SEVERAL, Kind.FILES, Kind.ROWS}),
    "people": frozenset({Kind.COUNTS}),
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
        Kind.TEXT: _("a text"),
        Kind.CODE: _("a choice"),
        Kind.YES_NO: _("yes or no"),
        Kind.DAY: _("a day"),
        Kind.SEVERAL: _("several choices"),
    }.get(shape.kind, _("this"))
