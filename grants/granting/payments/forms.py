"""What is typed to certify, pay, send back and confirm an instalment, and to record a refund."""

from collections.abc import Sequence
from typing import Any

from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.granting.payments.returns import Corrector
from grants.granting.payments.workflow import INSTALMENT
from grants.platform.forms.fields import (
    AmountField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm

PAPER = (".pdf", ".jpg", ".jpeg", ".png")

OPEN = "open"
"""Whatever still needs something: what a list shows before anybody filters it."""


class CertifyForm(Form):
    version = HiddenField()
    reason = LongTextField(
        _l("Why should it be paid anyway?"),
        hint=_l("Needed only where a condition above is not met."),
        limit=1000,
        rows=3,
    )


class ApproveForm(Form):
    version = HiddenField()


class ReleaseForm(Form):
    version = HiddenField()
    paid_on = DateField(_l("Paid on"), required=True, last=clock.today)
    bank_reference = TextField(
        _l("The bank’s reference"),
        hint=_l("From the bank statement, or from the treasury or system that paid."),
        required=True,
        limit=80,
        width=20,
    )


class SendBackForm(Form):
    version = HiddenField()
    reason = LongTextField(
        _l("What is wrong?"),
        hint=_l("The certifying officer will see this."),
        required=True,
        limit=1000,
        rows=3,
    )


class HoldForm(Form):
    version = HiddenField()
    reason = LongTextField(
        _l("Why must it not be paid now?"),
        hint=_l("All who work on payments will see this."),
        required=True,
        limit=1000,
        rows=3,
    )


class UnpaidForm(Form):
    """What the bank said of a payment that it did not make, and who has to correct what."""

    version = HiddenField()
    reason = LongTextField(_l("What does the bank say?"), required=True, limit=1000, rows=3)
    corrector = RadioField(
        _l("Who must correct something?"),
        [(who.value, who.label) for who in Corrector],
        hint=_l(
            "The grantee is asked for new bank details; nothing is paid until they are approved."
        ),
        required=True,
    )


class ReturnedForm(UnpaidForm):
    returned_on = DateField(_l("Returned on"), required=True, last=clock.today)
    bank_reference = TextField(
        _l("The bank’s reference of the return"),
        hint=_l("As shown on the fund’s bank statement."),
        required=True,
        limit=80,
        width=20,
    )


class Receipt(Term):
    """What a grantee says of a payment."""

    FULL = "full", _l("Yes, the full amount")
    LESS = "less", _l("Yes, but less than was sent")
    MISSING = "missing", _l("No, it has not arrived")


class ReceiptForm(Form):
    version = HiddenField()
    answer = RadioField(
        _l("Has the money been credited to your organisation’s bank account?"),
        Receipt.choices,
        required=True,
    )
    arrived_on = DateField(_l("On which day?"), hint=_l("If the money arrived."), last=clock.today)
    arrived = AmountField(
        _l("How much arrived?"),
        hint=_l("Only if it was less than was sent, for example because banks deducted fees."),
    )
    note = LongTextField(
        _l("Your note to the finance officer"),
        hint=_l("For example, what your bank told you."),
        limit=1000,
        rows=2,
    )

    def __init__(self, currency: str, **options: Any) -> None:
        self.currency = currency
        super().__init__(**options)

    def validate(self, extra_validators: Any = None) -> bool:
        """What each answer needs beside it."""
        if not super().validate(extra_validators):
            return False
        if self.receipt is not Receipt.MISSING and self.arrived_on.data is None:
            self.complain("arrived_on", _("Enter the day on which it was credited."))
        if self.receipt is Receipt.LESS and self.arrived.data is None:
            self.complain("arrived", _("Enter the amount that was credited."))
        return not self.problems()

    @property
    def receipt(self) -> Receipt:
        """What was chosen."""
        return Receipt.of(self.answer.data)


class ReceiptAnswerForm(Form):
    reason = LongTextField(
        _l("Your answer"),
        hint=_l("The organisation receives it by e-mail. It does not change the accounts."),
        required=True,
        limit=1000,
        rows=4,
    )


class RefundForm(Form):
    """What a person reads on the statement of the bank: to which account it came, and how much."""

    account = SelectField(_l("Which account received the refund?"), required=True)
    amount = AmountField(
        _l("How much was refunded?"), hint=_l("In the currency of the account."), required=True
    )
    refunded_on = DateField(_l("When was it received?"), required=True, last=clock.today)
    bank_reference = TextField(
        _l("The bank’s reference"),
        hint=_l("As shown on the fund’s bank statement."),
        required=True,
        limit=80,
        width=20,
    )
    evidence = FileField(
        _l("Advice or statement from the bank"),
        hint=_l("Needed where the account is not in US dollars."),
        accept=PAPER,
    )

    def __init__(self, accounts: Sequence[BankAccount], **options: Any) -> None:
        self.accounts = accounts
        only = accounts[0].code if len(accounts) == 1 else None
        super().__init__(data={"account": only}, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.account.choices = [
            (account.code, f"{account.code} · {account.currency}") for account in self.accounts
        ]
        sent = self.meta.wrap_formdata(self, formdata) or {}
        self.amount.currency = self._account_named(sent.get("account", "")).currency
        super().process(formdata, *args, **options)
        if len({account.currency for account in self.accounts}) > 1:
            self.amount.currency = ""  # no sign before the box: the account that is chosen says it

    def _account_named(self, code: str) -> BankAccount:
        return next((each for each in self.accounts if each.code == code), self.accounts[0])

    @property
    def chosen(self) -> BankAccount:
        """The account that was chosen."""
        return self._account_named(self.account.data)


def _state_choices() -> list[tuple[str, str]]:
    first = (OPEN, str(_l("Not finished")))
    return [first, *((state.value, str(name.staff)) for state, name in INSTALMENT.names.items())]


class PaymentsFilter(QueryForm):
    """Which instalments the fund's people look at."""

    opens_on = ("state", OPEN)
    q = TextField(_l("Organisation, grant or bank reference"), limit=100)
    state = SelectField(_l("Status"), _state_choices)
    due = SelectField(
        _l("Due"),
        lambda: [
            ("now", _l("By today")),
            ("soon", _l("In the next 30 days")),
            ("coming", _l("From tomorrow, in the next 30 days")),
        ],
    )
