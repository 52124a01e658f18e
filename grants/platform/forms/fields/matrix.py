"""A table of counts: beneficiaries by sex and age band.

`data` is {row: {column: count}}, blank cells left out. Cells are named `name-row-column`.
"""

from typing import Any, ClassVar

from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.forms import typed, widgets
from grants.platform.forms.fields.choices import Choices, listed
from grants.platform.forms.fields.question import Question

Cell = tuple[str, str]


class MatrixField(Question):
    """Whole numbers of 0 or more, with totals by row, column and in all where they make sense."""

    widget = staticmethod(widgets.matrix)
    EMPTY: ClassVar[Any] = {}

    def __init__(
        self,
        label: str = "",
        *,
        rows: Choices,
        columns: Choices,
        totals: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.row_heads, self.column_heads, self.totals = rows, columns, totals
        self.texts: dict[Cell, str] = {}
        self.cell_errors: dict[Cell, str] = {}

    @property
    def row_items(self) -> list[tuple[str, str]]:
        return [(code, label) for code, label, _hint in listed(self.row_heads)]

    @property
    def column_items(self) -> list[tuple[str, str]]:
        return [(code, label) for code, label, _hint in listed(self.column_heads)]

    def cells(self) -> list[Cell]:
        return [(row, column) for row, _l in self.row_items for column, _l in self.column_items]

    def cell_id(self, row: str, column: str) -> str:
        """Also the name of the input."""
        return f"{self.name}-{row}-{column}"

    def process(self, formdata: Any, data: Any = unset_value, *_filters: Any, **_more: Any) -> None:
        self.process_errors, self.cell_errors = [], {}
        values = self.default if data is unset_value else data
        if formdata is None:
            self.data = {row: dict(columns) for row, columns in (values or {}).items()}
            self.texts = {
                (row, column): str(count)
                for row, columns in self.data.items()
                for column, count in columns.items()
            }
        else:
            self.texts = {
                cell: formdata.get(self.cell_id(*cell), "").strip() for cell in self.cells()
            }
            self.data = self._read_cells()

    def _read_cells(self) -> dict[str, dict[str, int]]:
        cells: dict[str, dict[str, int]] = {}
        for (row, column), text in self.texts.items():
            if not text:
                continue
            try:
                cells.setdefault(row, {})[column] = _read_count(text)
            except InvalidInput as refusal:
                self.cell_errors[row, column] = refusal.message
        return cells

    def inputs(self) -> set[str]:
        return {self.cell_id(*cell) for cell in self.cells()}

    def is_empty(self) -> bool:
        return not any(self.texts.values())

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.cell_errors:
            raise StopValidation(
                _("Correct the numbers marked below in “%(label)s”.", label=self.label.text)
            )

    def problems(self) -> list[tuple[str, str]]:
        rows, columns = dict(self.row_items), dict(self.column_items)
        inside = [
            (
                self.cell_id(row, column),
                _(
                    "%(row)s, %(column)s: %(message)s",
                    row=rows[row],
                    column=columns[column],
                    message=error,
                ),
            )
            for (row, column), error in self.cell_errors.items()
        ]
        return (inside or super().problems()) if self.errors else []

    @property
    def target(self) -> str:
        return self.cell_id(*self.cells()[0])

    def text_of(self, row: str, column: str) -> str:
        return self.texts.get((row, column), "")

    def row_total(self, row: str) -> int:
        return sum(self.data.get(row, {}).values())

    def column_total(self, column: str) -> int:
        return sum(columns.get(column, 0) for columns in self.data.values())

    @property
    def total(self) -> int:
        return sum(self.row_total(row) for row in self.data)


def _read_count(text: str) -> int:
    count = typed.whole_number(text)
    if not 0 <= count < 10_000_000:
        raise InvalidInput(_("Enter a number of %(least)s or more.", least=0))
    return count
