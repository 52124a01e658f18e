"""The template files as one workbook, with a sheet for each."""

import io
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from grants.core.kernel.language import gettext as _
from grants.desk.moving_in.history.files import FILES, Column
from grants.desk.moving_in.history.templates import example_of, notes


def as_workbook() -> bytes:
    """One sheet for each file, to fill in, then the notes and the examples."""
    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    for name, kind in FILES.items():
        sheet = book.create_sheet(name.removesuffix(".csv"))
        _fill_sheet(sheet, [list(kind.columns)])
        for place, column in enumerate(kind.columns.values(), 1):
            _format_column(sheet, place, column)
    _fill_sheet(book.create_sheet(_("Notes")), notes())
    _fill_sheet(book.create_sheet(_("Examples")), _example_rows())
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _example_rows() -> list[list[str]]:
    rows: list[list[str]] = [[_("file")]]
    for name in FILES:
        rows += [[name, *line] for line in example_of(name)]
    return rows


def _fill_sheet(sheet: Any, rows: list[list[str]]) -> None:
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place, _cells in enumerate(zip(*_even_rows(rows), strict=True), 1):
        width = max(len(text) for text in _cells)
        sheet.column_dimensions[get_column_letter(place)].width = min(60, max(12, width + 2))
    sheet.freeze_panes = "A2"


def _even_rows(rows: list[list[str]]) -> list[list[str]]:
    longest = max(map(len, rows))
    return [[*row, *[""] * (longest - len(row))] for row in rows]


def _format_column(sheet: Any, place: int, column: Column) -> None:
    """Days are shown as they are read; codes and references stay text, zeros in front included."""
    letter = get_column_letter(place)
    if column.is_day:
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd"
    elif not column.is_number:
        sheet.column_dimensions[letter].number_format = "@"
