"""What a cell of a table can be besides a value: a link, a file, or a state in its tone.

A view hands these over; the macro that draws the table writes the HTML.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from grants.core.texts.formats import show
from grants.core.texts.marks import spoken


@dataclass(frozen=True, slots=True)
class Link:
    """A value that leads somewhere."""

    value: Any
    href: str
    note: str = ""
    """What follows it, in a lighter ink."""

    def __html__(self) -> str:
        link = f'<a class="govuk-link" href="{escape(self.href)}">{show(self.value)}</a>'
        note = f' <span class="cell-note">{escape(self.note)}</span>' if self.note else ""
        return link + note


_OF_YEAR = re.compile(r"(?:[A-Z]+-)?\d{4}\b")
"""What follows the fund in a reference: a letter for the kind of record, and the year."""


@dataclass(frozen=True, slots=True)
class Code:
    """The reference of a record; a list whose records are all of one fund leaves that fund out."""

    text: str

    @property
    def fund(self) -> str:
        """The code that it begins with; empty for a number that no fund gave."""
        fund, _dash, rest = self.text.partition("-")
        return fund if _OF_YEAR.match(rest) else ""

    def __html__(self) -> str:
        if "-" not in self.text:
            return str(escape(self.text))
        if not self.fund:
            return f'<bdi dir="ltr" class="reference">{escape(self.text)}</bdi>'
        rest = self.text.removeprefix(f"{self.fund}-")
        return (
            f'<bdi dir="ltr" class="reference"><span class="code__fund">{escape(self.fund)}-</span>'
            f"{escape(rest)}</bdi>"
        )


@dataclass(frozen=True, slots=True)
class Tag:
    """A state; `tone`: neutral, active, waiting, good or bad."""

    text: str
    tone: str = "neutral"

    def __html__(self) -> str:
        return f'<strong class="tag tag--{escape(self.tone)}">{escape(self.text)}</strong>'


@dataclass(frozen=True, slots=True)
class Lines:
    """Several cells, one below the other."""

    cells: tuple[Any, ...]

    def __html__(self) -> str:
        return "<br>".join([show(cell) for cell in self.cells])


@dataclass(frozen=True, slots=True)
class Inline:
    """Several cells in one line."""

    cells: tuple[Any, ...]

    def __html__(self) -> str:
        return Markup("<span>{}</span>").format(
            Markup(" · ").join(show(cell) for cell in self.cells)
        )


@dataclass(frozen=True, slots=True)
class Download:
    """A file, named by its kind ("PDF"); `about` tells it from others to those who hear it."""

    kind: str
    href: str
    about: str

    def __html__(self) -> str:
        return (
            f'<a class="govuk-link" href="{escape(self.href)}">{self.kind}{spoken(self.about)}</a>'
        )


@dataclass(frozen=True, slots=True)
class Apart:
    """A figure that stands out among its neighbours; `why` is for those who hear it."""

    value: Any
    why: str

    def __html__(self) -> str:
        return f'<strong class="mark mark--apart">{show(self.value)}{spoken(self.why)}</strong>'


class Cells(list[Any]):
    """The cells of a row that is shown again and again, with the HTML that was written of them."""

    __slots__ = ("plain", "written")

    def __init__(self, cells: Iterable[Any]) -> None:
        super().__init__(cells)
        self.written: dict[Hashable, str] = {}
        self.plain: dict[Hashable, Cells] = {}
        """The same with some marks as words, by the places of these."""

    def with_words(self, words: Mapping[int, str]) -> "Cells":
        """The cells of the row, with words in these places."""
        places = tuple(words)
        if places not in self.plain:
            self.plain[places] = Cells(words.get(at, cell) for at, cell in enumerate(self))
        return self.plain[places]


FEW = 3
"""So many rows may carry the same mark, or one in ten of a long page."""


def exceptions_only(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Rows whose marks are exceptions: a tone that many rows of a column share tells nothing, and
    its words alone are shown.
    """
    marked = [(row, _tags_in(row)) for row in rows]
    tones = Counter((at, tag.tone) for _row, tags in marked for at, tag in tags)
    most = min(max(FEW, len(rows) // 10), len(rows) // 2)
    return [_with_exceptions(row, tags, tones, most) for row, tags in marked]


def _with_exceptions(
    row: Sequence[Any], tags: Sequence[tuple[int, Tag]], tones: Counter[tuple[int, str]], most: int
) -> Sequence[Any]:
    plain = {at: tag.text for at, tag in tags if tones[at, tag.tone] > most}
    if plain and type(row) is Cells:
        return row.with_words(plain)
    return [plain.get(at, cell) for at, cell in enumerate(row)] if plain else row


def _tags_in(row: Sequence[Any]) -> list[tuple[int, Tag]]:
    return [(at, cell) for at, cell in enumerate(row) if type(cell) is Tag]
