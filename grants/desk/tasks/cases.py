"""The cases behind the work that waits for a person: which one, its sum, its day, and the page of
the act.

A Task counts its work by a query. A Case says of what kind the counted records are and on which
page each is acted on, so the same query brings them one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Select,
    Subquery,
    Text,
    cast,
    literal,
    null,
    select,
)

from grants.core.kernel.money import FUNCTIONAL_CURRENCY


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of record: what a line about one of them says."""

    model: Any
    reference: Any
    name: Any = None
    """The organisation or person; None where the reader may not know it yet."""
    title: Any = None
    number: Any = None
    """What its address names besides the reference."""
    minor: Any = None
    currency: Any = FUNCTIONAL_CURRENCY
    due: Any = None
    """The last day, or moment, for it."""
    since: Any = None
    """Since when it waits."""
    joins: Sequence[tuple[Any, Any]] = ()
    coded: bool = False
    """The reference is a code for addresses, which nobody reads."""

    def rows(self, place: int, counted: Select[int], most: int) -> Select[Any]:
        """The records that a task counts, the most pressing first; `place` is that of the task."""
        columns = (
            literal(place).label("place"),
            _as_text(self.reference).label("reference"),
            cast(null() if self.number is None else self.number, BigInteger).label("number"),
            _as_text(self.name).label("name"),
            _as_text(self.title).label("title"),
            cast(null() if self.minor is None else self.minor, BigInteger).label("minor"),
            _as_text(self.currency).label("currency"),
            *_as_moment(self.due, "due"),
            *_as_moment(self.since, "since"),
        )
        query = select(*columns).select_from(self.model)
        for other, on in self.joins:
            query = query.outerjoin(other, on)
        query = query.where(self.model.id.in_(ids_of(counted, self.model)))
        first = [column for column in (self.due, self.since, self.model.id) if column is not None]
        return select(query.order_by(*first).limit(most).subquery())


def ids_of(counted: Select[int], model: Any) -> Select[Any]:
    """The ids of what a query counts: it counts rows, or those of a query of ids."""
    (source,) = counted.get_final_froms()
    if isinstance(source, Subquery):
        return select(source.c[0])
    return counted.with_only_columns(model.id, maintain_column_froms=True)


def _as_text(value: Any) -> Any:
    if value is None:
        return cast(null(), Text)
    return cast(literal(value) if isinstance(value, str) else value, Text)


def _as_moment(column: Any, label: str) -> tuple[Any, Any]:
    """The day and the moment of a column: one of them is nothing."""
    is_moment = column is not None and isinstance(column.type, DateTime)
    day = null() if column is None or is_moment else column
    moment = column if is_moment else null()
    return (
        cast(day, Date).label(f"{label}_on"),
        cast(moment, DateTime(timezone=True)).label(f"{label}_at"),
    )


@dataclass(frozen=True, eq=False)
class Case:
    """How each record that a task counts is shown, and on which page it is acted on."""

    kind: Kind
    endpoint: str
    address: Mapping[str, str] = field(default_factory=lambda: {"reference": "reference"})
    """The parts of the page's address, and which columns of the row they are."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One record that waits, as the database brought it."""

    place: int
    reference: str
    number: int | None
    name: str | None
    title: str | None
    minor: int | None
    currency: str
    due_on: date | None
    due_at: datetime | None
    since_on: date | None
    since_at: datetime | None


def by_number(name: str) -> Mapping[str, str]:
    """An address that names the number alone."""
    return {name: "number"}


NUMBERED: Mapping[str, str] = {"reference": "reference", "number": "number"}
"""An address that names a grant and what of it."""
CODED: Mapping[str, str] = {"code": "reference"}
"""An address that names an organisation."""
