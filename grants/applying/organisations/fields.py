"""Inputs of the profile: a year that has begun, and the number in the UN Partner Portal."""

import re
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.web import typed
from grants.platform.web.fields import NumberField, TextField

FIRST_YEAR = 1800


class YearField(NumberField):
    """A year that has begun."""

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, **{"least": FIRST_YEAR, "width": 4, **options})

    def check(self) -> None:
        super().check()
        if self.data > clock.today().year:
            raise InvalidInput(_("Enter a year up to %(year)s.", year=str(clock.today().year)))


class PartnerPortalField(TextField):
    """The number that the UN Partner Portal gives to an organisation: digits alone."""

    def read(self, text: str) -> str:
        plain = re.sub(r"^unpp|[\s#:.-]", "", typed.latin_digits(text), flags=re.IGNORECASE)
        if not re.fullmatch(r"[1-9]\d{1,8}", plain, re.ASCII):
            raise InvalidInput(
                _("Enter the number from the UN Partner Portal: 2 to 9 digits, such as 23145.")
            )
        return plain
