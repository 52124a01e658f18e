"""Rows that acts on many records write at their end, those of a table in one statement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.orm import Session

S = TypeVar("S")
_LATE = "rows that are written late"


class NotTogether(Exception):
    """This act needs what others before it have written."""


@contextmanager
def writing_late(session: Session) -> Iterator[None]:
    """Inside, records are written at the end, then what was put aside with `late`. No act inside
    may ask the database for what another has changed.
    """
    aside: dict[Callable[[Session, Any], None], Any] = {}
    session.flush()
    session.info[_LATE] = aside
    try:
        with session.no_autoflush:
            yield
    finally:
        del session.info[_LATE]
    session.flush()
    for write, rows in aside.items():
        write(session, rows)


def is_late(session: Session) -> bool:
    return _LATE in session.info


def late(session: Session, write: Callable[[Session, S], None], empty: Callable[[], S]) -> S | None:
    """What `write` will write at the end, to add to; None where each act writes for itself."""
    if not is_late(session):
        return None
    rows: S = session.info[_LATE].setdefault(write, empty())
    return rows


def flush(session: Session) -> None:
    """Write what has changed, unless that is done at the end."""
    if not is_late(session):
        session.flush()


def alone(session: Session) -> None:
    """NotTogether where acts on many records are written together."""
    if is_late(session):
        raise NotTogether
