"""The rows of a list that a person ticked, as an address names them.

The form around a list sends the number of each ticked row (`row`), or `all` for the whole of it,
and where it was (`picked`). Acts (bulk.py) and files (lists.py) read it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import ColumnElement, Select

MOST_NAMED = 600
"""Numbers that are read of one address."""
DIGITS = 16
"""No record has so long a number."""
OF_FORM = frozenset({"row", "all", "picked", "done", "format", "page"})
"""What the form around a list sends, besides the filters of the list."""

LISTS: dict[str, Callable[[], Select[Any]]] = {}
"""Lists that offer the acts of several rooms, by their endpoint: what the address asks of them."""


def numbers(texts: Sequence[str]) -> list[int]:
    """The numbers of records that an address names; what is none is left out."""
    limited = texts[:MOST_NAMED]
    return [int(t) for t in limited if t.isascii() and t.isdecimal() and len(t) < DIGITS]


def ticked_of(query: Select[Any], key: ColumnElement[Any]) -> Select[Any] | None:
    """The ticked rows of a list, or the whole of it where nothing else is asked for; None if rows
    were to be ticked and none is.
    """
    if "picked" not in request.args or "all" in request.args:
        return query
    ids = numbers(request.args.getlist("row"))
    return query.where(key.in_(ids)) if ids else None


def list_here() -> str:
    """The list from which rows were taken, if it offers the acts of several rooms, else nothing."""
    endpoint = request.args.get("picked", "")
    return endpoint if endpoint in LISTS else ""


def filters_here() -> dict[str, list[str]]:
    """What the list was filtered and ordered by."""
    sent = request.args.to_dict(flat=False)
    return {key: texts for key, texts in sent.items() if key not in OF_FORM}


def back_to_rows(usual: str) -> str:
    """The address of the list from which rows were taken; `usual` where that is the room's own."""
    endpoint = list_here()
    return url_for(endpoint, **filters_here()) if endpoint else usual  # type: ignore[arg-type]
