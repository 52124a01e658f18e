"""Each fault of a file with its row, for a table in which its cell is marked."""

from collections.abc import Iterator, Sequence
from typing import Any

from grants.core.kernel.errors import FundError
from grants.core.texts.cells import shown
from grants.core.texts.tabular import (
    BrokenRow,
    Content,
    Problem,
    Record,
    UnreadableTable,
    csv_records,
)
from grants.desk.moving_in.history.sources import Given


def quoted(refusal: FundError, files: Given) -> list[dict[str, Any]]:
    """One entry for each fault: sheet, line, column, message; header and cells of the row, and
    which of them is meant. A refusal of the file as a whole is one entry without a row.
    """
    if not isinstance(refusal, UnreadableTable):
        return [{"sheet": "", "line": 0, "column": "", "message": refusal.message}]
    lines_by_file: dict[str, set[int]] = {}
    for problem in refusal.problems:
        lines_by_file.setdefault(problem.file, set()).add(problem.line)
    rows = {file: _lines_of(files[file], lines) for file, lines in lines_by_file.items()}
    return [_fault_entry(problem, *rows[problem.file]) for problem in refusal.problems]


def _lines_of(
    content: Content | Sequence[Record], numbers: set[int]
) -> tuple[list[str], dict[int, list[str]]]:
    """The header, and the cells of the wanted lines."""
    header: list[str] | None = None
    rows: dict[int, list[str]] = {}
    for line, cells in _readable_records(content):
        header = cells if header is None else header
        if line in numbers:
            rows[line] = cells
    return header or [], rows


def _readable_records(content: Content | Sequence[Record]) -> Iterator[Record]:
    try:
        yield from csv_records(content) if isinstance(content, Content) else content
    except BrokenRow:  # which is a fault of its own
        return


def _fault_entry(problem: Problem, header: list[str], rows: dict[int, list[str]]) -> dict[str, Any]:
    names = [name.strip().lower() for name in header]
    cells = rows.get(problem.line, [])
    return {
        "sheet": problem.file.removesuffix(".csv"),
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "header": [_clean_cell(name) for name in header],
        "cells": [_clean_cell(cell) for cell in cells + [""] * (len(header) - len(cells))],
        "marked": names.index(problem.column) if problem.column in names else None,
    }


def _clean_cell(text: str) -> str:
    """A cell as a page and the database can hold it."""
    return shown("".join(sign if sign.isprintable() else "�" for sign in str(text)))
