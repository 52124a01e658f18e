"""Bank details, the call that checks them, and the decision, as typed."""

import re
from collections.abc import Sequence
from typing import Any

from babel.numbers import get_territory_currencies

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, currencies
from grants.core.people.models import Organisation
from grants.core.texts.formats import currency_name, plain_day
from grants.granting.bank_details.doubts import is_iban
from grants.granting.bank_details.service import Account, Call
from grants.granting.bank_details.telephones import KnownNumber
from grants.platform.forms.fields import (
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form

USUAL = ("EUR", "CHF", "GBP")
PAPER = (".pdf", ".jpg", ".jpeg", ".png")


def currency_choices(country: str | None = None) -> list[tuple[str, str]]:
    """By name: the currency of the books, those of a country and the most usual ones come first."""
    own = get_territory_currencies(country, clock.today()) if country else ()
    first = list(dict.fromkeys((FUNCTIONAL_CURRENCY, *own, *USUAL)))
    codes = [code for code in first if code in currencies()]
    codes += sorted(currencies().difference(first))
    return [(code, currency_name(code)) for code in codes]


class RequestForm(Form):
    """Where the organisation is to be paid."""

    holder = TextField(
        _l("Name of the account holder"),
        hint=_l("Exactly as the bank writes it. The account must be in your organisation’s name."),
        required=True,
        limit=140,
    )
    number = TextField(_l("IBAN or account number"), required=True, limit=40)
    account_currency = SelectField(
        _l("Currency of the account"),
        currency_choices,
        hint=_l(
            "Grants are in US dollars. If the account is in another currency, "
            "payments are converted at the rate of the day."
        ),
        default=FUNCTIONAL_CURRENCY,
        required=True,
    )
    bic = TextField(
        _l("BIC (SWIFT code)"),
        hint=_l("Needed unless the number is an IBAN."),
        required=True,
        limit=14,
    )
    bank = TextField(_l("Name of the bank"), required=True, limit=120)
    bank_address = LongTextField(
        _l("Address of the bank"),
        hint=_l("Needed unless the number is an IBAN."),
        required=True,
        limit=300,
        rows=3,
    )
    intermediary_bank = LongTextField(
        _l("Intermediary bank"),
        hint=_l("Only if your bank asks for one: its name, BIC and account."),
        limit=300,
        rows=2,
    )
    evidence = FileField(
        _l("Letter or statement from the bank"),
        hint=_l("It must show the account holder and the number."),
        required=True,
        accept=PAPER,
    )

    @classmethod
    def about(cls, organisation: Organisation) -> "RequestForm":
        """For the account of an organisation, which may be in a currency of its country."""
        form = cls(data={"holder": organisation.name})
        form.account_currency.choices = currency_choices(organisation.country)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """With an IBAN the bank is known: neither its BIC nor its address is needed."""
        if is_iban(re.sub(r"\s", "", self.number.text).upper()):
            self.bic.required = self.bank_address.required = False
        return super().validate(extra_validators)

    def account(self) -> Account:
        return Account(
            self.holder.data,
            self.number.data,
            self.bank.data,
            self.bic.data,
            self.bank_address.data,
            self.intermediary_bank.data,
            self.account_currency.data,
        )


class CallForm(Form):
    """The call by which the details were checked."""

    called_on = DateField(_l("Day of the call"), required=True, last=clock.today)
    number = RadioField(_l("Number you called"), required=True)
    spoke_to = TextField(_l("Person you spoke to"), required=True, limit=120)
    note = LongTextField(_l("What was said"), limit=1000, rows=3)

    @classmethod
    def offering(cls, numbers: Sequence[KnownNumber]) -> "CallForm":
        """The form on which one of the numbers that were known is chosen."""
        choices = [
            (
                phone.digits,
                phone.number,
                _("%(source)s, since %(day)s", source=phone.source, day=plain_day(phone.since)),
            )
            for phone in numbers
        ]
        number = RadioField(
            _l("Number you called"),
            choices,
            hint=_l("The fund had these numbers before the request."),
            required=True,
        )
        drawn: type[CallForm] = type("DrawnCallForm", (cls,), {"number": number})
        return drawn()

    def call(self) -> Call:
        return Call(self.called_on.data, self.number.data, self.spoke_to.data, self.note.data)


class DecisionForm(Form):
    """Nothing to fill in: the page shows what is approved."""

    version = HiddenField()


class ExplainedForm(DecisionForm):
    """Why an account may be used although its country or holder is not the organisation's."""

    reason = LongTextField(
        _l("Why may this account be used?"),
        hint=_l("What you checked, and where. It will be kept on record."),
        required=True,
        limit=1000,
        rows=3,
    )


class ReasonForm(Form):
    """Why the details are refused or withdrawn."""

    reason = LongTextField(
        _l("Reason"),
        hint=_l("The organisation will be notified of the reason."),
        required=True,
        limit=1000,
        rows=3,
    )
