"""Tables of counts of people that are published together, with their totals, and as JSON.

A row or column that has the same name in two tables stands for the same people, so the attacker
of one table may use the other. Figures that are one and the same are kept as one here: they are
hidden together or printed together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

Key = tuple[str, ...]
"""Which people a figure counts: a cell by its row and column, a total by its name, all by none."""


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of people by row and column, none negative."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    def figures(self) -> Iterator[tuple[Key, int]]:
        """Every figure that would be printed: cells row by row, then totals."""
        for row, line in zip(self.rows, self.cells, strict=True):
            for column, count in zip(self.columns, line, strict=True):
                yield tuple(sorted((row, column))), count
        yield from zip(((row,) for row in self.rows), map(sum, self.cells), strict=True)
        columns = zip(*self.cells, strict=True) if self.cells else [()] * len(self.columns)
        yield from zip(((column,) for column in self.columns), map(sum, columns), strict=True)
        yield (), sum(map(sum, self.cells))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Tables published together, as numbered figures and the sums that bind them."""

    tables: tuple[Table, ...]
    values: tuple[int, ...]
    """Each different figure once."""
    keys: tuple[Key, ...]
    places: tuple[tuple[int, ...], ...]
    """For each table, the number of each of its figures, in the order of Table.figures()."""
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    """A total and the parts that make it up, by number."""


def sheet_of(tables: Sequence[Table]) -> Sheet:
    """Number the figures of tables that are published together."""
    numbers: dict[tuple[Key, int], int] = {}
    places = [
        tuple(numbers.setdefault((key, value), len(numbers)) for key, value in table.figures())
        for table in tables
    ]
    sums = {
        line: None for table, at in zip(tables, places, strict=True) for line in _sums_in(table, at)
    }
    return Sheet(
        tuple(tables),
        tuple(value for _key, value in numbers),
        tuple(key for key, _value in numbers),
        tuple(places),
        tuple(sums),
    )


def _sums_in(table: Table, at: Sequence[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    height, width = len(table.rows), len(table.columns)
    cells = [at[row * width : (row + 1) * width] for row in range(height)]
    row_totals = at[height * width : height * width + height]
    column_totals = at[height * width + height : -1]
    for total, parts in zip(row_totals, cells, strict=True):
        yield total, tuple(parts)
    for column, total in enumerate(column_totals):
        yield total, tuple(line[column] for line in cells)
    yield at[-1], tuple(row_totals)
    yield at[-1], tuple(column_totals)


def read_tables(value: Any) -> list[Table]:
    """The tables of a JSON value; DomainError names the place that cannot be read."""
    if not isinstance(value, dict) or not isinstance(value.get("tables"), list):
        raise DomainError(_("The file needs a list “tables”."))
    return [_read_table(table, f"tables[{at}]") for at, table in enumerate(value["tables"])]


def _read_table(table: Any, place: str) -> Table:
    if not isinstance(table, dict):
        raise DomainError(_("%(place)s: an object with keys is expected.", place=place))
    rows, columns = _read_names(table, "rows", place), _read_names(table, "columns", place)
    cells = table.get("cells")
    if not (
        isinstance(cells, list)
        and len(cells) == len(rows)
        and all(isinstance(line, list) and len(line) == len(columns) for line in cells)
    ):
        raise DomainError(
            _(
                "%(place)s: “cells” needs %(rows)s rows of %(columns)s counts.",
                place=place,
                rows=len(rows),
                columns=len(columns),
            )
        )
    for count in (count for line in cells for count in line):
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise DomainError(
                _("%(place)s: a count is a whole number of zero or more.", place=place)
            )
    return Table(str(table.get("name", "")), rows, columns, tuple(tuple(line) for line in cells))


def _read_names(table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    names = table.get(key)
    if not isinstance(names, list) or len({str(name) for name in names}) != len(names):
        raise DomainError(
            _("%(place)s: “%(key)s” needs a list of different names.", place=place, key=key)
        )
    return tuple(str(name) for name in names)


def as_json(sheet: Sheet, hidden: frozenset[int]) -> dict[str, Any]:
    """The tables with their totals, hidden figures as null."""
    return {
        "tables": [
            _table_as_json(
                table, [None if number in hidden else sheet.values[number] for number in at]
            )
            for table, at in zip(sheet.tables, sheet.places, strict=True)
        ]
    }


def _table_as_json(table: Table, counts: Sequence[int | None]) -> dict[str, Any]:
    height, width = len(table.rows), len(table.columns)
    return {
        "name": table.name,
        "rows": list(table.rows),
        "columns": list(table.columns),
        "cells": [list(counts[row * width : (row + 1) * width]) for row in range(height)],
        "row_totals": list(counts[height * width : height * width + height]),
        "column_totals": list(counts[height * width + height : -1]),
        "total": counts[-1],
    }
