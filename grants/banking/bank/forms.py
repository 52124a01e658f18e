"""What finance fills in about the bank: a file, what a line is, an account."""

from collections.abc import Sequence
from typing import Any

from grants.banking.bank.models import BankLine
from grants.banking.bank.queries import Criteria
from grants.banking.bank.workflow import LINE, LineState
from grants.books.ledger.bank_accounts import AccountDetails, BankBalance
from grants.core.funds.models import BankAccount
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import currencies
from grants.core.texts.formats import plain_day, plain_money
from grants.platform.casework.filters import OwnerField, OwnerFilter
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
    CountryField,
    FileField,
    HiddenField,
    LongTextField,
    MoneyField,
    PeriodField,
    SelectField,
    TextField,
)
from grants.platform.forms.fields.choices import Choice
from grants.platform.forms.fields.row import Row
from grants.platform.forms.fields.rows import RowsField
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.forms.of_funds import FundForm


class LinesFilter(OwnerFilter, QueryForm):
    """Which lines of the bank to list."""

    opens_on = ("state", LineState.UNMATCHED.value)
    q = TextField(_l("Name or reference"))
    account = SelectField(_l("Account"))
    state = SelectField(
        _l("Status"), lambda: [(state.value, str(LINE.names[state].staff)) for state in LineState]
    )
    owner = OwnerField("bank_line")
    period = PeriodField(_l("Period"))

    def __init__(self, accounts: Sequence[BankAccount]) -> None:
        self.accounts = accounts
        super().__init__()

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.account.choices = [(account.code, account.code) for account in self.accounts]
        super().process(formdata, *args, **options)

    @property
    def criteria(self) -> Criteria:
        state = LineState(self.state.data) if self.state.data else None
        return Criteria(
            self.q.data or "",
            self.account.data or "",
            state,
            self.period.days.since,
            self.period.days.until,
            self.owner_id,
        )


class StatementForm(Form):
    """A statement of the bank."""

    file = FileField(
        _l("Bank statement file"),
        accept=(".xml", ".sta", ".940", ".mt940", ".txt"),
        hint=_l(
            "A camt.053 (XML) or MT940 file, at most 10 MB. Importing the same file twice "
            "has no effect."
        ),
        required=True,
    )


class PartRow(Row):
    """A pledge, and what of the line is for it."""

    reference = TextField(_l("Pledge reference"), limit=40)
    amount = AmountField(_l("Amount credited"), required=True)
    fee = AmountField(_l("Bank fee deducted"), zero=True)
    reason = TextField(_l("Reason, if it is more than the amount outstanding"), limit=300)


class ReceiveForm(Form):
    """What a line is, in one part or several, in the currency of the form."""

    parts = RowsField(
        PartRow,
        _l("What the money is for"),
        hint=_l(
            "One row for each pledge. Leave the reference empty for an unidentified deposit, "
            "which is held in suspense until it is allocated. The amounts must add up to the "
            "amount of the line."
        ),
        least=1,
        most=20,
        required=True,
        add_label=_l("Add a pledge"),
    )
    checked = HiddenField()
    """Has the person seen what will be recorded?"""


class TogetherForm(Form):
    """Several lines that are payments on one pledge."""

    reference = TextField(_l("Pledge reference"), required=True, limit=40)
    lines = CheckboxesField(_l("Lines"), required=True)

    def __init__(self, choices: Sequence[Choice], **options: Any) -> None:
        self.offered = choices
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.lines.choices = self.offered
        super().process(formdata, *args, **options)


class MatchSearch(QueryForm):
    """Amounts or names of entries in the books."""

    q = TextField(_l("Amounts or references"))

    @property
    def words(self) -> list[str]:
        return (self.q.data or "").split()[:10] if self.validate() else []


class MatchForm(Form):
    """Entries in the books that the line is."""

    postings = CheckboxesField(
        _l("Ledger entries"),
        hint=_l("Choose one entry, or several that add up to the amount of the line."),
        required=True,
    )

    def __init__(self, choices: Sequence[Choice], **options: Any) -> None:
        self.offered = choices
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.postings.choices = self.offered
        super().process(formdata, *args, **options)


class TransferForm(Form):
    """The other side of a transfer between the fund's accounts."""

    other = SelectField(_l("Line on the other account"), required=True)

    def __init__(self, choices: Sequence[Choice], **options: Any) -> None:
        self.offered = choices
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.other.choices = self.offered
        super().process(formdata, *args, **options)


class PayoutForm(Form):
    """The account at a provider that was paid out."""

    source = SelectField(_l("In transit at"), required=True)
    sent = MoneyField(_l("Amount paid out, if the provider converted it"))

    def __init__(self, transit: Sequence[BankBalance], **options: Any) -> None:
        self.transit = transit
        super().__init__(**options)
        self.sent.currencies = tuple(held.own.currency for held in transit)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.source.choices = [
            (held.account.code, f"{held.account.name} · {plain_money(held.own)}")
            for held in self.transit
        ]
        super().process(formdata, *args, **options)


class ReasonForm(Form):
    """Why."""

    reason = TextField(_l("Reason"), required=True, limit=300)


class CostForm(ReasonForm):
    """What the fund paid for."""

    reason = TextField(
        _l("What it was for"),
        hint=_l("For example: evaluation of 2026, invoice 17."),
        required=True,
        limit=150,
    )


class RefundForm(ReasonForm):
    """Whose money went back, and why."""

    reference = TextField(_l("Pledge reference"), required=True, limit=40)


class AccountForm(Form):
    """What payments into an account have to say."""

    name = TextField(
        _l("Name within the fund"),
        hint=_l("For example: Euro account. Donors do not see this name."),
        required=True,
        limit=120,
    )
    beneficiary = TextField(
        _l("Beneficiary"),
        hint=_l("The account holder, exactly as registered with the bank."),
        required=True,
        limit=140,
    )
    street = TextField(
        _l("Street and number of the beneficiary"),
        hint=_l(
            "With the postal code, the town and the country it is printed on Swiss QR-bills, for "
            "gifts in francs to an account in Switzerland or Liechtenstein."
        ),
        limit=70,
    )
    postal_code = TextField(_l("Postal code of the beneficiary"), limit=16, width=10)
    town = TextField(_l("Town of the beneficiary"), limit=35)
    country = CountryField(_l("Country of the beneficiary"))
    bank = TextField(_l("Bank"), required=True, limit=120)
    bank_address = TextField(_l("Address of the bank"), limit=300)
    number = TextField(
        _l("IBAN or account number"),
        hint=_l(
            "As shown on bank statements. The fund’s own pages show only its first and last "
            "characters."
        ),
        required=True,
        limit=42,
    )
    bic = TextField(_l("BIC"), limit=11, width=10)
    intermediary_bank = TextField(
        _l("Intermediary bank"),
        hint=_l(
            "If payments from abroad go through an intermediary bank: its name, BIC and "
            "account number."
        ),
        limit=300,
    )

    @property
    def details(self) -> AccountDetails:
        return AccountDetails(
            self.name.data or "",
            self.bank.data or "",
            self.number.data or "",
            self.bic.data or "",
            self.beneficiary.data or "",
            self.bank_address.data or "",
            self.intermediary_bank.data or "",
            self.street.data or "",
            self.postal_code.data or "",
            self.town.data or "",
            self.country.data or "",
        )


class ChangeAccountForm(AccountForm):
    """Other details, and why."""

    reason = LongTextField(
        _l("Reason"),
        hint=_l("Such as the bank’s letter. Another person must approve the change."),
        required=True,
        limit=1000,
        rows=3,
    )


class NewAccountForm(FundForm):
    """Another account of a fund; its bank details are entered by two people afterwards."""

    name = TextField(
        _l("Name within the fund"),
        hint=_l("For example: Euro account. Donors do not see this name."),
        required=True,
        limit=120,
    )
    code = TextField(
        _l("Short name"), hint=_l("Such as UNVTF-EUR."), required=True, limit=30, width=10
    )
    fund = SelectField(_l("Fund"), required=True)
    currency_code = SelectField(
        _l("Currency"), lambda: [(code, code) for code in sorted(currencies())], required=True
    )


def line_choice(line: BankLine) -> Choice:
    """A line as something to choose."""
    facts = " · ".join(part for part in (line.counterparty, line.text[:60]) if part)
    return str(line.id), f"{plain_day(line.value_on)} · {plain_money(line.amount)}", facts
