"""The order of a list, and a place in it: where a page begins, and what stands beside a record."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, tuple_
from sqlalchemy.types import TypeEngine

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l

WORDS = {
    "newest": _l("newest first"),
    "oldest": _l("oldest first"),
    "day": _l("latest date first"),
    "latest": _l("latest date first"),
    "due": _l("earliest due date first"),
    "end": _l("earliest end first"),
    "deadline": _l("latest deadline first"),
    "amount": _l("highest amount first"),
    "score": _l("highest score first"),
    "closest": _l("best match first"),
    "name": _l("by name"),
    "code": _l("by code"),
    "number": _l("by number"),
    "last": _l("highest number first"),
    "role": _l("by role"),
    "currency": _l("by currency"),
}
"""How a list says its order, beside the number of its records: each has one of these names."""


class Order:
    """Columns to order by, all in one direction, never null; the last of them is unique."""

    def __init__(self, *by: Any, descending: bool = False) -> None:
        self.by = by
        self.descending = descending

    def sorted(self, query: Select[Any], *, backwards: bool) -> Select[Any]:
        """The query in this order, or in its reverse."""
        down = self.descending != backwards
        return query.order_by(None).order_by(
            *(column.desc() if down else column.asc() for column in self.by)
        )

    def beyond(self, query: Select[Any], place: Sequence[Any], *, backwards: bool) -> Select[Any]:
        """Only what comes after a place (before it, backwards): one comparison of rows."""
        columns = tuple_(*self.by)
        down = self.descending != backwards
        return query.where(columns < tuple(place) if down else columns > tuple(place))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: beyond a row, forwards or backwards. Opaque in the address."""

    order: str
    backwards: bool
    values: tuple[Any, ...]

    def __str__(self) -> str:
        lines = [self.order, self.backwards, *map(_packed_value, self.values)]
        packed = json.dumps(lines, separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, orders: Mapping[str, Order]) -> "Place":
        """The place an address names; InvalidInput if the address was not made here."""
        try:
            packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            name, backwards, *values = json.loads(packed)
            kinds = [column.type for column in orders[name].by]
            read = tuple(_read_value(kind, v) for kind, v in zip(kinds, values, strict=True))
            return cls(name, bool(backwards), read)
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise InvalidInput(
                _("This page of the list does not exist. Go to the first page.")
            ) from error


def _packed_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read_value(kind: TypeEngine[Any], value: Any) -> Any:
    """ValueError with what the database takes for no value of this type."""
    read = _READ[kind.python_type](value)
    most = 2 ** (31 if isinstance(kind, Integer) and not isinstance(kind, BigInteger) else 63)
    if isinstance(read, int | Decimal) and not -most <= read < most:
        raise ValueError(value)
    if isinstance(read, str) and "\0" in read.encode().decode():
        raise ValueError(value)
    return read


_READ: dict[type, Callable[[Any], Any]] = {
    int: int,
    str: str,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
}
