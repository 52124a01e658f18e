"""What is filled in to make a token."""

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import DateField, RadioField, SelectField, TextField
from grants.platform.forms.of_funds import FundForm
from grants.publishing.integration.models import TokenScope
from grants.publishing.integration.service import Terms


class TokenForm(FundForm):
    """For which program of which fund, for what, until when."""

    name = TextField(
        _l("Name of the program"),
        hint=_l("As it should appear in the audit trail, for example “Umoja bridge”."),
        required=True,
        limit=80,
    )
    fund = SelectField(_l("Fund"), required=True)
    use = RadioField(_l("What it may do"), TokenScope, required=True)
    ends_on = DateField(
        _l("Valid until"),
        hint=_l("No later than one year from today."),
        first=clock.today,
        required=True,
    )

    @property
    def terms(self) -> Terms:
        """What was filled in, once the form is valid."""
        return Terms(self.name.data or "", TokenScope(self.use.data), self.ends_on.data)
