"""Which period a statement is wanted for, and in which language."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import LANGUAGES, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms import periods
from grants.platform.forms.fields import DateField, RadioField
from grants.platform.forms.fields.choices import Choice
from grants.platform.forms.forms import Form


def languages() -> list[tuple[str, str]]:
    """The languages a document can be printed in, each by its own name."""
    return [(code, LANGUAGES[code].name) for code in offered()]


class PeriodForm(periods.PeriodForm):
    """First and last day, and the language of the document."""

    since = DateField(_l("First day"), last=clock.today, required=True)
    until = DateField(_l("Last day"), required=True)
    language = RadioField(_l("Language of the document"), languages, required=True)

    @property
    def query(self) -> dict[str, str]:
        """The period and language in the address of the document."""
        return period_query(self.since.data, self.until.data, self.language.data)


class YearForm(Form):
    """The calendar year, and the language of the document."""

    year = RadioField(_l("Which year?"), required=True)
    language = RadioField(_l("Language of the document"), languages, required=True)

    def __init__(self, years: Sequence[Choice], **options: Any) -> None:
        self.offered = years
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.year.choices = self.offered
        super().process(formdata, *args, **options)

    @property
    def asked(self) -> tuple[str, int]:
        """The reference and the year that were chosen."""
        reference, _space, year = str(self.year.data).rpartition(" ")
        return reference, int(year)

    @property
    def query(self) -> dict[str, str]:
        """The period and language in the address of the document."""
        year = self.asked[1]
        return period_query(date(year, 1, 1), date(year, 12, 31), self.language.data)


def period_query(since: date, until: date, language: str | None = None) -> dict[str, str]:
    """How an address names a period: ?from=2026-01-01&to=2026-12-31&lang=en."""
    facts = {"from": since.isoformat(), "to": until.isoformat()}
    return facts | ({"lang": language} if language else {})
