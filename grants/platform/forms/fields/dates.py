"""A day, in three boxes: numbers, or the month by its name."""

from collections.abc import Callable
from datetime import date
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import boxes_of_day, plain_day
from grants.platform.forms import typed, widgets
from grants.platform.forms.fields.question import PartsField

Limit = date | Callable[[], date] | None


class DateField(PartsField):
    """A day between `first` and `last` (days, or functions that name them)."""

    widget = staticmethod(widgets.date_input)
    parts = ("day", "month", "year")

    def __init__(
        self, label: str = "", *, first: Limit = None, last: Limit = None, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.first, self.last = first, last

    @property
    def target(self) -> str:
        """The first box that needs correcting."""
        boxes = boxes_of_day()
        empty = [box for box in boxes if not self.part(self.parts.index(box)).strip()]
        return f"{self.id}-{(empty or boxes)[0]}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        day, month, year = (str(text).strip() for text in valuelist)
        self.data = None
        if day or month or year:
            self.data = self._reading(lambda: typed.day_of(day, month, year))

    def words(self) -> str:
        return plain_day(self.data)

    def write_part(self, value: date, index: int) -> str:
        return str((value.day, value.month, value.year)[index])

    def check(self) -> None:
        first, last = _limit_day(self.first), _limit_day(self.last)
        if first and self.data < first:
            raise InvalidInput(_("The date must be %(day)s or later.", day=plain_day(first)))
        if last and self.data > last:
            raise InvalidInput(_("The date must be %(day)s or earlier.", day=plain_day(last)))


def _limit_day(limit: Limit) -> date | None:
    return limit() if callable(limit) else limit
