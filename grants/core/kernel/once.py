"""What one long transaction asks again and again, and nothing can change while it lasts.

An import books thousands of deposits under one lock of the fund: its row, the rates, the accounts,
which months are open and what each pledge owes are asked for once, and go on with what the import
itself posts; so is what several counts of a start page rest on. Everywhere else each act asks for
itself.
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


def foresee(session: Session, key: Hashable, answer: object) -> None:
    """The answer to what will be asked, found together with others. Outside nothing is kept."""
    if _KEPT in session.info:
        session.info[_KEPT][key] = answer


def amend(session: Session, key: Hashable, change: Callable[..., object], *by: object) -> None:
    """An act of this transaction changes what is kept."""
    kept: dict[Hashable, object] = session.info.get(_KEPT, {})
    if key in kept:
        kept[key] = change(kept[key], *by)


def ask_again(session: Session) -> None:
    """Keep nothing of what was asked: a savepoint was taken back, and the locks with it that were
    taken inside; or an act changed what cannot be amended.
    """
    if _KEPT in session.info:
        session.info[_KEPT].clear()
