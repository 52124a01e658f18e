"""What finance fills in where a line of the bank is a grant's money, or transfers support costs."""

from collections.abc import Sequence
from typing import Any

from grants.banking.bank.support_cost import Charged
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import plain_day, plain_money
from grants.granting.payments.forms import UnpaidForm
from grants.platform.forms.fields import HiddenField, SelectField, TextField
from grants.platform.forms.forms import Form


class PayForm(Form):
    """The instalment that a debit pays, as a person looked at it."""

    version = HiddenField()


class ReturnForm(UnpaidForm):
    """What the bank says of a payment that it gave back, and who has to correct what."""


class GranteeRefundForm(Form):
    """The grant on which money came back."""

    reference = TextField(_l("Grant reference"), required=True, limit=40, width=20)


class SupportCostForm(Form):
    """Up to which day the support costs are transferred."""

    until = SelectField(_l("Charged up to"), required=True)

    def __init__(self, days: Sequence[Charged], **options: Any) -> None:
        self.days = days
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.until.choices = [
            (day.until.isoformat(), f"{plain_day(day.until)} · {plain_money(day.sum)}")
            for day in self.days
        ]
        super().process(formdata, *args, **options)
