"""Answers in figures: numbers and amounts of money."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.platform.forms import typed, widgets
from grants.platform.forms.fields.question import PartsField, Question

USUAL_CURRENCIES = (
    "USD", "EUR", "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "GBP", "HUF", "INR",
    "JPY", "KRW", "KWD", "MXN", "NOK", "NZD", "PLN", "QAR", "RON", "RUB", "SAR", "SEK", "SGD",
    "THB", "TRY", "ZAR",
)  # fmt: skip

LARGEST = 2_000_000_000
"""No count of a fund is larger; a column of whole numbers ends soon after."""


class NumberField(Question):
    """A whole number, or with `places` a Decimal of at most so many decimals."""

    inputmode = "numeric"
    input_type = "text"
    spellcheck: bool | None = False

    def __init__(
        self,
        label: str = "",
        *,
        least: int | Decimal | None = 0,
        most: int | Decimal | None = None,
        places: int = 0,
        suffix: str = "",
        **options: Any,
    ) -> None:
        super().__init__(label, **{"width": 10, **options})
        self.least, self.most, self.places, self.suffix = least, most, places, suffix
        self.inputmode = "decimal" if places else "numeric"

    def read(self, text: str) -> int | Decimal:
        value = typed.decimal_number(text, self.places)
        return value if self.places else int(value)

    def check(self) -> None:
        if self.least is not None and self.data < self.least:
            raise InvalidInput(_("Enter a number of %(least)s or more.", least=self.least))
        most = LARGEST if self.most is None else self.most
        if self.data > most:
            raise InvalidInput(_("Enter a number of %(most)s or less.", most=most))


class AmountField(Question):
    """An amount whose currency the page decides: its own, else the form's. Gives Money."""

    inputmode = "decimal"
    input_type = "text"
    spellcheck: bool | None = False

    def __init__(
        self,
        label: str = "",
        *,
        currency: str = "",
        zero: bool = False,
        most: Money | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, **{"width": 10, **options})
        self.currency = currency or getattr(self.form, "currency", "USD")
        self.zero, self.most = zero, most

    def read(self, text: str) -> Money:
        return Money.parse(text, self.currency)

    def write(self, value: Money) -> str:
        return str(value)

    def check(self) -> None:
        check_amount(self.data, zero=self.zero, most=self.most)


class MoneyField(PartsField):
    """An amount and its currency, chosen by the person. Gives Money."""

    widget = staticmethod(widgets.money)
    parts = ("amount", "currency")

    def __init__(
        self,
        label: str = "",
        *,
        currencies: Sequence[str] = USUAL_CURRENCIES,
        preset: str = "USD",
        zero: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.currencies, self.preset, self.zero = tuple(currencies), preset, zero

    @property
    def target(self) -> str:
        return f"{self.id}-amount"

    def is_empty(self) -> bool:
        """A currency without an amount is no answer yet."""
        return self.data is None and not self.part(0).strip()

    def process_formdata(self, valuelist: list[Any]) -> None:
        amount, currency = (str(text).strip() for text in valuelist)
        self.data = self._reading(lambda: self._money(amount, currency)) if amount else None

    def _money(self, amount: str, currency: str) -> Money:
        if currency not in self.currencies:
            raise InvalidInput(_("Choose the currency of the amount."))
        return Money.parse(amount, currency)

    def write_part(self, value: Money, index: int) -> str:
        return value.currency if index else str(value)

    @property
    def chosen_currency(self) -> str:
        return self.part(1) or self.preset

    def check(self) -> None:
        check_amount(self.data, zero=self.zero, most=None)


def check_amount(amount: Money, *, zero: bool, most: Money | None) -> None:
    """Amounts are above nothing unless a field says otherwise."""
    if amount.minor < 0 or (amount.minor == 0 and not zero):
        raise InvalidInput(_("Enter an amount greater than 0."))
    if most is not None and amount.minor > most.minor:
        raise InvalidInput(
            _("Enter an amount of %(most)s or less.", most=f"{most.currency} {most.decimal:,f}")
        )
