"""How many records a query finds, no further than people want to know."""

from typing import Any

from sqlalchemy import Select, func, select

from grants.core.texts.formats import COUNTED


def counting(query: Select[Any]) -> Select[int]:
    """The question how many records a query finds; it stops at one more than COUNTED."""
    ids = query.with_only_columns(
        query.column_descriptions[0]["entity"].id, maintain_column_froms=True
    )
    few = ids.order_by(None).limit(COUNTED + 1)
    return select(func.count()).select_from(few.subquery())
