"""The columns of a list: what its page shows of each record, and what its file holds."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import english
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.kernel.workflow import Workflow
from grants.platform.tables.cells import Code, Lines, Link, Tag


@dataclass(frozen=True, eq=False)
class Column:
    """One fact of each row: what the page shows and the file holds.

    `kind`: text, money, number or date. `link` makes the cell lead somewhere, `tone` a tag of it.
    `order` names the order that its heading offers. `shown` False: in the file, and on the page of
    a person who asks for it.
    """

    text: str
    value: Callable[[Any], Any]
    kind: str = "text"
    link: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    order: str = ""
    shown: bool = True
    worth: str = ""
    """How a list on a wide screen shares its room: "name" of an organisation or a person, as wide
    as names are; "title" of the record, which takes what the other columns leave.
    """
    shows: Callable[[Any], Any] | None = None
    """What the page shows where the file holds the value."""
    blank: bool = False
    """An empty cell means that nothing is to be said, not that something is unknown."""

    @cached_property
    def key(self) -> str:
        """What a person's choice calls it, whatever their language."""
        return re.sub(r"[^a-z0-9]+", "-", english(self.text).lower()).strip("-")

    def cell(self, row: Any) -> Any:
        """The value as the page shows it."""
        value = (self.shows or self.value)(row)
        if self.blank and value in (None, ""):
            return Lines(())
        if self.kind == "code" and value:
            value = Code(str(value))
        if self.link is not None and (address := self.link(row)):
            return Link(value, address)
        return Tag(str(value), self.tone(row)) if self.tone is not None else value

    def file_heads(self) -> Iterator[str]:
        """Money takes two columns in a file: the figure and its currency."""
        yield str(self.text)
        if self.kind == "money":
            yield _("%(column)s: currency", column=self.text)

    def file_cells(self, row: Any) -> Iterator[Any]:
        """The value, and the currency of money."""
        value = self.value(row)
        yield value
        if self.kind == "money":
            yield value.currency if isinstance(value, Money) else ""


def state_columns(workflow: Workflow) -> tuple[Column, Column]:
    """Where a record stands: its next step while something is to be done with it, then its state.
    A file holds both, and a person may have the next step as a column of its own.
    """
    names = workflow.names
    return (
        Column(
            _l("Status"),
            lambda row: names[row.state].staff,
            tone=lambda row: names[row.state].tone,
            shows=lambda row: str(names[row.state].next or names[row.state].staff),
        ),
        next_step(workflow, shown=False),
    )


def next_step(workflow: Workflow, *, shown: bool = True) -> Column:
    """What is to be done with a record, and by whom if not by the fund; nothing when all is."""
    return Column(
        _l("Next step"), lambda row: str(workflow.names[row.state].next), blank=True, shown=shown
    )


def age(
    since: Callable[[Any], date | datetime | None], waits: Callable[[Any], object] = bool
) -> Column:
    """For how many days a record has waited, counted from the day that it came, in the fund's
    days; nothing for one that waits no more.
    """

    def days(row: Any) -> int | None:
        begun = since(row) if waits(row) else None
        if begun is None:
            return None
        day = clock.day_of(begun) if isinstance(begun, datetime) else begun
        return max((clock.today() - day).days, 0)

    return Column(_l("Age, days"), days, kind="number", blank=True)


def waits_in(workflow: Workflow) -> Callable[[Any], object]:
    """Is something still to be done with a record in this state?"""
    return lambda row: workflow.names[row.state].next


def brief_of(columns: Sequence[Column]) -> Mapping[str, str]:
    """The columns that a narrow screen shows of each row, and where: two texts, the first amount
    and the state. The first column is always there; the others come with "All columns".
    """
    more = columns[1:]
    states = [column for column in more if column.tone][:1]
    texts = [c for c in more if c.kind == "text" and c not in states][:2]
    sums = [column for column in more if column.kind == "money"][:1]
    places = {"state": states, "text": texts[:1], "more": texts[1:], "money": sums}
    return {column.key: place for place, members in places.items() for column in members}
