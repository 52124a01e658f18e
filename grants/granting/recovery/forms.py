"""What is filled in to ask for money back."""

from datetime import timedelta

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.workflow import RefundCause
from grants.platform.forms.fields import (
    AmountField,
    CheckboxField,
    DateField,
    FileField,
    LongTextField,
    RadioField,
)
from grants.platform.forms.forms import Form

PAPER = (".pdf", ".png", ".jpg", ".jpeg")
DAYS = 30
"""Days that a grantee usually has to send money back."""
REASON_IN_LETTER = _l("The letter to the organisation gives this reason.")


class TransferForm(Form):
    """When the organisation paid, with what its bank wrote."""

    day = DateField(_l("On which day did you pay?"), required=True, last=clock.today)
    advice = FileField(
        _l("Advice from your bank"),
        hint=_l("Helps the fund to find the money. A PDF or a picture."),
        accept=PAPER,
    )


class QuestionForm(Form):
    reason = LongTextField(_l("Your question to the fund"), required=True, limit=1000, rows=4)


class AnswerForm(Form):
    reason = LongTextField(
        _l("Your answer"),
        hint=_l("The organisation receives it by e-mail. It does not change the accounts."),
        required=True,
        limit=1000,
        rows=4,
    )
    missing = CheckboxField(
        _l(
            "The money has not been received. The organisation must pay it again, or "
            "report its payment again."
        )
    )

    @classmethod
    def about(cls, request: RefundRequest) -> "AnswerForm":
        """The answer to a request. Whether the money is there is asked only where the organisation
        says that it paid.
        """
        form = cls()
        if request.transferred_on is None:
            del form.missing
        return form

    @property
    def is_missing(self) -> bool:
        """Is the transfer that was reported not found?"""
        return "missing" in self and bool(self["missing"].data)


class RequestForm(Form):
    """How much is asked back, why, and by when."""

    cause = RadioField(_l("Why do you request a refund?"), RefundCause, required=True)
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
