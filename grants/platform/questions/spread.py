"""How the amounts of a budget are spread: over those who pay, and over years, quarters or months.

The first of those who pay is the fund: what it is asked for is the request. A code of an expression
may join a category, a payer and a period with "/", as in "staff/own/year_1"; "all" is all who pay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent
from grants.platform.questions.base import Option
from grants.platform.questions.reading import Typed, first_of

SPANS = ("year", "quarter", "month")
MOST_SPANS = 12
MOST_PAYERS = 5
REQUESTED = "requested"
ALL_PAYERS = "all"
PAID = "paid"
"""Part of the names of the inputs for amounts."""


def periods_of(span: str, number: int) -> list[Option]:
    """The codes and names of years, quarters or months."""
    return [(f"{span}_{at}", _period_name(span, at)) for at in range(1, number + 1)]


def _period_name(span: str, number: int) -> str:
    if span == "month":
        return _("Month %(number)s", number=number)
    if span == "quarter":
        return _("Quarter %(number)s", number=number)
    return _("Year %(number)s", number=number)


@dataclass(frozen=True, slots=True)
class Spread:
    """Who pays, and the periods; without periods there is one amount for each who pays."""

    payers: tuple[Option, ...]
    periods: tuple[Option, ...]
    currency: str

    @property
    def width(self) -> int:
        return max(len(self.periods), 1)

    @property
    def places(self) -> Iterator[tuple[str, int]]:
        return ((payer, at) for payer, _label in self.payers for at in range(self.width))

    def name_of(self, line: str, payer: str, at: int) -> str:
        """The name of an input; `line` is what the inputs of its line begin with."""
        return f"{line}-{PAID}-{payer}_{at + 1}"

    def read(self, line: str, typed: Typed) -> tuple[dict[str, list[str | None]], dict[str, str]]:
        """The amounts of a line by who pays, and what is wrong by the name of the input."""
        amounts: dict[str, list[str | None]] = {p: [None] * self.width for p, _l in self.payers}
        wrong: dict[str, str] = {}
        for payer, at in self.places:
            name = self.name_of(line, payer, at)
            if text := first_of(typed, name):
                try:
                    amounts[payer][at] = str(_amount_in(text, self.currency))
                except FundError as refusal:
                    wrong[name] = refusal.message
        return amounts, wrong

    def sum_of(self, line: Mapping[str, Any], payer: str, period: str = "") -> Money:
        """What one pays, or all, in a period or in all of them."""
        amounts: Mapping[str, Sequence[str | None]] = line.get("amounts") or {}
        chosen = amounts.values() if payer == ALL_PAYERS else [amounts.get(payer) or ()]
        at = next((n for n, (code, _label) in enumerate(self.periods) if code == period), None)
        texts = [
            text
            for row in chosen
            for number, text in enumerate(row)
            if text is not None and at in (None, number)
        ]
        whole = sum(map(Decimal, texts), Decimal(0))  # as Money writes an amount: read it as it is
        return Money(int(whole.scaleb(exponent(self.currency))), self.currency)


def _amount_in(text: str, currency: str) -> Money:
    """Nothing, or more."""
    amount = Money.parse(text, currency)
    if amount.minor < 0:
        raise InvalidInput(_("Enter an amount of 0 or more."))
    return amount
