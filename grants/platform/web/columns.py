"""The columns of a list: what its page shows of each record, and what its file holds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grants.core.kernel.language import english
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.platform.web.cells import Link, Tag


@dataclass(frozen=True)
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

    @cached_property
    def key(self) -> str:
        """What a person's choice calls it, whatever their language."""
        return re.sub(r"[^a-z0-9]+", "-", english(self.text).lower()).strip("-")

    def cell(self, row: Any) -> Any:
        """The value as the page shows it."""
        value = self.value(row)
        if self.link is not None:
            return Link(value, self.link(row))
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
