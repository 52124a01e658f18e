"""Template files to fill in: made of the table that the files are read by, so they cannot drift."""

import csv
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.desk.moving_in.history.files import FILES, Column

WORKBOOK = "history.xlsx"
ARCHIVE = "history.zip"
NOTES, EXAMPLES = "notes/columns.csv", "examples/"


def csv_files() -> Mapping[str, bytes]:
    """Every file with its header alone, one of each filled in, and notes on every column."""
    empty = {name: _csv_bytes([list(kind.columns)]) for name, kind in FILES.items()}
    examples = {f"{EXAMPLES}{name}": _csv_bytes([*example_of(name)]) for name in FILES}
    return empty | examples | {NOTES: _csv_bytes(notes())}


def archive() -> bytes:
    """All of them in one ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in csv_files().items():
            packed.writestr(name, content)
    return file.getvalue()


def example_of(name: str) -> tuple[list[str], list[str]]:
    """A header and one row that could really be: together the examples are a small history."""
    columns = FILES[name].columns
    return list(columns), [column.example for column in columns.values()]


def notes() -> list[list[str]]:
    """What to write into each column of each file."""
    head = [_("file"), _("column"), _("needed"), _("meaning"), _("example")]
    rows = [
        [name, title, _("yes") if column.needed else _("no"), str(column.note), column.example]
        for name, kind in FILES.items()
        for title, column in kind.columns.items()
    ]
    return [head, *rows]


def _csv_bytes(rows: list[list[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()  # by which Excel knows UTF-8


def workbook() -> bytes:
    """One sheet for each file, to fill in, then the notes and the examples."""
    from openpyxl import Workbook

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
    from openpyxl.styles import Font

    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place, _cells in enumerate(zip(*_even_rows(rows), strict=True), 1):
        width = max(len(text) for text in _cells)
        sheet.column_dimensions[_column_letter(place)].width = min(60, max(12, width + 2))
    sheet.freeze_panes = "A2"


def _even_rows(rows: list[list[str]]) -> list[list[str]]:
    longest = max(map(len, rows))
    return [[*row, *[""] * (longest - len(row))] for row in rows]


def _format_column(sheet: Any, place: int, column: Column) -> None:
    """Days are shown as they are read; codes and references stay text, zeros in front included."""
    letter = _column_letter(place)
    if column.is_day:
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd"
    elif not column.is_number:
        sheet.column_dimensions[letter].number_format = "@"


def _column_letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))
