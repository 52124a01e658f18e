"""Several questions asked in one, so that a page waits for one answer."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Select, SelectBase, func, select
from sqlalchemy.orm import Session

from grants.core.kernel.db import planned_once

Rows = Sequence[Sequence[Any]]


def at_once(
    session: Session,
    *queries: SelectBase,
    values: Mapping[str, Any] | None = None,
    planned: bool = False,
) -> list[Rows]:
    """The rows of each query, in its order. They come as JSON: numbers, texts and truth values are
    what they were, anything else is its text. `planned`: by one plan for any values.
    """
    found = session.execute(_asked(*queries, planned=planned), values).one()
    return [rows or () for rows in found]


@lru_cache(maxsize=64)
def _asked(*queries: SelectBase, planned: bool) -> Select[Any]:
    """Worded once where the queries are."""
    asked = select(*map(_as_json, queries))
    return planned_once(asked) if planned else asked


def _as_json(query: SelectBase) -> Any:
    columns = func.json_build_array(*query.subquery().c)
    return select(func.json_agg(columns, type_=JSON)).scalar_subquery()
