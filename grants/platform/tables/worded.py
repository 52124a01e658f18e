"""What a list asks of a query: the rows of a page, and how many rows there are."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grants.core.texts.formats import COUNTED
from grants.platform.tables.facts import Facts
from grants.platform.tables.orders import Order, Place


def page_of(
    query: Select[Any], order: Order, size: int, place: Place, facts: Facts | None
) -> Select[Any]:
    """The rows of a page."""
    back = place.backwards
    page = order.beyond(query, place.values, backwards=back) if place.values else query
    if facts is None:
        return order.sorted(page, backwards=back).add_columns(*order.by).limit(size)
    count = _how_many(query, order, COUNTED).scalar_subquery()
    return facts.page(page, order, size, count, COUNTED, backwards=back, whole=not place.values)


def count_of(
    session: Session,
    query: Select[Any],
    order: Order,
    most: int = COUNTED,
    values: Mapping[str, Any] | None = None,
) -> int:
    """How many rows there are, counted no further than one more than `most`."""
    return session.scalar(_how_many(query, order, most), values) or 0


def _how_many(query: Select[Any], order: Order, most: int) -> Select[Any]:
    few = query.with_only_columns(order.by[-1], maintain_column_froms=True)
    counted = few.order_by(None).limit(most + 1).subquery()
    return select(func.count()).select_from(counted)
