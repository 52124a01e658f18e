"""A gift on one page: the shortest way to pledge, for a person or an organisation that pays once.

Up to the limit of the fund a private person pays at once: the next page says how, and the transfer
confirms the gift. Others confirm by e-mail, and the same checks as of a pledge come before a
payment.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from grants.books.ledger.rates import rate_on
from grants.core.countries.countries import currency_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, exponent
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.texts.formats import whole_money
from grants.core.texts.marks import spaced
from grants.giving.pledges.in_euros import FRANCS, exchanged
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import exchange_in_words
from grants.giving.pledging.forms import own_language, plausible
from grants.platform.forms.fields import (
    CheckboxField,
    CountryField,
    EmailField,
    HiddenField,
    MoneyField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.fields.numbers import USUAL_CURRENCIES
from grants.platform.forms.forms import Form

STEPS = (50, 100, 250)
"""What is proposed, in US dollars or about as much in another currency."""
OTHER = "other"
ONCE, MONTHLY = "once", "monthly"


def gift_currencies(fund: Fund) -> tuple[str, ...]:
    """The currencies in which a gift to this fund is asked."""
    usual = [code for code in USUAL_CURRENCIES if not fund.currencies or code in fund.currencies]
    return tuple(usual or fund.currencies)


def own_currency(
    session: Session, fund: Fund, countries: Iterable[str | None], day: date
) -> tuple[str, Decimal]:
    """The currency in which a reader is asked, and its rate: that of the first country known of
    them, if the fund takes it and there is a rate; else US dollars.
    """
    offered = gift_currencies(fund)
    for country in countries:
        if (code := currency_of(country)) and code in offered:
            try:
                return code, rate_on(session, code, day).rate
            except DomainError:
                continue
    return (FUNCTIONAL_CURRENCY if FUNCTIONAL_CURRENCY in offered else offered[0]), Decimal(1)


def proposals(currency: str, rate: Decimal) -> tuple[Money, ...]:
    """Round amounts near the usual ones: 50 euros, 5,000 yen, 5 dinars."""
    scale = int(rate.log10().to_integral_value()) + exponent(currency)
    return tuple(Money(int(Decimal(step).scaleb(scale)), currency) for step in STEPS)


def as_paid(session: Session, fund: Fund, offer: Offer) -> Offer:
    """What is given as it is paid: in euro, where the fund cannot take the francs that were chosen.
    Each payment keeps its day and its share.
    """
    amount, chosen = exchanged(session, fund, offer.amount, clock.today())
    if chosen is None or not offer.payments:
        return replace(offer, amount=amount, chosen=chosen)
    parts = amount.allocate([due.amount.minor for due in offer.payments])
    payments = tuple(
        replace(due, amount=part) for due, part in zip(offer.payments, parts, strict=True)
    )
    return replace(offer, amount=amount, chosen=chosen, payments=payments)


def exchange_of_francs(session: Session, fund: Fund) -> str:
    """What 100 francs are in euro, where gifts in francs are paid in euro; else ""."""
    if FRANCS not in gift_currencies(fund):
        return ""
    francs = Money.parse("100", FRANCS)
    amount, chosen = exchanged(session, fund, francs, clock.today())
    return exchange_in_words(francs, amount, chosen.rate_on) if chosen else ""


def _kind_choices() -> list[tuple[str, str]]:
    return [
        (DonorKind.INDIVIDUAL.value, _("Myself")),
        (DonorKind.FOUNDATION.value, _("A foundation")),
        (DonorKind.PRIVATE.value, _("A company")),
        (DonorKind.NGO.value, _("An association")),
    ]


def _rhythms() -> list[tuple[str, str]]:
    return [(ONCE, _("Once")), (MONTHLY, _("Every month, by card"))]


class GiftForm(Form):
    """Seven answers; those that are known of a person who has signed in are not asked."""

    proposed = RadioField(_l("Amount"), missing=_l("Choose an amount."), required=True)
    other = MoneyField(_l("Another amount"), checks=[plausible])
    rhythm = RadioField(_l("How often?"), _rhythms, default=ONCE, required=True)
    kind = RadioField(
        _l("Who is giving?"), _kind_choices, default=DonorKind.INDIVIDUAL.value, required=True
    )
    donor = SelectField(_l("Who is giving?"), missing=_l("Choose who is giving."), required=True)
    organisation = TextField(_l("Name of the organisation"), limit=200, autocomplete="organization")
    name = TextField(_l("Your name"), limit=120, autocomplete="name", required=True)
    email = EmailField(_l("E-mail address"), required=True)
    country = CountryField(_l("Country"), required=True)
    public_name = CheckboxField(_l("Publish the name of the donor with this gift"))
    appeals = CheckboxField(
        _l(
            "Write to me about the work of the fund and how I can help. I can stop "
            "these messages at any time."
        )
    )
    key = HiddenField(default=lambda: secrets.token_urlsafe(24), limit=64)

    def __init__(
        self,
        *args: Any,
        proposals: Sequence[Money],
        currencies: Sequence[str],
        donors: Sequence[Organisation] = (),
        signed_in: bool = False,
        card_currencies: Sequence[str] = (),
        **options: Any,
    ) -> None:
        self.proposals, self.donors, self.card_currencies = proposals, donors, card_currencies
        super().__init__(*args, **options)
        self.other.currencies, self.other.preset = tuple(currencies), proposals[0].currency
        omitted = {"email", "name"} if signed_in else set()
        omitted |= set() if card_currencies else {"rhythm"}
        omitted |= {"appeals"} if donors else set()
        omitted |= {"kind", "organisation", "country"} if donors else set()
        omitted |= {"donor"} if len(donors) < 2 else set()
        for name in omitted:
            del self[name]

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        keys = [(f"{amount}", whole_money(amount)) for amount in self.proposals]
        self.proposed.choices = [*keys, (OTHER, _("Another amount"))]
        self.proposed.default = keys[1][0]
        self.donor.choices = [(donor.code, donor.name) for donor in self.donors]
        super().process(formdata, *args, **options)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.proposed.data == OTHER and not self.other.data and not self.other.errors:
            self.complain("other", _("Enter the amount."))
        if "organisation" in self and self.for_others and not self.organisation.data:
            self.complain("organisation", _("Enter the name of the organisation."))
        if self.is_monthly and not self.errors:
            self._require_for_a_card()
        return valid and not self.errors

    def _require_for_a_card(self) -> None:
        if self.amount.currency not in self.card_currencies:
            listed = spaced(",").join(self.card_currencies)
            self.complain(
                "rhythm",
                _("Monthly gifts can be made in these currencies: %(listed)s.", listed=listed),
            )
        elif self.gives_for_others:
            self.complain(
                "rhythm", _("Only individuals can give every month by card. Choose “Once”.")
            )

    @property
    def is_monthly(self) -> bool:
        """Is the amount to be given every month?"""
        return bool("rhythm" in self and self.rhythm.data == MONTHLY)

    @property
    def gives_for_others(self) -> bool:
        """Is it an organisation's gift, whether it is known already or entered here?"""
        if "kind" in self:
            return self.for_others
        donor = Gift(self).donor
        return donor is not None and donor.kind is not DonorKind.INDIVIDUAL

    @property
    def amount(self) -> Money:
        """What is given."""
        if self.proposed.data == OTHER:
            other: Money = self.other.data
            return other
        return Money.parse(self.proposed.data, self.proposals[0].currency)

    @property
    def for_others(self) -> bool:
        """Is it an organisation's gift?"""
        return bool(self.kind.data != DonorKind.INDIVIDUAL.value)


@dataclass(frozen=True)
class Gift:
    """What was answered on the page, and who answers."""

    form: GiftForm
    person: str = ""
    """Name of who has signed in."""

    @property
    def donor(self) -> Organisation | None:
        """The donor that a person who has signed in acts for; None for a new one."""
        if "donor" not in self.form:
            return self.form.donors[0] if self.form.donors else None
        return next(donor for donor in self.form.donors if donor.code == self.form.donor.data)

    def offer(self) -> Offer:
        form = self.form
        public_name, key = form.public_name.data, form.key.data
        return Offer(form.amount, public_name=public_name, gift=True, key=key)

    @property
    def consent(self) -> str:
        """The words with which a private person agreed to appeals; "" if they did not."""
        form = self.form
        may_consent = "appeals" in form and not form.for_others
        return str(form.appeals.label.text) if may_consent and form.appeals.data else ""

    def giver(self) -> Giver:
        form = self.form
        name = form.organisation.data if form.for_others else self._own_name
        return Giver(name or "", DonorKind.of(form.kind.data), form.country.data)

    def contact(self) -> Contact:
        email = self.form.email.data or ""
        return Contact(self._own_name, email, own_language(), bool(self.consent))

    @property
    def _own_name(self) -> str:
        return (self.form.name.data or "") if "name" in self.form else self.person
