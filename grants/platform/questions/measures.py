"""Figures that are written in a way of their own: a year, a percentage."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from babel.numbers import format_decimal

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import NBSP
from grants.platform.expressions.nodes import Value
from grants.platform.forms import typed as typing_rules
from grants.platform.questions.base import Question
from grants.platform.questions.figures import Figure, within_limits
from grants.platform.questions.reading import Typed, Wording, first_of
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, figure_in

FIRST_YEAR, LAST_YEAR = 1700, 2200


@dataclass(frozen=True, kw_only=True)
class Year(Question):
    """A year of the common calendar: compared by size, never added up, never with separators."""

    kind: ClassVar[str] = "year"
    kind_name: ClassVar[str] = _l("A year")
    least: int = 1900
    most: int | None = None

    def value_of(self, typed: Typed) -> int:
        text = typing_rules.latin_digits(first_of(typed, self.name))
        if not (len(text) == 4 and text.isascii() and text.isdigit()):
            raise InvalidInput(_("The year must have 4 digits, such as 2026."))
        year = int(text)
        if year < self.least or (self.most is not None and year > self.most):
            raise InvalidInput(self.limits_in_words())
        return year

    def limits_in_words(self) -> str:
        if self.most is None:
            return _("Enter the year %(first)s or a later one.", first=str(self.least))
        return _(
            "Enter a year from %(first)s to %(last)s.", first=str(self.least), last=str(self.most)
        )

    def rule(self) -> str:
        return _("A year, in 4 digits")

    def blank_rule(self) -> str:
        return self.rule()

    def wording(self, value: Any) -> Wording:
        return Wording(text=str(value))

    def as_typed(self, value: Any) -> Cells:
        yield self.name, [figure_in(value)]

    def shape(self) -> Shape:
        return Shape(Kind.NUMBER, least=self.least, most=self.most, grouped=False)

    def operand(self, value: Any) -> Value | None:
        return Fraction(value)

    def figures(self) -> list[tuple[str, str]]:
        return [(self.key, "year")]

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not FIRST_YEAR <= self.least <= (self.most or LAST_YEAR) <= LAST_YEAR:
            yield _(
                "allow years from %(first)s to %(last)s, the earliest first",
                first=str(FIRST_YEAR),
                last=str(LAST_YEAR),
            )


@dataclass(frozen=True, kw_only=True)
class Percentage(Figure):
    """A percentage. In conditions it is a share like those of a budget: 12.5% is 0.125."""

    kind: ClassVar[str] = "percentage"
    kind_name: ClassVar[str] = _l("A percentage")
    cell_kind: ClassVar[str] = "number"
    least: int = 0
    most: int = 100
    places: int = 2

    def value_of(self, typed: Typed) -> str:
        text = first_of(typed, self.name).rstrip("%٪ " + NBSP)
        number = typing_rules.decimal_number(text, self.places)
        within_limits(number, self.least, self.most)
        return f"{number.normalize():f}"

    @property
    def heading(self) -> str:
        return _("%(label)s (%%)", label=self.title)

    def rule(self) -> str:
        return _("A percentage")

    def blank_rule(self) -> str:
        return _("A percentage from %(least)s to %(most)s.", least=self.least, most=self.most)

    def wording(self, value: Any) -> Wording:
        number = format_decimal(Decimal(value), locale=current_language().locale)
        return Wording(text=f"{number}%")

    def shape(self) -> Shape:
        return Shape(Kind.NUMBER, whole=False, share=True)

    def operand(self, value: Any) -> Value | None:
        return Fraction(value) / 100

    def figures(self) -> list[tuple[str, str]]:
        return [(self.key, "share")]

    @property
    def decimals(self) -> int:
        return self.places

    def figure_of(self, text: str) -> Decimal:
        return Decimal(text)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if self.most < self.least:
            yield _("set a minimum below the maximum")
