"""Money: whole minor units of a currency with its own exponent. No float comes near it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

from grants.core.kernel.errors import DomainError, InvalidInput
from grants.core.kernel.iso4217 import DECIMALS, WITHDRAWN
from grants.core.kernel.language import gettext as _

FUNCTIONAL_CURRENCY = "USD"
"""The currency of the fund's books."""

_GROUPING = re.compile("[\\s\u00a0\u202f'\u2019_]")
_ARABIC_FIGURES = str.maketrans("٠١٢٣٤٥٦٧٨٩٫٬", "0123456789.,")
_FIGURES = re.compile(r"-?\d[\d.,]*")
_GROUPED = re.compile(r"-?\d+|-?\d{1,3}([.,]\d{2,3})*[.,]\d{3}")


def currencies() -> frozenset[str]:
    """ISO 4217 codes that money can be pledged in today."""
    return frozenset(DECIMALS)


@cache
def known_currencies() -> frozenset[str]:
    """The currencies in use and those withdrawn, which older records may be kept in."""
    return currencies() | frozenset(WITHDRAWN) | frozenset(list_currencies())


@cache
def exponent(currency: str) -> int:
    """Decimal places of a currency: JPY 0, USD 2, KWD 3. An unknown code is an InvalidInput.

    ISO 4217 says so for currencies in use; for withdrawn ones it no longer does, and Unicode's
    tables do.
    """
    if currency not in known_currencies():
        raise InvalidInput(
            _(
                "%(code)s is not a currency; use an ISO 4217 code such as USD.",
                code=currency,
            )
        )
    return DECIMALS.get(currency, get_currency_precision(currency))


def in_use(currency: str, day: date) -> bool:
    """Could anybody pay in this currency on that day?"""
    return currency in DECIMALS or day < WITHDRAWN.get(currency, date.min)


def require_in_use(currency: str, day: date) -> None:
    """New money is in a currency in use on its day; InvalidInput tells which was withdrawn when."""
    exponent(currency)
    if in_use(currency, day):
        return
    if currency not in WITHDRAWN:
        raise InvalidInput(
            _("%(code)s is not a currency; use an ISO 4217 code such as USD.", code=currency)
        )
    raise InvalidInput(
        _(
            "%(code)s was withdrawn before %(day)s; use the currency that replaced it.",
            code=currency,
            day=WITHDRAWN[currency].isoformat(),
        )
    )


def round_minor(value: Decimal) -> int:
    """Half-even to a whole minor unit: the one rounding of the books (UN rate arithmetic)."""
    return int(value.to_integral_value(ROUND_HALF_EVEN))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency: `minor` units (cents) and an ISO 4217 code."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read an amount as people type it: "1,234.50", "1 234,50", "1234".

        InvalidInput says what is wrong: no number, or more decimals than the currency has.
        """
        places = exponent(currency)
        number = _plain_number(text, places)
        scaled = number.scaleb(places)
        if scaled != scaled.to_integral_value():
            raise InvalidInput(_too_many_decimals(currency, places))
        return cls(int(scaled), currency)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal:f}"

    def __composite_values__(self) -> tuple[int, str]:
        return self.minor, self.currency

    def _require_same_currency(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise DomainError(
                _(
                    "%(one)s and %(other)s cannot be added: convert one first.",
                    one=self.currency,
                    other=other.currency,
                )
            )

    def __add__(self, other: "Money") -> "Money":
        self._require_same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._require_same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._require_same_currency(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._require_same_currency(other)
        return self.minor <= other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, percent: Decimal) -> "Money":
        """`percent` of this amount, rounded half-even: PSC of 13 on 1.00 is 0.13."""
        return Money(round_minor(self.minor * percent / 100), self.currency)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by weights so that the parts add up exactly; earlier parts take the odd units."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise DomainError(
                _("An amount can only be split over weights that add up to more than 0.")
            )
        parts = [self.minor * weight // total for weight in weights]
        positions = [place for place, weight in enumerate(weights) if weight]
        for place in positions[: self.minor - sum(parts)]:
            parts[place] += 1
        return [Money(part, self.currency) for part in parts]


def usd(minor: int) -> Money:
    """Cents of the functional currency."""
    return Money(minor, FUNCTIONAL_CURRENCY)


def total(amounts: Iterable[Money], currency: str = FUNCTIONAL_CURRENCY) -> Money:
    """The sum, which is 0 `currency` for no amounts."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result


def to_usd(amount: Money, rate: Decimal) -> Money:
    """USD at a UN operational rate (`rate` units of the currency for 1 USD), half-even, once."""
    if amount.currency == FUNCTIONAL_CURRENCY:
        return amount
    return usd(round_minor(amount.decimal / rate * 100))


def _too_many_decimals(currency: str, places: int) -> str:
    if places == 0:
        return _("%(code)s has no decimals: enter a whole number.", code=currency)
    return _(
        "%(code)s has %(places)s decimals: enter no more than that.",
        code=currency,
        places=places,
    )


def _plain_number(text: str, places: int) -> Decimal:
    """The number a person meant. A lone "," or "." with three digits behind it groups thousands."""
    compact = _GROUPING.sub("", text.strip()).translate(_ARABIC_FIGURES)
    if not _FIGURES.fullmatch(compact) or len(compact) > 20:
        raise InvalidInput(
            _("“%(text)s” is not an amount. Enter an amount such as 1,234.50.", text=text)
        )
    separators = [mark for mark in compact if mark in ".,"]
    point = separators[-1] if separators else ""
    behind = len(compact) - compact.rfind(point) - 1 if point else 0
    lone_group = behind == 3 and len(set(separators)) == 1 and (places != 3 or point == ",")
    if point and (separators.count(point) > 1 or lone_group):
        point = ""
    whole, _mark, fraction = compact.rpartition(point) if point else (compact, "", "")
    if not _is_grouped(whole):
        raise InvalidInput(
            _("“%(text)s” is not an amount. Enter an amount such as 1,234.50.", text=text)
        )
    digits = whole.replace(",", "").replace(".", "")
    return Decimal(f"{digits}.{fraction or 0}")


def _is_grouped(whole: str) -> bool:
    """Thousands are grouped by threes, or not at all (Indian groups of two are accepted)."""
    return _GROUPED.fullmatch(whole) is not None
