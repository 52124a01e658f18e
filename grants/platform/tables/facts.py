"""Lists whose rows are read as facts: some columns of each record, and not the record.

What a row shows is worked out from its facts. So it is drawn once, and again when one of its facts,
the day, the language or the set-up of the list has changed: the next person who opens the list gets
the same row. How many rows there are comes with them, in one question.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select, case, func, select

from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.platform.tables.cells import Cells
from grants.platform.tables.columns import Column
from grants.platform.tables.orders import Order

MOST = 500
"""Rows kept as they were drawn, some 3 kB each."""

Drawn = tuple[Any, Cells]


@dataclass(frozen=True, eq=False)
class Facts:
    """What is read of each record of a list."""

    columns: tuple[Any, ...]
    make: Callable[..., tuple[Any, ...]]
    """From these columns, what cells and acts look at: a tuple, as equal ones are drawn alike."""
    join: Callable[[Select[Any]], Select[Any]] = lambda query: query
    """Adds to a query what the columns are of, where it is not there."""
    also: Callable[[Sequence[tuple[Any, ...]]], Sequence[Any]] | None = None
    """What else is known of each row, read for all rows of a page at once: the last fact of each.
    """
    once: bool = False
    """Rows are counted as they are found, and not apart: for a list whose order no index has."""

    def read_by(self, query: Select[Any]) -> Select[Any]:
        """A query of records, bringing their facts."""
        labelled = (column.label(f"fact_{at}") for at, column in enumerate(self.columns))
        return self.join(query).with_only_columns(*labelled, maintain_column_froms=True)

    def page(
        self,
        query: Select[Any],
        order: Order,
        size: int,
        count: ColumnElement[int],
        most: int,
        *,
        backwards: bool,
        whole: bool,
    ) -> Select[Any]:
        """The first rows of a query in an order, each behind how many there are, up to one more
        than `most`, and before the columns that order it. `whole`: if it is the whole list, one
        that fits is not counted again.
        """
        by = [column.label(f"by_{at}") for at, column in enumerate(order.by)]
        ordered = order.sorted(self.read_by(query).add_columns(*by), backwards=backwards)
        page = ordered.limit(max(most + 1, size) if whole and self.once else size).cte("page")
        rows = select(func.count()).select_from(page).scalar_subquery()
        if whole:
            count = rows if self.once else case((rows < size, rows), else_=count)
        place = Order(*(page.c[column.name] for column in by), descending=order.descending)
        return place.sorted(select(count.label("count"), page), backwards=backwards).limit(size)

    def whole(self, columns: Iterable[Any]) -> list[tuple[Any, ...]]:
        """The facts of some rows from their columns."""
        rows = [tuple(row) for row in columns]
        if self.also is None:
            return rows
        return [(*row, more) for row, more in zip(rows, self.also(rows), strict=True)]

    def drawn(self, page: Sequence[Any], columns: Sequence[Column]) -> list[Drawn]:
        """What each row of such a page is about, and its cells."""
        if not page:
            return []
        cache = _kept_for(columns)
        last = len(self.columns) + 1
        rows = []
        for values in self.whole([row[1:last] for row in page]):
            item = cache.get(values)
            if item is None:
                subject = self.make(*values)
                item = cache[values] = subject, Cells(column.cell(subject) for column in columns)
            rows.append(item)
        return rows


_KEPT: dict[Hashable, dict[Any, Drawn]] = {}
"""By what a row depends on besides its facts, and by its facts."""


def _kept_for(columns: Iterable[Column]) -> dict[Any, Drawn]:
    pairs = tuple((key, text) for key, text in request.args.items(multi=True) if key != "page")
    look = tuple(column.key for column in columns)
    about = (request.endpoint, pairs, look, current_language().code, clock.today(), clock.zone())
    if len(_KEPT) + sum(map(len, _KEPT.values())) > MOST:
        _KEPT.clear()
    return _KEPT.setdefault(about, {})
