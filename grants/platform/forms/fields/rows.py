"""A table with as many rows as a person needs: a budget, a list of partners.

    class BudgetRow(Row):
        what = TextField(_l("What"), required=True)
        quantity = NumberField(_l("Quantity"), places=2, required=True)
        unit_cost = AmountField(_l("Unit cost"), required=True)

    budget = RowsField(BudgetRow, _l("Budget"), product=("quantity", "unit_cost"))

Works without JavaScript: "Add a row" and "Remove" are buttons that post the form, and
`form.validate_on_submit()` is then False without an error. Blank rows are left out of `data`,
a list of dicts. With `product`, `line_total(row)` and `total` are exact Money.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money, exponent, round_minor, total
from grants.platform.forms import widgets
from grants.platform.forms.fields.numbers import AmountField
from grants.platform.forms.fields.question import Question
from grants.platform.forms.fields.row import Row
from grants.platform.forms.fields.spread import SpreadField

BLANK = "n"
"""Stands for the index of a row into which nothing is typed."""


class RowsField(Question):
    """Rows of one kind. `least` rows are asked for when the form is complete; none if the field
    named by `unless` takes their place. With `fixed` each of these labels has its row, below
    `row_head`, and none is added. The columns in `conditional` are asked in some rows only:
    `is_asked` tells by the index of a row, "n" for one into which nothing is typed.
    """

    widget = staticmethod(widgets.rows)
    EMPTY: ClassVar[Any] = ()

    def __init__(
        self,
        row: type[Row],
        label: str = "",
        *,
        least: int = 0,
        most: int = 60,
        shown: int = 1,
        product: tuple[str, str] | None = None,
        add_label: str = "",
        **options: Any,
    ) -> None:
        self.unless = options.pop("unless", "")
        self.fixed: Sequence[str] = options.pop("fixed", ())
        self.row_head = options.pop("row_head", "")
        self.first_free: int = options.pop("first_free", 0)
        self.with_files: Collection[str] = options.pop("with_files", ())
        """Indices of rows in which there are files, even if nothing is typed."""
        self.draw_files: Callable[[Any], Any] | None = None
        """Draws the cell of a column of files with those that are there, where a page keeps any."""
        self.conditional: Collection[str] = options.pop("conditional", ())
        self.is_asked: Callable[[str, str], bool] = options.pop("is_asked", _always)
        super().__init__(label, **options)
        self.row_class, self.least, self.most, self.shown = row, least, most, shown
        self.product, self.add_label = product, add_label
        if self.fixed:
            self.shown = self.most = len(self.fixed)
        self.currency = getattr(self.form, "currency", "USD")
        self.rows: list[Row] = []
        self.changed = False

    def process(self, formdata: Any, data: Any = unset_value, *_filters: Any, **_more: Any) -> None:
        self.process_errors = []
        self.changed = False
        if formdata is None:
            values = self.default if data is unset_value else data
            self.rows = [
                self._make_row(str(at), data=dict(row)) for at, row in enumerate(values or ())
            ]
        else:
            self.rows = [self._make_row(at, formdata) for at in self._posted_indices(formdata)]
            self._press_buttons(formdata)
        if self.fixed:
            self._place_fixed_rows()
        while len(self.rows) < self.shown:
            self.rows.append(self._make_row(self.next_index))
        self.raw_data = None

    def _place_fixed_rows(self) -> None:
        """Every row of its own, in its order and under its label."""
        by_index = {row.index: row for row in self.rows}
        indices = [str(at) for at in range(len(self.fixed))]
        self.rows = [by_index.get(index) or self._make_row(index) for index in indices]
        for row, title in zip(self.rows, self.fixed, strict=True):
            row.title = title

    @property
    def data(self) -> list[dict[str, Any]]:
        """The rows that say something."""
        return [row.data for row in self.rows if not row.is_blank()]

    @data.setter
    def data(self, value: Any) -> None:
        """WTForms sets it at birth; the rows are the data."""

    @property
    def template(self) -> Row:
        """A blank row, for the browser to copy. It copies the choices of the first row, too."""
        row = self._make_row("__n__")
        for column in row.columns() if self.rows else ():
            column.copies_choices = True
        return row

    def inputs(self) -> set[str]:
        """The names of the inputs of the rows that remain."""
        names = (column.inputs() for row in self.rows for column in row.columns())
        return set().union(*names)

    def is_empty(self) -> bool:
        return all(row.is_blank() for row in self.rows)

    def pre_validate(self, form: Any) -> None:
        require = getattr(form, "require", True)
        filled = [row for row in self.rows if not row.is_blank()]
        for row in filled:
            row.require = require
            row.validate()
        least = 0 if self._is_replaced(form) else max(self.least, 1 if self.required else 0)
        self.names_itself = require and len(filled) < least
        if self.names_itself:
            raise StopValidation(self.missing_text(least))
        if len(filled) > self.most:
            raise StopValidation(_("Enter no more than %(most)s rows.", most=self.most))
        if any(row.errors for row in filled):
            self.errors = [
                _("Correct the rows marked below in “%(label)s”.", label=self.label.text)
            ]

    def _is_replaced(self, form: Any) -> bool:
        return bool(self.unless) and self.unless in form and not form[self.unless].is_empty()

    def missing_text(self, least: int = 1) -> str:
        return str(self.missing) or ngettext(
            "Fill in at least %(num)s row of “%(label)s”.",
            "Fill in at least %(num)s rows of “%(label)s”.",
            least,
            label=self.label.text,
        )

    def problems(self) -> list[tuple[str, str]]:
        inside = [
            (target, self._message_at_row(row, at, line))
            for at, row in enumerate(self.rows, 1)
            for column in row.columns()
            for target, line in column.problems()
        ]
        return inside if inside and not self.names_itself else [*inside, *super().problems()]

    def _message_at_row(self, row: Row, at: int, line: str) -> str:
        label = self.label.text
        if row.title:
            return _("%(label)s, %(row)s: %(message)s", label=label, row=row.title, message=line)
        return _("%(label)s, row %(number)s: %(message)s", label=label, number=at, message=line)

    @property
    def spread(self) -> SpreadField | None:
        """The column of amounts by payer and period, if the rows have one."""
        return next((column for column in self.template if isinstance(column, SpreadField)), None)

    def line_total(self, row: Row | Mapping[str, Any]) -> Money | None:
        """Quantity × unit cost, half-even to the cent; None while one of them lacks."""
        if self.product is None:
            return None
        values = row.data if isinstance(row, Row) else row
        quantity, unit = (values.get(name) for name in self.product)
        if quantity is None or unit is None:
            return None
        return Money(round_minor(Decimal(quantity) * unit.minor), unit.currency)

    @property
    def total(self) -> Money:
        lines = [self.line_total(row) for row in self.rows]
        return total([line for line in lines if line is not None], self.currency)

    @property
    def spread_rows(self) -> list[tuple[str, str]]:
        """Below the lines: each who pays, and all of them where there are several."""
        payers = list(self.spread.payers) if self.spread else []
        return [*payers, ("", _("All"))] if len(payers) > 1 else payers

    def spread_sum(self, payer: str = "", number: int = 0) -> Money:
        """What one pays, or all, in a period or in all, over all rows."""
        cells = [c for row in self.rows for c in row.columns() if isinstance(c, SpreadField)]
        return total([cell.sum_of(payer, number) for cell in cells], cells[0].currency)

    def column_sums(self) -> list[tuple[Any, Any, int, int]]:
        """(column of a blank row, its sum so far, decimals, columns before it) of the columns that
        are added up.
        """
        places = {column.short_name: at for at, column in enumerate(self.template)}
        return [
            (column, self._sum_of(column), _decimals_of(column), places[name])
            for name, column in ((name, self.template[name]) for name in self.row_class.sums)
        ]

    @property
    def is_file(self) -> bool:  # type: ignore[override]
        """Are files attached to its rows?"""
        return any(column.is_file for column in self.template.columns())

    def is_left_blank(self, row: Row) -> bool:
        return row.is_blank() and row.index not in self.with_files

    def cell(self, column: Any) -> Any:
        """One cell as it is drawn."""
        if column.is_file and self.draw_files:
            return self.draw_files(column)
        return column(cell=True)

    def mark_of(self, column: Any) -> str:
        """Names a cell that is asked in some rows only, for the page; empty: it always is."""
        return column.name[2:] if column.short_name in self.conditional else ""

    def leaves_out(self, row: Row, column: Any) -> bool:
        index = BLANK if self.is_left_blank(row) else row.index
        name = column.short_name
        return name in self.conditional and not self.is_asked(index, name)

    def _sum_of(self, column: Any) -> Any:
        name = column.short_name
        values = [row[name].data for row in self.rows if not self.leaves_out(row, row[name])]
        present = [value for value in values if value is not None]
        if _has_currency(column):
            return total([value for value in present if isinstance(value, Money)], column.currency)
        return sum(present, Decimal(0))

    @property
    def places(self) -> int:
        """Decimals of the currency, for the totals in the browser."""
        return exponent(self.currency)

    @property
    def width_in_columns(self) -> int:
        return len(list(self.template))

    def columns_after(self, number: int) -> int:
        """Columns of the page's table that are left beside a sum, after so many before it."""
        beside = 1 if self.fixed or self.is_removable else 0
        return self.width_in_columns + beside - number - 1

    @property
    def is_removable(self) -> bool:
        """May a row be taken away? Not where as many are asked for as there may be."""
        return not self.fixed and (self.shown < self.most or len(self.rows) > self.most)

    @property
    def is_numbered(self) -> bool:
        """Messages name rows by their number, unless they have labels; where a row is a card, the
        page says it.
        """
        return not self.fixed and self.most > 1

    @property
    def number_words(self) -> tuple[str, str]:
        """What stands before and after the number of a row."""
        before, _number, after = _("Row %(number)s", number="|").partition("|")
        return before, after

    @property
    def amounts(self) -> Sequence[str]:
        """Names of the columns that hold money."""
        return [column.short_name for column in self.template if isinstance(column, AmountField)]

    def _make_row(self, index: str, formdata: Any = None, **options: Any) -> Row:
        return self.row_class(
            formdata,
            prefix=f"{self.name}-{index}-",
            currency=self.currency,
            index=index,
            **options,
        )

    def _posted_indices(self, formdata: MultiDict[str, Any]) -> list[str]:
        """Indices of the rows that were posted, in their order, without the one removed."""
        start = f"{self.name}-"
        posted = {
            key[len(start) :].split("-")[0]
            for key in formdata
            if key.startswith(start) and key.count("-") > start.count("-")
        }
        removed = formdata.get(f"{self.name}-remove")
        numbers = {index for index in posted if index.isdecimal() and len(index) < 5}
        return sorted({*numbers, *self.with_files} - {removed}, key=int)[: self.most + 1]

    def _press_buttons(self, formdata: MultiDict[str, Any]) -> None:
        if f"{self.name}-add" in formdata and len(self.rows) < self.most:
            self.rows.append(self._make_row(self.next_index))
            self.changed = True
        if f"{self.name}-remove" in formdata:
            self.changed = True

    @property
    def next_index(self) -> str:
        """Never that of an earlier row which other answers still name."""
        return str(max([self.first_free, *(int(row.index) + 1 for row in self.rows)]))


def _always(_index: str, _column: str) -> bool:
    return True


def _has_currency(column: Any) -> bool:
    return isinstance(column, AmountField) or bool(getattr(column, "currency", ""))


def _decimals_of(column: Any) -> int:
    return exponent(column.currency) if _has_currency(column) else int(column.places)
