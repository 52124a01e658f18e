"""What finance fills in about doubtful receivables."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import SelectField
from grants.platform.forms.forms import Form


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
