"""What several parts of one page read: it is read once."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import g

T = TypeVar("T")


def once(read: Callable[..., T], *about: Any) -> T:
    """The result of `read(*about)`, kept until the page is done."""
    results: dict[Any, Any] = g.setdefault("read_once", {})
    key = (read, *about)
    if key not in results:
        results[key] = read(*about)
    result: T = results[key]
    return result
