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


def quoted(refusal: FundError, given: Given) -> list[dict[str, Any]]:
    """One entry for each fault: sheet, line, column, message; header and cells of the row, and
    which of them is meant. A refusal of the file as a whole is one entry without a row.
    """
    if not isinstance(refusal, UnreadableTable):
        return [{"sheet": "", "line": 0, "column": "", "message": refusal.message}]
    wanted: dict[str, set[int]] = {}
    for problem in refusal.problems:
        wanted.setdefault(problem.file, set()).add(problem.line)
    rows = {file: _lines(given[file], lines) for file, lines in wanted.items()}
    return [_entry(problem, *rows[problem.file]) for problem in refusal.problems]


def _lines(
    content: Content | Sequence[Record], wanted: set[int]
) -> tuple[list[str], dict[int, list[str]]]:
    """The header, and the cells of the wanted lines."""
    header: list[str] | None = None
    found: dict[int, list[str]] = {}
    for line, cells in _readable(content):
        header = cells if header is None else header
        if line in wanted:
            found[line] = cells
    return header or [], found


def _readable(content: Content | Sequence[Record]) -> Iterator[Record]:
    try:
        yield from csv_records(content) if isinstance(content, Content) else content
    except BrokenRow:  # which is a fault of its own
        return


def _entry(problem: Problem, header: list[str], rows: dict[int, list[str]]) -> dict[str, Any]:
    names = [name.strip().lower() for name in header]
    cells = rows.get(problem.line, [])
    return {
        "sheet": problem.file.removesuffix(".csv"),
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "header": [_clean(name) for name in header],
        "cells": [_clean(cell) for cell in cells + [""] * (len(header) - len(cells))],
        "marked": names.index(problem.column) if problem.column in names else None,
    }


def _clean(text: str) -> str:
    """A cell as a page and the database can hold it."""
    return shown("".join(sign if sign.isprintable() else "�" for sign in str(text)))
