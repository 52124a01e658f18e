"""What a certifying officer fills in to deduct a refund from a payment."""

from collections.abc import Sequence
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import plain_money
from grants.granting.payments.models import Instalment
from grants.platform.forms.fields import AmountField, LongTextField, SelectField
from grants.platform.forms.forms import Form


class SetOffForm(Form):
    """How much is deducted, from which payment, and why."""

    instalment = SelectField(_l("From which payment?"), required=True)
    amount = AmountField(_l("Amount to be deducted"), required=True)
    reason = LongTextField(
        _l("Reason"),
        hint=_l("The letter to the organisation gives this reason."),
        required=True,
        limit=2000,
        rows=4,
    )

    def __init__(self, parts: Sequence[Instalment], **options: Any) -> None:
        self.parts = parts
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.instalment.choices = [
            (
                str(part.id),
                _(
                    "%(grant)s, instalment %(number)s: %(net)s to be paid",
                    grant=part.award.reference,
                    number=part.number,
                    net=plain_money(part.net),
                ),
            )
            for part in self.parts
        ]
        super().process(formdata, *args, **options)

    @property
    def chosen(self) -> Instalment:
        """The instalment that was chosen."""
        return next(part for part in self.parts if str(part.id) == self.instalment.data)
