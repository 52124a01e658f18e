"""What finance fills in about doubtful receivables."""

from datetime import date

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import DateField, SelectField
from grants.platform.forms.forms import Form, QueryForm


class DayForm(QueryForm):
    """At the end of which day."""

    on = DateField(_l("At the end of"))

    @staticmethod
    def pinned(on: date) -> dict[str, str]:
        """A day as the address says it."""
        return {f"on-{part}": str(getattr(on, part)) for part in DateField.parts}


class ProposeForm(Form):
    """For which year's end."""

    year = SelectField(_l("Year"), (), required=True)

    @classmethod
    def of(cls, years: range) -> "ProposeForm":
        """With the years to choose from."""
        choices = [(str(year), str(year)) for year in reversed(years)]
        drawn = {"year": SelectField(_l("Year that has ended"), choices, required=True)}
        kind: type[ProposeForm] = type("ProposeFormOfYears", (cls,), drawn)
        return kind()
