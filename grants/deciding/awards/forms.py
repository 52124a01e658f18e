"""What is filled in about awards."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.awards.workflow import AWARD, AwardState
from grants.platform.web.fields import CountryField, LongTextField, SelectField, TextField
from grants.platform.web.forms import Form, QueryForm


class AwardsForm(QueryForm):
    """Which awards."""

    q = TextField(_l("Organisation or number"), limit=80)
    state = SelectField(_l("Status"), lambda: [(s.value, AWARD.names[s].staff) for s in AwardState])
    country = CountryField(_l("Country"))


class CancelForm(Form):
    """Why an award is cancelled."""

    reason = LongTextField(
        _l("Reason"), hint=_l("The organisation is told it."), required=True, limit=2000
    )
