"""Rows as a file for a spreadsheet, CSV or XLSX, in which no cell can become a formula.

Text that a stranger typed ends up on an officer's screen: a spreadsheet runs a cell that begins
with = + - or @. In CSV such text gets an apostrophe; in XLSX text is written as text and stays as
it was typed. Figures and dates are real ones in both.
"""

import csv
import io
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response, send_file
from flask.globals import request_ctx

from grants.core.kernel import clock
from grants.core.kernel.apart import apart
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent

Row = Sequence[Any]
ROWS_AT_ONCE = 200
"""Rows of a CSV file that are sent together."""
FEW = 2_000
"""Rows of a sheet that are held in memory."""
NARROWEST, WIDEST = 13, 40
"""How wide a column of a sheet is at first, in characters: as its heading, between these."""
MOST_ROWS = 1_048_575
"""What one sheet holds below its heading."""

_FORMULA = r"([ \u00a0\u3000]*)([=+\-@＝＋－＠])"
_NEW_CELL = r"[;|\t\r\n]"
"""Characters after which some spreadsheets begin a new cell."""
_STARTS_FORMULA = re.compile(f"(^|{_NEW_CELL}){_FORMULA}")
_AT_FIRST, _LATER = re.compile(_FORMULA), re.compile(_NEW_CELL + _FORMULA)
"""The same in two parts, which reject a text that starts none sooner."""


def harmless(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would begin a formula."""
    if not (_AT_FIRST.match(text) or _LATER.search(text)):
        return text
    return _STARTS_FORMULA.sub(r"\1\2'\3", text)


def plain(value: Any) -> Any:
    """A cell as the figure, day, moment or text it is. Enumerations by their label."""
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case Money():
            return value.decimal
        case None | int() | Decimal() | date():
            return "" if value is None else value
        case Enum():
            return str(getattr(value, "label", value.value))
        case _:
            return str(value)


def download(name: str, ending: str, heads: Sequence[str], rows: Iterable[Row]) -> Response:
    """The rows as an attachment called `name`, `ending` "csv" or "xlsx". Memory stays bounded.

    CSV is sent as the rows are read, so that the first of them leave at once.
    """
    label = f"{name}-{clock.today().isoformat()}.{ending}"
    if ending == "csv":
        return _stream_csv(label, heads, rows)
    return send_file(
        _sheet_of(heads, _limited_rows(rows)),
        FORMATS[ending][1],
        as_attachment=True,
        download_name=label,
    )


def _sheet_of(heads: Sequence[str], rows: Iterable[Row]) -> IO[bytes]:
    """A workbook of one sheet; of few rows it is filled apart from the process that answers."""
    cells = (_cells_of(row) for row in rows)
    few = list(islice(cells, FEW))
    more = next(cells, None)
    if more is None:
        return io.BytesIO(apart(short_book, heads, few))
    file = SpooledTemporaryFile(max_size=2_000_000)  # noqa: SIM115 - the response closes it
    _fill_book(file, [Sheet("1", heads, chain(few, [more], cells))])
    file.seek(0)
    return file


def short_book(heads: Sequence[str], rows: Sequence[Row]) -> bytes:
    """The workbook of rows of cells, held in memory."""
    file = io.BytesIO()
    _fill_book(file, [Sheet("1", heads, rows)])
    return file.getvalue()


def _stream_csv(label: str, heads: Sequence[str], rows: Iterable[Row]) -> Response:
    """The first rows are read before anything is sent: what fails then is a page that says so."""
    parts = csv_parts(heads, rows)
    first = next(parts)
    response = Response(_in_the_request(chain([first], parts)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=label)
    if isinstance(rows, Generator):  # a reader who goes away leaves no cursor open
        response.call_on_close(rows.close)
    return response


def _in_the_request(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts; the request ends with the last of them, and its session and its language with it.

    Flask's own `stream_with_context` ends the request before the answer leaves and opens another.
    """
    request = request_ctx._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask has no name

    def sent() -> Iterator[bytes]:
        with request:
            yield b""
            yield from parts

    begun = sent()
    next(begun)
    return begun


def csv_parts(heads: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The file in parts. UTF-8 with its mark, so that a double click in a spreadsheet shows every
    script.
    """
    text = io.StringIO("\ufeff", newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text)
    for number, row in enumerate(chain([heads], rows)):
        writer.writerow([_csv_cell(plain(value)) for value in row])
        if number % ROWS_AT_ONCE == ROWS_AT_ONCE - 1:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def write_csv(file: IO[bytes], heads: Sequence[str], rows: Iterable[Row]) -> None:
    file.writelines(csv_parts(heads, rows))


def _csv_cell(value: Any) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case str():
            return harmless(value)
        case _:
            return str(value)


def write_xlsx(file: IO[bytes], heads: Sequence[str], rows: Iterable[Row]) -> None:
    write_book(file, [Sheet("1", heads, rows)])


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook."""

    title: str
    heads: Sequence[str]
    rows: Iterable[Row]


def write_book(file: IO[bytes], sheets: Iterable[Sheet]) -> None:
    """A workbook of several sheets, each with its heading row kept in sight."""
    _fill_book(
        file, (Sheet(sheet.title, sheet.heads, map(_cells_of, sheet.rows)) for sheet in sheets)
    )


def _fill_book(file: IO[bytes], sheets: Iterable[Sheet]) -> None:
    """The same with rows of cells."""
    from openpyxl import Workbook  # sixteen megabytes that other pages need not hold
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for number, content in enumerate(sheets, 1):
        sheet = book.create_sheet(_sheet_title(content.title) or str(number))
        sheet.freeze_panes = "A2"
        for place, head in enumerate(content.heads, 1):
            letter = get_column_letter(place)
            sheet.column_dimensions[letter].width = min(max(len(head) + 2, NARROWEST), WIDEST)
        for row in chain([_cells_of(content.heads)], content.rows):
            sheet.append([_xlsx_cell(sheet, *cell) for cell in row])
    book.save(file)


def _sheet_title(text: str) -> str:
    """What a spreadsheet takes as a name: 31 characters, none of them special."""
    return re.sub(r"[\[\]:*?/\\]", " ", text).strip(" '")[:31]


def _cells_of(row: Row) -> Row:
    """What stands in each cell, and the form in which a number or a day is shown."""
    return [(_in_utc(plain(value)), _number_format(value)) for value in row]


def _in_utc(content: Any) -> Any:
    if isinstance(content, datetime):
        return content.astimezone(UTC).replace(tzinfo=None)
    return content


def _xlsx_cell(sheet: Any, content: Any, form: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(content, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", content))
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(sheet, content)
    if form:
        cell.number_format = form
    return cell


def _number_format(value: Any) -> str:
    match value:
        case Money():
            places = exponent(value.currency)
            return "#,##0" + ("." + "0" * places if places else "")
        case datetime():
            return 'yyyy-mm-dd hh:mm "UTC"'
        case date():
            return "yyyy-mm-dd"
        case _:
            return ""


def _limited_rows(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise DomainError(_("This list is too long for a spreadsheet. Filter it first."))
        yield row


FORMATS: dict[str, tuple[Callable[[IO[bytes], Sequence[str], Iterable[Row]], None], str]] = {
    "csv": (write_csv, "text/csv"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
