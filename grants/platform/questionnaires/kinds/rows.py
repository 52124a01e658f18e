"""Questions answered in rows: a table of the call's own, partners, a plan. A column is a question.

The inputs of a cell are those of its column's question, named by the row: q_KEY-ROW-c_COLUMN.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.platform.questionnaires.kinds.base import Question
from grants.platform.questionnaires.kinds.choices import Country, OneOf, SeveralOf, YesNo
from grants.platform.questionnaires.kinds.figures import Amount, Day, Number
from grants.platform.questionnaires.kinds.words import LongText, ShortText
from grants.platform.questionnaires.reading import Problem, Reading, Typed

Row = Mapping[str, Any]
"""Values by the key of the column; None where a cell is empty."""

MOST_ROWS = 100
MOST_COLUMNS = 10


@dataclass(frozen=True, kw_only=True)
class Rows(Question):
    """From `least_rows` to `most_rows` rows of the same questions. Its value is a list of rows."""

    wide: ClassVar[bool] = True
    least_rows: int = 0
    most_rows: int = 20

    @property
    def row(self) -> tuple[Question, ...]:
        """The questions of one row, in the order of the columns."""
        raise NotImplementedError

    @property
    def summed(self) -> tuple[Number | Amount, ...]:
        """The columns that are added up below the rows."""
        return ()

    def cell(self, index: str, column: Question) -> Question:
        """The question of one cell: that of its column, under a name of its own."""
        return replace(column, key=f"{self.key}-{index}-c_{column.key}")

    def owns(self, name: str) -> bool:
        return self._index_in(name) is not None

    def _index_in(self, name: str) -> str | None:
        if not name.startswith(f"{self.name}-"):
            return None
        found = re.fullmatch(r"(\d{1,4})-c_(.+)", name[len(self.name) + 1 :], re.ASCII)
        if found is None:
            return None
        column = next((c for c in self.row if c.key == found[2].partition("-")[0]), None)
        return found[1] if column and self.cell(found[1], column).owns(name) else None

    def indices(self, typed: Typed) -> list[str]:
        """The rows that were typed into, in their order."""
        found = {index for name in typed if (index := self._index_in(name)) is not None}
        return sorted(found, key=int)

    def written(self, typed: Typed) -> list[tuple[str, list[Question]]]:
        """(index, cells) of the rows that are not blank."""
        rows = [
            (index, [self.cell(index, column) for column in self.row])
            for index in self.indices(typed)
        ]
        return [row for row in rows if not all(cell.is_blank(typed) for cell in row[1])]

    def read(self, typed: Typed) -> Reading:
        rows: list[dict[str, Any]] = []
        problems: list[Problem] = []
        for index, cells in self.written(typed):
            readings = [cell.read(typed) for cell in cells]
            row = {c.key: r.value for c, r in zip(self.row, readings, strict=True)}
            found = [replace(p, question=self.key) for r in readings for p in r.problems]
            rows.append(row)
            problems += self.problems_of_row(index, row, found)
        return Reading(rows or None, (*problems, *self.problems_of_all(rows)))

    def problems_of_row(self, index: str, row: Row, found: list[Problem]) -> list[Problem]:  # noqa: ARG002
        """What is to be corrected in a row; a kind may know more than its columns do."""
        return found

    def problems_of_all(self, rows: Sequence[Row]) -> Iterator[Problem]:
        """What the rows lack together."""
        if len(rows) > self.most_rows:
            said = _("Enter no more than %(most)s rows.", most=self.most_rows)
            yield replace(self.wrong(said), whole=True)
        least = max(self.least_rows, 1)
        if (self.required or rows) and len(rows) < least:
            yield self.missing()

    def missing(self) -> Problem:
        return replace(super().missing(), whole=True)

    def cell_missing(self, index: str, column: str) -> Problem:
        """A problem at an empty cell that has to be filled in."""
        asked = next(one for one in self.row if one.key == column)
        return replace(self.cell(index, asked).missing(), question=self.key)

    def missing_text(self) -> str:
        return ngettext(
            "Fill in at least %(num)s row of “%(label)s”.",
            "Fill in at least %(num)s rows of “%(label)s”.",
            max(self.least_rows, 1),
            label=self.title,
        )

    @property
    def target(self) -> str:
        return self.cell("0", self.row[0]).target if self.row else self.name

    def prose(self, typed: Typed) -> Iterator[str]:
        for _index, cells in self.written(typed):
            for cell in cells:
                yield from cell.prose(typed)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 <= self.least_rows <= self.most_rows or not 0 < self.most_rows <= MOST_ROWS:
            yield _("ask for 1 to %(most)s rows, the smallest number first", most=MOST_ROWS)


@dataclass(frozen=True, kw_only=True)
class Table(Rows):
    """Rows whose columns the call chooses. `totals` are keys of columns that are added up."""

    kind: ClassVar[str] = "table"
    columns: tuple[Question, ...] = ()
    totals: tuple[str, ...] = ()

    @property
    def row(self) -> tuple[Question, ...]:
        return self.columns

    @property
    def summed(self) -> tuple[Number | Amount, ...]:
        return tuple(c for c in figures_of(self.columns) if c.key in self.totals)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 < len(self.columns) <= MOST_COLUMNS:
            yield _("give the table 1 to %(most)s columns", most=MOST_COLUMNS)
        keys = [column.key for column in self.columns]
        if len(set(keys)) < len(keys):
            yield _("give each column its own key")
        if set(self.totals) - {column.key for column in figures_of(self.columns)}:
            yield _("add up only columns with numbers or amounts")
        for column in self.columns:
            yield from self._faults_of(column)

    def _faults_of(self, column: Question) -> Iterator[str]:
        if type(column) not in COLUMNS:
            yield _("a column of a table cannot be of the kind “%(kind)s”", kind=column.kind)
            return
        if column.show_when:
            yield _("a column of a table cannot have a condition")
        for fault in column.faults():
            yield _("%(where)s: %(fault)s", where=column.label.get("en") or column.key, fault=fault)


COLUMNS: tuple[type[Question], ...] = (
    *(ShortText, LongText, Number, Amount, Day, YesNo, OneOf, SeveralOf, Country),
)
"""The kinds of question that a column of a table may be."""


def figures_of(columns: Sequence[Question]) -> list[Number | Amount]:
    """The columns that can be added up."""
    return [column for column in columns if isinstance(column, Number | Amount)]


def column_total(column: Number | Amount, rows: Sequence[Row] | None) -> Decimal | None:
    """The sum of a column, exact; None while no row has a number in it."""
    known = [Decimal(row[column.key]) for row in rows or () if row.get(column.key) is not None]
    return sum(known, Decimal(0)) if known else None
