"""What finance fills in about money that came."""

from collections.abc import Sequence
from typing import Any

from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.giving.contributions.queries import Criteria
from grants.giving.contributions.service import Arrival
from grants.platform.forms.fields import (
    AmountField,
    CheckboxField,
    DateField,
    PeriodField,
    SelectField,
    TextField,
)
from grants.platform.forms.fields.numbers import USUAL_CURRENCIES
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.forms.of_funds import FundFilter, FundUnlessOneForm


class DepositFilter(FundFilter):
    """Which deposits to list."""

    q = TextField(_l("Reference"))
    fund = SelectField(_l("Fund"))
    period = PeriodField(_l("Period"))
    unidentified = CheckboxField(_l("Unidentified only"))

    @property
    def criteria(self) -> Criteria:
        return Criteria(
            self.q.data or "",
            self.fund.data or "",
            bool(self.unidentified.data),
            self.period.days.since,
            self.period.days.until,
        )


class ReferenceForm(QueryForm):
    """The pledge that a payment quotes."""

    asks = True

    reference = TextField(
        _l("Pledge reference"), hint=_l("As the payment quotes it."), required=True
    )


class UnidentifiedForm(FundUnlessOneForm, QueryForm):
    """Where money arrived that quotes nothing."""

    asks = True
    fund = SelectField(_l("Fund"), required=True)
    currency_code = SelectField(
        _l("Currency"), lambda: [(code, code) for code in USUAL_CURRENCIES], required=True
    )


class DepositForm(Form):
    """A line of the bank's statement, in the currency of the form."""

    bank_reference = TextField(
        _l("Bank reference"),
        hint=_l("As shown on the bank statement. Each reference can be recorded only once."),
        required=True,
        limit=80,
    )
    account = SelectField(_l("Account it was credited to"), required=True)
    value_on = DateField(_l("Value date"), last=clock.today, required=True)
    amount = AmountField(_l("Amount credited"), required=True)
    bank_fee = AmountField(
        _l("Bank fees deducted in transit"),
        hint=_l("The donor is credited with the amount received plus the fee."),
        zero=True,
    )

    def __init__(self, accounts: Sequence[BankAccount], **options: Any) -> None:
        self.accounts = accounts
        data = {"account": accounts[0].code} | options.pop("data", {})
        super().__init__(data=data, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.account.choices = [
            (account.code, f"{account.code} · {account.name} ({account.currency})")
            for account in self.accounts
        ]
        super().process(formdata, *args, **options)

    def arrival(self) -> Arrival:
        chosen = {account.code: account for account in self.accounts}
        return Arrival(
            self.bank_reference.data or "",
            self.value_on.data,
            self.amount.data,
            self.bank_fee.data or None,
            chosen[self.account.data],
        )


class PledgeDepositForm(DepositForm):
    """A deposit on a pledge, which may be more than what is outstanding."""

    reason = TextField(
        _l("Why it is more than the amount outstanding"),
        hint=_l("Only if it is more: for example, the donor gives more than was pledged."),
        limit=300,
    )


class AllocateForm(Form):
    """Whose money it is."""

    reference = TextField(
        _l("Pledge reference"),
        hint=_l("Its last character is a check character."),
        required=True,
    )
    reason = TextField(
        _l("Basis for the allocation"),
        hint=_l("For example: letter from the donor dated 3 May 2026."),
        required=True,
        limit=300,
    )


class ReverseForm(Form):
    """Why a deposit is taken out of the books again."""

    reason = TextField(
        _l("Reason for the reversal"),
        hint=_l(
            "The donor will see this reason. For example: the payment was made by another donor."
        ),
        required=True,
        limit=300,
    )
