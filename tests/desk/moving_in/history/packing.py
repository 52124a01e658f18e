"""The small history as a ZIP and as a workbook."""

import io
import zipfile
from datetime import date
from typing import Any

from openpyxl import Workbook

from tests.desk.moving_in.history.folders import FILES


def packed(**entries: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def typed(text: str) -> Any:
    """A cell as a program keeps what a person types."""
    for kind in (int, float, date.fromisoformat):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def workbook(**changed: Any) -> bytes:
    """The small history, typed into sheets; `changed` cells by sheet and place, as deposits_E2."""
    book = Workbook()
    for name, text in FILES.items():
        sheet = book.create_sheet(name)
        for line in text.splitlines():
            sheet.append([typed(cell) for cell in line.split(",")])
    for place, value in changed.items():
        title, _underline, cell = place.rpartition("_")
        book[title][cell] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
