"""What is filled in to ask for money back."""

from datetime import timedelta

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.granting.recovery.workflow import RefundCause
from grants.platform.forms.fields import AmountField, DateField, LongTextField, RadioField
from grants.platform.forms.forms import Form

DAYS = 30
"""Days that a grantee usually has to send money back."""
REASON_IN_LETTER = _l("It is part of the letter to the organisation.")


class RequestForm(Form):
    """How much is asked back, why, and by when."""

    cause = RadioField(_l("Why is money asked back?"), RefundCause, required=True)
    amount = AmountField(_l("Amount to be refunded"), required=True)
    due_on = DateField(_l("To be received by"), required=True)
    reason = LongTextField(_l("Reason"), hint=REASON_IN_LETTER, required=True, limit=2000, rows=4)

    @classmethod
    def about(cls, unspent: Money) -> "RequestForm":
        """What was not spent is proposed."""
        return cls(
            data={
                "cause": RefundCause.UNSPENT.value,
                "amount": unspent if unspent.minor > 0 else None,
                "due_on": clock.today() + timedelta(DAYS),
            }
        )
