"""What each table has bound to the trail, in the order in which it was bound: `python -m
tests.rules.bound` writes what is new into bound.txt.

A row that was bound before an update is compared by the first columns of its table, so a new one
may only stand at the end: in the middle it would make every older row look changed.
"""

from collections.abc import Mapping
from pathlib import Path

import grants.assembly  # noqa: F401 - every table is declared
from grants.core.database.db import Base

RECORD = Path(__file__).with_name("bound.txt")
COMMAND = ".venv/bin/python -m tests.rules.bound"


def bound_columns() -> dict[str, tuple[str, ...]]:
    """Of each table the columns that are bound, in their order."""
    tables = {mapper.class_ for mapper in Base.registry.mappers}
    found = {table.__tablename__: tuple(getattr(table, "__bound__", ())) for table in tables}
    return {name: columns for name, columns in sorted(found.items()) if columns}


def recorded_columns() -> dict[str, tuple[str, ...]]:
    """The same as they were recorded last."""
    lines = RECORD.read_text("utf-8").splitlines()
    parts = (line.partition(": ") for line in lines)
    return {name: tuple(columns.split()) for name, _colon, columns in parts}


def moved(before: Mapping[str, tuple[str, ...]], now: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Tables whose recorded columns are not the first of those that are bound now."""
    return [
        name
        for name, columns in before.items()
        if name in now and now[name][: len(columns)] != columns
    ]


if __name__ == "__main__":
    columns = bound_columns()
    if RECORD.exists() and (tables := moved(recorded_columns(), columns)):
        raise SystemExit(f"put new columns at the end of __bound__: {', '.join(tables)}")
    lines = (f"{name}: {' '.join(names)}\n" for name, names in columns.items())
    RECORD.write_text("".join(lines), "utf-8")
