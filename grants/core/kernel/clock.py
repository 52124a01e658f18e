"""The one source of "now", so that a test or an import of earlier records can use another date."""

import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, available_timezones

_fixed: ContextVar[datetime | None] = ContextVar("fixed", default=None)


@dataclass
class _House:
    """Where days begin and end in this installation, unless a fund or a call says otherwise."""

    zone: ZoneInfo


_house = _House(ZoneInfo("UTC"))


def zone() -> ZoneInfo:
    """The time zone of this installation: that of its first fund, UTC before there is one."""
    return _house.zone


def use_zone(name: str) -> None:
    """Let days begin and end in this time zone from now on."""
    _house.zone = ZoneInfo(name)


def zones() -> list[str]:
    """The time zones there are to choose from: one for each clock of a region, and UTC."""
    names = {"UTC"}
    for name in available_timezones():
        region, _slash, place = name.partition("/")
        if place and region in _REGIONS:
            names.add(name)
    return sorted(names)


_REGIONS = frozenset(
    {
        *("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian"),
        "Pacific",
    }
)


def now() -> datetime:
    """This moment in UTC, aware."""
    return _fixed.get() or datetime.now(UTC)


def wall() -> datetime:
    """This moment in UTC by the machine's own clock, whatever day the records are entered for: for
    keys and signatures, which the world outside compares with its own clock.
    """
    return datetime.now(UTC)


def today(where: tzinfo | None = None) -> date:
    """The calendar day in a time zone: that of this installation, if none is named."""
    return day_of(now(), where)


def day_of(moment: datetime, where: tzinfo | None = None) -> date:
    """The day of a moment in a time zone: that of this installation, if none is named."""
    return moment.astimezone(where or zone()).date()


def months_after(day: date, months: int) -> date:
    """The day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(first: date, last: date) -> int:
    """How many months a period lasts, both days included; a month that has begun counts."""
    whole = (last.year - first.year) * 12 + last.month - first.month
    return whole if last <= months_after(first, whole) else whole + 1


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment` (aware)."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
