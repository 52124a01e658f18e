"""A filter's period: one choice, or two days of one's own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import plain_day
from grants.platform.forms import widgets
from grants.platform.forms.fields.question import PartsField

OWN = "days"
"""The choice that asks for two days."""


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day, both included; None where it has no end."""

    since: date | None = None
    until: date | None = None


def _month_before(day: date) -> Days:
    last = day.replace(day=1) - timedelta(1)
    return Days(last.replace(day=1), last)


PERIODS: dict[str, tuple[str, Callable[[date], Days]]] = {
    "week": (_l("Last 7 days"), lambda day: Days(day - timedelta(6), day)),
    "30": (_l("Last 30 days"), lambda day: Days(day - timedelta(29), day)),
    "month": (_l("This month"), lambda day: Days(day.replace(day=1), day)),
    "month-before": (_l("Last month"), _month_before),
    "year": (_l("This year"), lambda day: Days(day.replace(month=1, day=1), day)),
    "year-before": (
        _l("Last year"),
        lambda day: Days(date(day.year - 1, 1, 1), date(day.year - 1, 12, 31)),
    ),
}
"""What is offered by name, each with its days as seen from today."""
FIRST, LAST = date(1970, 1, 1), date(9998, 12, 30)


class PeriodField(PartsField):
    """One choice of period. Its data are `Days`, or None for any time. In an address, days alone
    are enough: `period-since=2026-01-01`.
    """

    widget = staticmethod(widgets.period)
    parts = ("of", "since", "until")

    @property
    def options(self) -> Iterator[tuple[str, str, str]]:
        """(value, label, hint) of each choice."""
        yield from ((value, str(label), "") for value, (label, _days) in PERIODS.items())
        yield OWN, _("Choose dates"), ""

    @property
    def chosen(self) -> str:
        """The value of the choice that is shown."""
        name, since, until = (self.part(at).strip() for at in range(3))
        return OWN if not name and (since or until) else name

    def process_formdata(self, valuelist: list[Any]) -> None:
        name, since, until = (str(text).strip() for text in valuelist)
        self.data = None
        if name in PERIODS:
            self.data = PERIODS[name][1](clock.today())
        elif name not in ("", OWN):
            self.data = self._reading(_refuse_choice)
        elif since or until:
            self.data = self._reading(lambda: Days(_day_of(since), _day_of(until)))

    def is_empty(self) -> bool:
        return self.data is None and not self.process_errors

    def words(self) -> str:
        if self.chosen in PERIODS:
            return str(PERIODS[self.chosen][0])
        days = self.data
        if days.since and days.until:
            return f"{plain_day(days.since)} – {plain_day(days.until)}"
        if days.since:
            return _("from %(day)s", day=plain_day(days.since))
        return _("until %(day)s", day=plain_day(days.until))

    def write_part(self, value: Days, index: int) -> str:
        day = (None, value.since, value.until)[index]
        return day.isoformat() if day else ""

    @property
    def days(self) -> Days:
        """What the list is filtered by: any time where nothing that can be read is chosen."""
        return self.data or Days()


def _day_of(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = LAST + timedelta(1)
    if not FIRST <= day <= LAST:
        raise InvalidInput(_("Enter a date like 2026-01-31."))
    return day


def _refuse_choice() -> Days:
    raise InvalidInput(_("Choose a period from the list."))
