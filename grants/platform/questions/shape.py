"""What an answer is in a condition or a check."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
    PARTS = "parts"
    RANGE = "range"
    LIST = "list"
    UNKNOWN = "unknown"
    """Something is wrong with it already."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind, with the codes that can be chosen and the currency of a sum. `least` and `most` are
    those of a number or a day; of files and choices, `most` is how many there can be.
    """

    kind: Kind
    codes: frozenset[str] | None = None
    currency: str = ""
    key: str = ""
    least: int | date | None = None
    most: int | date | None = None
    whole: bool = True
    """Of a number: without decimals."""
    share: bool = False
    """Of a number: a part of 1, written as a percentage."""
    grouped: bool = True
    """Of a number: its thousands are separated; those of a year are not."""
