"""Numbers, sums of money and days."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Self

from babel.numbers import format_decimal

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import current_language, in_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, exponent
from grants.core.texts.formats import plain_day, plain_money
from grants.platform.expressions.nodes import Value
from grants.platform.forms import typed as typing_rules
from grants.platform.questions.base import Question, Rewording
from grants.platform.questions.reading import Texts, Typed, Wording, first_of
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, NotAnAnswer, figure_in, text_in


@dataclass(frozen=True, kw_only=True)
class Figure(Question):
    """A number or a sum of money: it can be compared by size, and added up in a table."""

    def as_typed(self, value: Any) -> Cells:
        yield self.name, [figure_in(value)]

    def operand(self, value: Any) -> Value | None:
        return Fraction(value)

    def figures(self) -> list[tuple[str, str]]:
        return [(self.key, "number")]

    def list_cell(self, value: Any) -> Any:
        return self.figure_of(str(value))

    @property
    @abstractmethod
    def decimals(self) -> int:
        """How many decimals it may have."""

    @abstractmethod
    def figure_of(self, text: str) -> Decimal | Money:
        """The figure that a number stands for, ready for a table."""


@dataclass(frozen=True, kw_only=True)
class Number(Figure):
    """A number from `least` to `most`, whole unless it has `places`. `unit` follows it."""

    kind: ClassVar[str] = "number"
    kind_name: ClassVar[str] = _l("A number")
    cell_kind: ClassVar[str] = "number"
    least: int = 0
    most: int | None = None
    places: int = 0
    unit: Texts = field(default_factory=dict)

    def value_of(self, typed: Typed) -> int | str:
        number = typing_rules.decimal_number(first_of(typed, self.name), self.places)
        within_limits(number, self.least, self.most)
        return f"{number.normalize():f}" if self.places else int(number)

    def rule(self) -> str:
        unit = in_language(self.unit)
        return _("A number of %(unit)s", unit=unit) if unit else _("A number")

    def wording(self, value: Any) -> Wording:
        number = format_decimal(Decimal(value), locale=current_language().locale)
        unit = in_language(self.unit)
        text = _("%(number)s %(unit)s", number=number, unit=unit) if unit else number
        return Wording(text=text)

    def as_typed(self, value: Any) -> Cells:
        yield self.name, [figure_in(value) if self.places < 3 else str(value)]

    def shape(self) -> Shape:
        return Shape(Kind.NUMBER, least=self.least, most=self.most, whole=not self.places)

    @property
    def decimals(self) -> int:
        return self.places

    def figure_of(self, text: str) -> Decimal:
        return Decimal(text)

    def blank_rule(self) -> str:
        if self.most is None:
            return ""
        return _("A number from %(least)s to %(most)s.", least=self.least, most=self.most)

    def reworded(self, change: Rewording) -> Self:
        number = super().reworded(change)
        return replace(number, unit=change(self.placed(_("unit"), self.unit)))

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if self.most is not None and self.most < self.least:
            yield _("set a minimum below the maximum")


@dataclass(frozen=True, kw_only=True)
class Amount(Figure):
    """A sum of money above 0; with `zero`, 0 is an answer too."""

    kind: ClassVar[str] = "amount"
    kind_name: ClassVar[str] = _l("An amount of money")
    family: ClassVar[str] = "money"
    cell_kind: ClassVar[str] = "money"
    currency: str = FUNCTIONAL_CURRENCY
    zero: bool = False

    def value_of(self, typed: Typed) -> str:
        text = first_of(typed, self.name)
        if self.zero and not Money.parse(text, self.currency):
            return str(Money(0, self.currency))
        return str(amount_above_nothing(text, self.currency))

    def rule(self) -> str:
        return _("An amount in %(currency)s", currency=self.currency)

    def wording(self, value: Any) -> Wording:
        return Wording(text=plain_money(self.figure_of(value)))

    def shape(self) -> Shape:
        return Shape(Kind.NUMBER, currency=self.currency, least=0, whole=False)

    @property
    def decimals(self) -> int:
        return exponent(self.currency)

    def figure_of(self, text: str) -> Money:
        return Money.parse(text, self.currency)


@dataclass(frozen=True, kw_only=True)
class Day(Question):
    """A day, typed in three boxes."""

    kind: ClassVar[str] = "day"
    kind_name: ClassVar[str] = _l("A date")
    cell_kind: ClassVar[str] = "date"
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

    def rule(self) -> str:
        return _("A date")

    def wording(self, value: Any) -> Wording:
        return Wording(text=plain_day(date.fromisoformat(value)))

    def as_typed(self, value: Any) -> Cells:
        parts = text_in(value).split("-")
        if len(parts) != len(self.parts) and value.strip():
            raise NotAnAnswer
        for part, text in zip(self.parts, reversed(parts), strict=False):
            yield f"{self.name}-{part}", [text]

    def shape(self) -> Shape:
        return Shape(Kind.DAY, least=self.first, most=self.last)

    def operand(self, value: Any) -> Value | None:
        return date.fromisoformat(value)

    def figures(self) -> list[tuple[str, str]]:
        return [(self.key, "day")]

    def list_cell(self, value: Any) -> Any:
        return date.fromisoformat(value)


def within_limits(number: Decimal, least: int, most: int | None) -> None:
    """InvalidInput says which numbers a question takes."""
    if number < least:
        raise InvalidInput(_("Enter a number of %(least)s or more.", least=least))
    if most is not None and number > most:
        raise InvalidInput(_("Enter a number of %(most)s or less.", most=most))


def amount_above_nothing(text: str, currency: str) -> Money:
    """A sum that a person can be given."""
    amount = Money.parse(text, currency)
    if amount.minor <= 0 or amount.decimal >= Decimal(10) ** 12:
        raise InvalidInput(_("Enter an amount greater than 0."))
    return amount
