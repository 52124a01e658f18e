"""Rows of a file beside each other: which are about the same thing, and say the same of it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from grants.core.texts.tabular import FaultyRow, Row

Key = tuple[Any, ...]
AnyRow = Row[Any] | FaultyRow


def line_of(row: AnyRow) -> int:
    return row.line


def tells(row: AnyRow, column: str) -> bool:
    """Could this cell be read?"""
    return isinstance(row, Row) or column in row.values


def key_of(row: AnyRow, key: Callable[[Any], Key]) -> Key | None:
    """What makes a row one of a kind; None if that cannot be read."""
    if isinstance(row, Row):
        return key(row.value)
    try:
        return key(SimpleNamespace(**row.values))
    except AttributeError:
        return None


def are_same(first: AnyRow, second: AnyRow) -> bool:
    if isinstance(first, Row) and isinstance(second, Row):
        return bool(first.value == second.value)
    return (
        isinstance(first, FaultyRow)
        and isinstance(second, FaultyRow)
        and first.cells == second.cells
    )
