"""What is filled in to draw payments for an audit."""

from collections.abc import Sequence
from typing import Any

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.desk.audit_samples.service import LARGEST_SAMPLE
from grants.platform.forms.fields import DateField, NumberField, SelectField
from grants.platform.forms.forms import Form


class DrawForm(Form):
    """Of which fund, of which days, and how many payments."""

    fund = SelectField(_l("Fund"), required=True)
    paid_from = DateField(_l("Paid from"), last=clock.today, required=True)
    paid_until = DateField(_l("Paid until"), last=clock.today, required=True)
    size = NumberField(_l("How many payments"), least=1, most=LARGEST_SAMPLE, required=True)

    def __init__(self, funds: Sequence[Fund], **options: Any) -> None:
        self.funds = funds
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.fund.choices = [(fund.code, fund.title) for fund in self.funds]
        super().process(formdata, *args, **options)
