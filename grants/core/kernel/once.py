"""What one long transaction asks again and again, and nothing can change while it lasts.

An import books thousands of deposits under one lock of the fund: its row, the rates, the accounts
and which months are open are asked for once; so is what several counts of a start page rest on.
Everywhere else each act asks for itself.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")
_KEPT = "asked once"


@contextmanager
def asking_once(session: Session) -> Iterator[None]:
    """Inside, `once` keeps its answers. The caller holds the locks under which they stay true."""
    session.info[_KEPT] = {}
    try:
        yield
    finally:
        del session.info[_KEPT]


def once(session: Session, key: Hashable, ask: Callable[[], T]) -> T:
    """The answer; kept inside `asking_once`. A refusal is not kept."""
    kept: dict[Hashable, T] | None = session.info.get(_KEPT)
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]


def ask_again(session: Session) -> None:
    """A savepoint was taken back, and the locks with it that were taken inside."""
    if _KEPT in session.info:
        session.info[_KEPT].clear()
