"""What a column of a table may be: questions, and what is reckoned or not asked in a row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from babel.numbers import format_decimal

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, exponent
from grants.core.texts.formats import plain_money
from grants.platform.expressions.formulas import computed, is_formula, rounded
from grants.platform.expressions.nodes import Node
from grants.platform.expressions.parse import parse
from grants.platform.questions.base import Question, Untyped
from grants.platform.questions.choices import Country, OneOf, SeveralOf, YesNo
from grants.platform.questions.contacts import Email, Iban, Telephone, WebAddress
from grants.platform.questions.figures import Amount, Day, Figure, Number
from grants.platform.questions.files import Files
from grants.platform.questions.measures import Percentage, Year
from grants.platform.questions.parts import Address, Organisation, Person, Range
from grants.platform.questions.picked import Picked
from grants.platform.questions.reading import Wording
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.words import LongText, ShortText


@dataclass(frozen=True, kw_only=True)
class Computed(Untyped, Figure):
    """A column of a table that is reckoned from the other cells of its row."""

    kind: ClassVar[str] = "computed"
    kind_name: ClassVar[str] = _l("Computed from other columns")
    formula: str = ""
    money: str = ""
    """The currency of an amount; empty: a number with `places` decimals."""
    places: int = 2

    @property
    def cell_kind(self) -> str:  # type: ignore[override]
        """The kind of column that holds its values in a list."""
        return "money" if self.money else "number"

    @property
    def node(self) -> Node | None:
        """The formula; None while it cannot be read."""
        try:
            node = parse(self.formula)
        except InvalidInput:
            return None
        return node if is_formula(node) else None

    @property
    def decimals(self) -> int:
        return exponent(self.money) if self.money else self.places

    def value_in(self, cells: Mapping[str, Fraction | None]) -> str | None:
        """The value for the cells of a row, as it is kept."""
        value = computed(self.node, cells) if self.node else None
        return None if value is None else f"{rounded(value, self.decimals):f}"

    def rule(self) -> str:
        return _("Computed")

    def wording(self, value: Any) -> Wording:
        figure = self.figure_of(str(value))
        if isinstance(figure, Money):
            return Wording(text=plain_money(figure))
        return Wording(text=format_decimal(figure, locale=current_language().locale))

    def shape(self) -> Shape:
        return Shape(Kind.NUMBER, currency=self.money, whole=False)

    def figure_of(self, text: str) -> Decimal | Money:
        return Money.parse(text, self.money) if self.money else Decimal(text)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if self.node is None:
            yield _("write a formula with codes of other columns, + - * / and brackets")


@dataclass(frozen=True, kw_only=True)
class Unasked(Untyped):
    """A cell that is not asked in its row, because of the condition of its column."""

    kind: ClassVar[str] = "unasked"
    kind_name: ClassVar[str] = _l("Not asked in this row")

    def rule(self) -> str:
        return ""

    def wording(self, value: Any) -> Wording:  # noqa: ARG002 - there is no answer
        return Wording()

    def shape(self) -> Shape:
        return Shape(Kind.UNKNOWN, key=self.key)


COLUMNS: tuple[type[Question], ...] = (
    *(ShortText, LongText, Number, Amount, Day, YesNo, OneOf, SeveralOf, Picked, Country),
    *(Year, Percentage, Range, Email, Telephone, WebAddress, Iban, Address, Person, Organisation),
    *(Files, Computed),
)
"""The kinds of question that a column of a table may be."""
