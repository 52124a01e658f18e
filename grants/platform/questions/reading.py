"""What reading an answer gives: its value, and what is still to be corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grants.core.kernel.language import gettext as _

Typed = Mapping[str, Sequence[str]]
"""What was typed, by the name of the input."""

Texts = Mapping[str, str]
"""The same words in several languages."""


class Fault(StrEnum):
    """What kind of problem an answer has."""

    MISSING = "missing"
    WRONG = "wrong"
    DOUBT = "doubt"
    """It may identify a victim; the writer has to check it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to correct: at which question, in which input, and what to do."""

    question: str
    place: str
    message: str
    fault: Fault = Fault.WRONG
    whole: bool = False
    """About all rows of the question, not about the input that it leads to."""
    figures: str = ""
    """What is written and what is allowed, where a check compares figures."""
    row: int | None = None
    """The place of the row that it is about, from 0, among those that are kept."""
    row_name: str = ""
    """What readers call this row, where the message is read away from it."""

    @property
    def words(self) -> str:
        """What a person reads on the spot."""
        return f"{self.message} {self.figures}".rstrip()

    @property
    def words_elsewhere(self) -> str:
        """What a person reads in a list of problems."""
        if not self.row_name:
            return self.words
        return _("%(row)s: %(message)s", row=self.row_name, message=self.words)


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text of a form in its languages. `part` says which, as in "label"."""

    key: str
    where: str
    part: str
    texts: Texts
    anchor: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Heads are (text, kind of column); cells are text, numbers or Money."""

    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    foot: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """An answer as its readers see it: words, a list or a table."""

    text: str = ""
    items: tuple[str, ...] = ()
    table: Grid | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A value ready for JSON (None: not answered), and the problems of what was typed."""

    value: Any = None
    problems: tuple[Problem, ...] = ()


def first_of(typed: Typed, name: str) -> str:
    """The text of an input, without the blanks around it."""
    texts = typed.get(name) or ("",)
    return texts[0].strip()
