"""Sheets of a workbook, each cell as the text that a CSV file would hold: dates and numbers as
they are shown.

A program keeps 0.1 + 0.2 as 0.30000000000000004; what counts are the 15 digits it shows.
"""

import io
from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.tabular import Record, Unreadable

MOST_COLUMNS = 40
DIGITS = 15
"""What a number keeps in a workbook."""


def sheets_of(
    content: bytes, titles: Collection[str], most_rows: int
) -> dict[str, Sequence[Record]]:
    """The wanted sheets by title (in any case, with or without ".csv"), as records.

    InvalidInput if the workbook cannot be read or a sheet is too long.
    """
    try:
        return _find_sheets(_open_workbook(content), titles, most_rows)
    except _UNREADABLE as error:
        raise InvalidInput(_("This workbook cannot be read. Save it again.")) from error


_UNREADABLE = (OSError, LookupError, ValueError, TypeError, AttributeError, SyntaxError)
"""What the reader of workbooks raises on what is none; its parser's errors are SyntaxErrors."""


def _find_sheets(book: Any, titles: Collection[str], most_rows: int) -> dict[str, Sequence[Record]]:
    sheets: dict[str, Sequence[Record]] = {}
    for sheet in book.worksheets:
        title = str(sheet.title).strip().lower().removesuffix(".csv")
        if title not in titles:
            continue
        if title in sheets:
            raise InvalidInput(_("%(file)s appears twice; expected once.", file=title))
        sheets[title] = _records_of(sheet, title, most_rows)
    return sheets


def _open_workbook(content: bytes) -> Any:
    from openpyxl import load_workbook  # a tenth of a second that other commands need not wait

    return load_workbook(io.BytesIO(content), read_only=True, keep_links=False)


def _records_of(sheet: Any, title: str, most_rows: int) -> list[Record]:
    records: list[Record] = []
    rows = sheet.iter_rows(max_row=most_rows + 2, max_col=MOST_COLUMNS)
    for line, row in enumerate(rows, 1):
        cells = [text_of(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        if line > most_rows + 1:
            text = _("%(sheet)s has more than %(most)s rows.", sheet=title, most=most_rows)
            raise InvalidInput(text)
        records.append((line, cells))
    return records


def text_of(cell: Any) -> str:
    """A cell as a CSV file would hold it; Unreadable with what is wrong where it holds no value."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f" or not isinstance(value, _PLAIN):
        return Unreadable.because(
            value if isinstance(value, str) else "=…",
            _("it contains a formula; expected a value (copy, then paste as values)"),
        )
    if cell.data_type == "e":
        return Unreadable.because(
            value, _("it contains the error %(error)s; expected a value", error=value)
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date | time):
        return _day_text(value)
    return _number_text(value) if isinstance(value, int | float) else value


_PLAIN = (bool, int, float, str, datetime, date, time)


def _day_text(value: datetime | date | time) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, datetime | time):
        return Unreadable.because(
            value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat(),
            _("it contains a time of day; expected only a date"),
        )
    return value.isoformat()


def _number_text(value: float) -> str:
    """The digits that are shown. A longer one was rounded before anybody saw it."""
    shown = Decimal(f"{value:.{DIGITS}g}")
    if abs(shown) >= 10**DIGITS:
        return Unreadable.because(
            value,
            _(
                "a number of more than 15 digits is rounded by spreadsheet programs; expected it "
                "as text"
            ),
        )
    return f"{shown:f}"
