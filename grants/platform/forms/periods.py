"""Forms that ask for a day or a period."""

from datetime import date
from typing import TYPE_CHECKING

from wtforms.validators import ValidationError

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import DateField
from grants.platform.forms.forms import Form, QueryForm


class DayForm(QueryForm):
    """At the end of which day."""

    on = DateField(_l("At the end of"))

    @staticmethod
    def pinned(on: date) -> dict[str, str]:
        """A day as the address says it."""
        return {f"on-{part}": str(getattr(on, part)) for part in DateField.parts}


class PeriodForm(Form):
    """A form with a first day and a last one, which is not before it."""

    if TYPE_CHECKING:
        since: DateField
        until: DateField

    def validate_until(self, field: DateField) -> None:
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_("The end date must be on or after the start date."))
