"""Numbers, sums of money and days."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.formats import plain_day
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.platform.questionnaires.kinds.base import Question
from grants.platform.questionnaires.reading import Texts, Typed, first_of
from grants.platform.web import typed as typing_rules


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A number from `least` to `most`, whole unless it has `places`. `unit` follows it."""

    kind: ClassVar[str] = "number"
    least: int = 0
    most: int | None = None
    places: int = 0
    unit: Texts = field(default_factory=dict)

    def value_of(self, typed: Typed) -> int | str:
        number = typing_rules.decimal_number(first_of(typed, self.name), self.places)
        if number < self.least:
            raise InvalidInput(_("Enter a number of %(least)s or more.", least=self.least))
        if self.most is not None and number > self.most:
            raise InvalidInput(_("Enter a number of %(most)s or less.", most=self.most))
        return f"{number.normalize():f}" if self.places else int(number)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if self.most is not None and self.most < self.least:
            yield _("set a minimum below the maximum")


@dataclass(frozen=True, kw_only=True)
class Amount(Question):
    """A sum of money above 0; with `zero`, 0 is an answer too."""

    kind: ClassVar[str] = "amount"
    currency: str = FUNCTIONAL_CURRENCY
    zero: bool = False

    def value_of(self, typed: Typed) -> str:
        text = first_of(typed, self.name)
        if self.zero and not Money.parse(text, self.currency):
            return str(Money(0, self.currency))
        return str(amount_above_nothing(text, self.currency))


@dataclass(frozen=True, kw_only=True)
class Day(Question):
    """A day, typed in three boxes."""

    kind: ClassVar[str] = "day"
    first: date | None = None
    last: date | None = None
    parts: ClassVar[tuple[str, ...]] = ("day", "month", "year")

    def owns(self, name: str) -> bool:
        return name in {f"{self.name}-{part}" for part in self.parts}

    def value_of(self, typed: Typed) -> str:
        day = typing_rules.day_of(*(first_of(typed, f"{self.name}-{part}") for part in self.parts))
        if self.first and day < self.first:
            raise InvalidInput(_("The date must be %(day)s or later.", day=plain_day(self.first)))
        if self.last and day > self.last:
            raise InvalidInput(_("The date must be %(day)s or earlier.", day=plain_day(self.last)))
        return day.isoformat()

    @property
    def target(self) -> str:
        return f"{self.name}-day"


def amount_above_nothing(text: str, currency: str) -> Money:
    """A sum that a person can be given."""
    amount = Money.parse(text, currency)
    if amount.minor <= 0 or amount.decimal >= Decimal(10) ** 12:
        raise InvalidInput(_("Enter an amount greater than 0."))
    return amount
