"""A deadline on the clocks of another country."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from grants.core.texts.formats import plain_moment


def clocks_of(country: str) -> list[str]:
    """One time zone for each clock of a country, by its capital's or largest city's name; UTC for
    a country where nobody lives.
    """
    zones: list[str] = []
    for name in get_global("territory_zones").get(country, ()):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
        zones.append(name)
    return zones or ["UTC"]


def on_their_clocks(moment: datetime, country: str) -> list[str]:
    """The moment as the clocks of a country show it; more than one in large countries."""
    by_offset: dict[object, str] = {}
    for name in clocks_of(country):
        offset = moment.astimezone(ZoneInfo(name)).utcoffset()
        by_offset.setdefault(offset, plain_moment(moment, name))
    return list(by_offset.values())
