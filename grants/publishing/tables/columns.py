"""A public table: its columns, what each means, and its rows; files and the API are made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.money import Money

KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "code": {"type": "string"},
    "number": {"type": "integer"},
    "yes/no": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "date-time"},
    "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "address": {"type": "string", "format": "uri-reference"},
}
"""What a column holds, and how JSON Schema says it."""


@dataclass(frozen=True, eq=False)
class PublicColumn:
    """One fact of each row: its key in files and in JSON, and what it means."""

    key: str
    about: str
    value: Callable[[Any], Any]
    kind: str = "text"
    empty: bool = False
    """May there be nothing to say?"""
    choices: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """The column in JSON Schema."""
        schema = {**KINDS[self.kind], "description": str(self.about)}
        if self.empty:
            schema["type"] = [schema["type"], "null"]
        if self.choices:
            schema["enum"] = [*self.choices, *([None] if self.empty else [])]
        return schema


Read = Callable[[Session, Fund | None, int, int | None], Sequence[Any]]
"""The facts of a fund, or of all, after one by its number; so many at most."""


@dataclass(frozen=True, eq=False)
class PublicTable:
    """A table that the public reads, under one name in every form."""

    name: str
    title: str
    about: str
    read: Read
    columns: tuple[PublicColumn, ...]
    of_fund: bool = True
    """Is it of one fund? Otherwise of all, if none is named."""
    number: Callable[[Any], int] = attrgetter("number")
    """By which its rows are in order."""

    def plain(self, fact: Any) -> dict[str, Any]:
        """A row as JSON."""
        return {column.key: plain_value(column.value(fact)) for column in self.columns}

    def cells(self, fact: Any) -> list[Any]:
        """A row for a file: amounts and days as what they are."""
        return [_cell_of(column.value(fact)) for column in self.columns]

    @property
    def schema(self) -> dict[str, Any]:
        """A row in JSON Schema."""
        return {
            "type": "object",
            "description": str(self.about),
            "properties": {column.key: column.schema for column in self.columns},
            "required": [column.key for column in self.columns],
            "additionalProperties": False,
        }


def plain_value(value: Any) -> Any:
    """A value as JSON has it: amounts as text with the currency's decimals, ISO days."""
    match value:
        case Money():
            return str(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case _:
            return value


def _cell_of(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case bool():
            return "yes" if value else "no"
        case _:
            return value
