"""What is filled in to draw payments for an audit."""

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.desk.audit_samples.service import LARGEST_SAMPLE
from grants.platform.forms.fields import DateField, NumberField, SelectField
from grants.platform.forms.of_funds import FundForm


class DrawForm(FundForm):
    """Of which fund, of which days, and how many payments."""

    fund = SelectField(_l("Fund"), required=True)
    paid_from = DateField(_p("from a day", "Paid from"), last=clock.today, required=True)
    paid_until = DateField(_l("Paid until"), last=clock.today, required=True)
    size = NumberField(_l("Number of payments"), least=1, most=LARGEST_SAMPLE, required=True)
