"""What an officer fills in to give money back to a card."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import AmountField, TextField
from grants.platform.forms.forms import Form


class RefundForm(Form):
    """How much of a payment, and why."""

    amount = AmountField(_l("Amount to refund"), required=True)
    reason = TextField(_l("Reason"), required=True, limit=300)
