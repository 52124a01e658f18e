"""The one source of "now", so that a test or an import of earlier records can use another date."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("fixed", default=None)

VIENNA = ZoneInfo("Europe/Vienna")
"""UNODC's headquarters: deadlines of the fund are stated in Vienna time."""


def now() -> datetime:
    """This moment in UTC, aware."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Vienna, where the fund's books are kept."""
    return now().astimezone(VIENNA).date()


def day_of(moment: datetime) -> date:
    """The day of a moment in Vienna."""
    return moment.astimezone(VIENNA).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment` (aware)."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
