"""Days on which the demonstration is planted: each of two years, and one that changes each run."""

import os
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST, LAST = date(2026, 11, 30), date(2028, 12, 31)
ZONES = (
    "Europe/Vienna",
    "Pacific/Kiritimati",
    "America/New_York",
    "Europe/Vienna",
    "Asia/Kathmandu",
    "Pacific/Honolulu",
)
CHOSEN = "PLANTED_ON"
"""The environment variable that holds the moments of this run; set it to repeat them."""


@dataclass(frozen=True)
class Moment:
    """When the demonstration is planted, and where the fund is."""

    day: date
    hour: int
    zone: str

    def __str__(self) -> str:
        return f"{self.day}T{self.hour:02}@{self.zone}"

    @classmethod
    def read(cls, text: str) -> "Moment":
        """2028-02-29T23@Pacific/Honolulu; without its end at noon in Vienna."""
        moment, _at, zone = text.partition("@")
        day, _hour, hour = moment.partition("T")
        return cls(date.fromisoformat(day), int(hour or 12), zone or ZONES[0])

    @property
    def at(self) -> datetime:
        return datetime.combine(self.day, time(self.hour, 30), ZoneInfo(self.zone))


def every_day() -> list[Moment]:
    """Each day once, and in turn each hour and each zone."""
    days = (FIRST + timedelta(number) for number in range((LAST - FIRST).days + 1))
    return [
        Moment(day, day.toordinal() * 7 % 24, ZONES[day.toordinal() % len(ZONES)]) for day in days
    ]


def choose() -> None:
    """Settle the moments of this run: those asked for, or one by chance."""
    os.environ.setdefault(CHOSEN, str(random.SystemRandom().choice(every_day())))


def chosen() -> list[Moment]:
    return [Moment.read(text) for text in os.environ[CHOSEN].split()]
