"""What is filled in about a grant of another funder."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.integrity.other_grants.service import ReportedGrant
from grants.platform.forms.fields import (
    CountryField,
    DateField,
    FileField,
    LongTextField,
    MoneyField,
    TextField,
)
from grants.platform.forms.forms import Form


class GrantForm(Form):
    """One grant."""

    funder = TextField(_l("Funder"), required=True, limit=200)
    title = TextField(_l("Project"), required=True, limit=300)
    country = CountryField(_l("Country"))
    starts_on = DateField(_l("From"), required=True)
    ends_on = DateField(_l("To"), required=True)
    value = MoneyField(_l("Amount"), zero=True)
    identifier = TextField(_l("IATI identifier"), limit=100)

    def known(self) -> ReportedGrant:
        """As the act takes it."""
        return ReportedGrant(
            self.title.data,
            self.funder.data,
            self.starts_on.data,
            self.ends_on.data,
            self.country.data or None,
            self.value.data,
            (self.identifier.data or "").strip(),
        )


class GrantsFileForm(Form):
    """A file with grants."""

    file = FileField(
        _l("File with grants (CSV)"),
        hint=_l(
            "Columns: identifier, title, funder, country, start, end, value, currency. Dates as "
            "2026-01-31, countries and currencies as ISO codes. A grant with a known identifier "
            "replaces what is recorded."
        ),
        accept=(".csv",),
        most=1,
        required=True,
    )


class RemoveForm(Form):
    """Why a grant is taken out."""

    reason = LongTextField(_l("Reason"), required=True, limit=500, rows=3)
