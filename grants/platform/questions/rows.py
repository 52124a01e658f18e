"""Questions answered in rows: a table, partners, a plan. A column is a question.

The inputs of a cell are those of its column's question, named by the row: q_KEY-ROW-c_COLUMN.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.texts.formats import NBSP
from grants.core.texts.marks import spaced
from grants.platform.questions.base import OF_ANSWERS, Question
from grants.platform.questions.figures import Figure
from grants.platform.questions.reading import (
    Grid,
    Problem,
    Reading,
    Typed,
    Wording,
)
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, NotAnAnswer, list_in, mapping_in

Row = Mapping[str, Any]
"""Values by the key of the column; None where a cell is empty."""

MOST_ROWS = 100
BLANK_ROWS = 4
"""So many rows of a table are printed for filling in by hand."""


@dataclass(frozen=True, kw_only=True)
class Rows(Question):
    """From `least_rows` to `most_rows` rows of the same questions. Its value is a list of rows."""

    wide: ClassVar[bool] = True
    family: ClassVar[str] = "rows"
    least_rows: int = 0
    most_rows: int = 20
    first_free: int = field(default=0, metadata=OF_ANSWERS)
    """New rows have this index at least: those before it have been picked elsewhere in the form."""

    @property
    def row(self) -> tuple[Question, ...]:
        """The questions of one row, in the order of the columns."""
        raise NotImplementedError

    @property
    def add_words(self) -> str:
        """On the button that adds a row; empty: as usual."""
        return ""

    @property
    def grid_columns(self) -> tuple[Question | None, ...]:
        """The questions that the columns of a printed table answer; None: labels of rows."""
        return self.row

    @property
    def summed(self) -> tuple[Figure, ...]:
        """The columns that are added up below the rows."""
        return ()

    def cell(self, index: str, column: Question) -> Question:
        """The question of one cell: that of its column, under a name of its own."""
        return replace(column, key=f"{self.key}-{index}-c_{column.key}")

    def cells(self, index: str) -> list[Question]:
        """The questions of one row."""
        return [self.cell(index, column) for column in self.row]

    def owns(self, name: str) -> bool:
        return self._index_in(name) is not None

    def _index_in(self, name: str) -> str | None:
        if not name.startswith(f"{self.name}-"):
            return None
        match = re.fullmatch(r"(\d{1,4})-c_(.+)", name[len(self.name) + 1 :], re.ASCII)
        if match is None:
            return None
        column = next((c for c in self.row if c.key == match[2].partition("-")[0]), None)
        return match[1] if column and self.cell(match[1], column).owns(name) else None

    def indices(self, typed: Typed) -> list[str]:
        """The rows that were typed into, in their order."""
        indices = {index for name in typed if (index := self._index_in(name)) is not None}
        return sorted(indices, key=int)

    def written(self, typed: Typed) -> list[tuple[str, list[Question]]]:
        """(index, cells) of the rows that are not blank."""
        rows = [(index, self.cells(index)) for index in self.indices(typed)]
        return [row for row in rows if not all(cell.is_blank(typed) for cell in row[1])]

    def read(self, typed: Typed) -> Reading:
        rows: list[dict[str, Any]] = []
        problems: list[Problem] = []
        for index, cells in self.written(typed):
            readings = [cell.read(typed) for cell in cells]
            row = {c.key: r.value for c, r in zip(self.row, readings, strict=True)}
            row |= self.besides(index, row)
            problems_of_cells = [
                replace(p, question=self.key) for r in readings for p in r.problems
            ]
            rows.append(row)
            problems += self.problems_of_row(index, row, problems_of_cells)
        return Reading(rows or None, (*problems, *self.problems_of_all(rows)))

    def besides(self, index: str, row: Row) -> Row:  # noqa: ARG002 - most kinds add nothing
        """What a row has beside what was typed into its cells."""
        return {}

    def problems_of_row(self, index: str, row: Row, problems: list[Problem]) -> list[Problem]:  # noqa: ARG002
        """What is to be corrected in a row; a kind may know more than its columns do."""
        return problems

    def problems_of_all(self, rows: Sequence[Row]) -> Iterator[Problem]:
        """What the rows lack together."""
        if len(rows) > self.most_rows:
            message = _("Enter no more than %(most)s rows.", most=self.most_rows)
            yield replace(self.wrong(message), whole=True)
        least = max(self.least_rows, 1)
        if (self.required or rows) and len(rows) < least:
            yield self.missing()

    def missing(self) -> Problem:
        return replace(super().missing(), whole=True)

    def cell_missing(self, index: str, column: str) -> Problem:
        """A problem at an empty cell that has to be filled in."""
        question = next(candidate for candidate in self.row if candidate.key == column)
        return replace(self.cell(index, question).missing(), question=self.key)

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

    def rule(self) -> str:
        columns = spaced(",").join(column.title for column in self.row)
        if self.least_rows > 1:
            return _(
                "%(least)s to %(most)s rows with: %(columns)s",
                least=self.least_rows,
                most=self.most_rows,
                columns=columns,
            )
        return ngettext(
            "A row with: %(columns)s",
            "Up to %(num)s rows with: %(columns)s",
            self.most_rows,
            columns=columns,
        )

    def wording(self, value: Any) -> Wording:
        columns = self.row
        return Wording(
            table=Grid(
                heads=tuple((column.heading, head_kind(column)) for column in columns),
                rows=tuple(
                    tuple(self.table_cell(column, row.get(column.key)) for column in columns)
                    for row in value
                ),
                foot=self.table_foot(value),
            )
        )

    def table_cell(self, column: Question, value: Any) -> Any:
        """The answer in a cell: a figure, or words."""
        if value is None:
            return None
        if isinstance(column, Figure):
            return column.figure_of(str(value))
        return column.cell_text(value)

    def table_foot(self, rows: Sequence[Row]) -> tuple[Any, ...]:
        """The sums of the columns that are added up; nothing where there are none."""
        sums = {column.key: (column, column_total(column, rows)) for column in self.summed}
        if not sums:
            return ()
        feet: list[Any] = []
        for key in (column.key for column in self.row):
            column, amount = sums.get(key, (None, None))
            feet.append(column.figure_of(f"{amount:f}") if column and amount is not None else NBSP)
        return (_("Total"), *feet[1:]) if feet[0] == NBSP else tuple(feet)

    def as_typed(self, value: Any) -> Cells:
        """Rows as mappings from the key of a column to its answer."""
        columns = {column.key: column for column in self.row}
        for index, row in enumerate(list_in(value)):
            if set(mapping_in(row)) - set(columns):
                raise NotAnAnswer
            for key, answer in row.items():
                if answer is not None:
                    yield from self.cell(str(index), columns[key]).as_typed(answer)

    def shape(self) -> Shape:
        return Shape(Kind.ROWS, frozenset(c.key for c in figures_of(self.row)), key=self.key)

    def figures(self) -> list[tuple[str, str]]:
        sums = [f'total({self.key}, "{column.key}")' for column in figures_of(self.row)]
        return [(text, "number") for text in (f"count({self.key})", *sums)]

    def summable(self, code: str) -> Figure | None:
        """The column with figures that a code of an expression names."""
        return next((column for column in figures_of(self.row) if column.key == code), None)

    def sum_of(self, rows: Sequence[Row], code: str) -> Fraction | None:
        """The sum of a column with figures."""
        column = self.summable(code)
        return added_up(column, rows) if column else None

    def label_of(self, code: str) -> str:
        return {column.key: column.title for column in self.row}.get(code, code)

    def blank_rule(self) -> str:
        return ngettext("One row.", "Up to %(num)s rows.", self.most_rows)

    def blank_rows(self) -> tuple[str, ...]:
        number = min(max(self.least_rows, BLANK_ROWS), self.most_rows)
        return tuple(str(row) for row in range(1, number + 1))

    def blank_columns(self) -> tuple[str, ...]:
        return tuple(column.title for column in self.row)

    def written_texts(self, value: Any) -> Iterator[tuple[Question, str]]:
        for row in value if isinstance(value, list) else ():
            for column in self.row:
                yield from column.written_texts(row.get(column.key))

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 <= self.least_rows <= self.most_rows or not 0 < self.most_rows <= MOST_ROWS:
            yield _("ask for 1 to %(most)s rows, the smallest number first", most=MOST_ROWS)


def figures_of(columns: Sequence[Question]) -> list[Figure]:
    """The columns that can be added up."""
    return [column for column in columns if isinstance(column, Figure)]


def head_kind(column: Question) -> str:
    """How the figures of a column are written in a table."""
    return column.cell_kind if isinstance(column, Figure) else "text"


def column_total(column: Figure, rows: Sequence[Row] | None) -> Decimal | None:
    """The sum of a column, exact; None while no row has a number in it."""
    numbers = [Decimal(row[column.key]) for row in rows or () if row.get(column.key) is not None]
    return sum(numbers, Decimal(0)) if numbers else None


def added_up(column: Figure, rows: Sequence[Row]) -> Fraction | None:
    """The sum of a column as expressions reckon: percentages as parts of 1."""
    numbers = [column.operand(row[column.key]) for row in rows if row.get(column.key) is not None]
    figures = [number for number in numbers if isinstance(number, Fraction)]
    return sum(figures, Fraction(0)) if figures else None
