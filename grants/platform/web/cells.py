"""What a cell of a table can be besides a value: a link, a file, or a state in its tone.

A view hands these over; the macro that draws the table writes the HTML.
"""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from grants.core.kernel.formats import show


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
        return str(Markup("<br>").join(show(cell) for cell in self.cells))


@dataclass(frozen=True, slots=True)
class Inline:
    """Several cells in one line."""

    cells: tuple[Any, ...]

    def __html__(self) -> str:
        return str(Markup(" · ").join(show(cell) for cell in self.cells))


@dataclass(frozen=True, slots=True)
class Download:
    """A file, named by its kind ("PDF"); `about` tells it from others to those who hear it."""

    kind: str
    href: str
    about: str

    def __html__(self) -> str:
        about = f'<span class="govuk-visually-hidden">: {escape(self.about)}</span>'
        return f'<a class="govuk-link" download href="{escape(self.href)}">{self.kind}{about}</a>'


@dataclass(frozen=True, slots=True)
class Apart:
    """A figure that stands out among its neighbours; `why` is for those who hear it."""

    value: Any
    why: str

    def __html__(self) -> str:
        why = f'<span class="govuk-visually-hidden"> ({escape(self.why)})</span>'
        return f'<strong class="mark mark--apart">{show(self.value)}{why}</strong>'
