"""Template files to fill in: made of the table that the files are read by, so they cannot drift."""

import csv
import io
import zipfile
from collections.abc import Mapping

from grants.core.kernel.language import gettext as _
from grants.desk.moving_in.history.files import FILES

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
