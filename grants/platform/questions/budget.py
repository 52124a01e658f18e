"""The budget table: lines of quantity × unit cost, added up exactly."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Self

from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.lengths import within
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, round_minor, total
from grants.core.texts.formats import NBSP
from grants.platform.forms import typed as typing_rules
from grants.platform.questions.base import Option, Question, Rewording
from grants.platform.questions.choices import Choice, choice_faults, choices_reworded, options_of
from grants.platform.questions.figures import amount_above_nothing
from grants.platform.questions.reading import (
    Fault,
    Grid,
    Problem,
    Reading,
    Typed,
    Wording,
    first_of,
)
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import (
    Cells,
    NotAnAnswer,
    figure_in,
    list_in,
    mapping_in,
    text_in,
)

COLUMNS = ("category", "description", "quantity", "unit_cost")
MOST_LINES = 60
LONGEST_DESCRIPTION = 300


@dataclass(frozen=True, kw_only=True)
class Budget(Question):
    """Lines with a category, a description, a quantity and a unit cost. Its total is the request.

    The value is a list of {"category", "description", "quantity", "unit_cost", "total"}, numbers
    as text; what a line lacks is None.
    """

    kind: ClassVar[str] = "budget"
    kind_name: ClassVar[str] = _l("A budget")
    family: ClassVar[str] = "money"
    wide: ClassVar[bool] = True
    categories: tuple[Choice, ...] = ()
    currency: str = FUNCTIONAL_CURRENCY

    @property
    def options(self) -> list[Option]:
        return options_of(self.categories)

    def owns(self, name: str) -> bool:
        return self._place_of(name) is not None

    def read(self, typed: Typed) -> Reading:
        lines: list[dict[str, str | None]] = []
        problems: list[Problem] = []
        for index in self.indices(typed):
            texts = {column: first_of(typed, self.cell(index, column)) for column in COLUMNS}
            if any(texts.values()):
                line, wrong = self._read_line(index, texts)
                lines.append(line)
                problems += wrong
        if len(lines) > MOST_LINES:
            problems.append(self.wrong(_("Enter no more than %(most)s rows.", most=MOST_LINES)))
        if not lines and self.required:
            problems.append(self.missing())
        return Reading(lines or None, tuple(problems))

    def _read_line(
        self, index: str, texts: Mapping[str, str]
    ) -> tuple[dict[str, str | None], list[Problem]]:
        line: dict[str, str | None] = dict.fromkeys((*COLUMNS, "total"))
        problems = []
        for column in COLUMNS:
            place = self.cell(index, column)
            if not texts[column]:
                message = _("Fill in “%(label)s”.", label=self.column_title(column))
                problems.append(Problem(self.key, place, message, Fault.MISSING))
                continue
            try:
                line[column] = self._cell_value(column, texts[column])
            except FundError as refusal:
                problems.append(self.wrong(refusal.message, place))
        if (amount := line_total(line, self.currency)) is not None:
            line["total"] = str(amount)
        return line, problems

    def _cell_value(self, column: str, text: str) -> str:
        match column:
            case "category":
                if text not in dict(self.options):
                    raise InvalidInput(_("Choose the category."))
                return text
            case "quantity":
                quantity = typing_rules.decimal_number(text, 2)
                if not 0 < quantity <= 1_000_000:
                    raise InvalidInput(_("Enter a number greater than 0."))
                return f"{quantity.normalize():f}"
            case "unit_cost":
                return str(amount_above_nothing(text, self.currency))
            case _:
                return within(text, LONGEST_DESCRIPTION)

    def column_title(self, column: str) -> str:
        return {
            "category": _("Category"),
            "description": _("Description"),
            "quantity": _("Quantity"),
            "unit_cost": _("Unit cost"),
        }[column]

    def indices(self, typed: Typed) -> list[str]:
        """The lines that were typed into, in their order."""
        indices = {place[0] for place in map(self._place_of, typed) if place}
        return sorted(indices, key=int)

    def cell(self, index: str, column: str) -> str:
        """The name of an input."""
        return f"{self.name}-{index}-{column}"

    def _place_of(self, name: str) -> tuple[str, str] | None:
        if not name.startswith(f"{self.name}-"):
            return None
        match = re.fullmatch(r"(\d{1,4})-([a-z_]+)", name[len(self.name) + 1 :], re.ASCII)
        return (match[1], match[2]) if match and match[2] in COLUMNS else None

    def missing_text(self) -> str:
        return _("Fill in at least one row of “%(label)s”.", label=self.title)

    @property
    def target(self) -> str:
        return self.cell("0", "category")

    def prose(self, typed: Typed) -> Iterator[str]:
        for index in self.indices(typed):
            yield first_of(typed, self.cell(index, "description"))

    def rule(self) -> str:
        return _("Rows with description, quantity and unit cost, in these categories:")

    def wording(self, value: Any) -> Wording:
        kinds = ("text", "text", "number", "money")
        heads = [(self.column_title(c), kind) for c, kind in zip(COLUMNS, kinds, strict=True)]
        return Wording(
            table=Grid(
                heads=(*heads, (_("Total"), "money")),
                rows=tuple(self._table_row(line) for line in value),
                foot=(_("Total"), NBSP, NBSP, NBSP, budget_total(value, self.currency)),
            )
        )

    def _table_row(self, line: Mapping[str, Any]) -> tuple[Any, ...]:
        cost, amount = (
            None if line[key] is None else Money.parse(line[key], self.currency)
            for key in ("unit_cost", "total")
        )
        quantity = None if line["quantity"] is None else Decimal(line["quantity"])
        return self.label_of(line["category"]), line["description"], quantity, cost, amount

    def as_typed(self, value: Any) -> Cells:
        """Rows with category, description, quantity and unit cost; `total` is worked out again."""
        for index, row in enumerate(list_in(value)):
            line = mapping_in(row)
            if set(line) - {*COLUMNS, "total"}:
                raise NotAnAnswer
            for column in COLUMNS:
                if line.get(column) is not None:
                    reader = figure_in if column in ("quantity", "unit_cost") else text_in
                    yield self.cell(str(index), column), [reader(line[column])]

    def shape(self) -> Shape:
        codes = frozenset(category.code for category in self.categories)
        return Shape(Kind.BUDGET, codes, self.currency, self.key)

    def figures(self) -> list[tuple[str, str]]:
        """The sum of the budget, and the share and the sum of each category."""
        texts = [(f"total({self.key})", "number"), (f"count({self.key})", "number")]
        for category in self.categories:
            texts.append((f'share({self.key}, "{category.code}")', "share"))
            texts.append((f'total({self.key}, "{category.code}")', "number"))
        return texts

    def sum_of(self, lines: Sequence[Mapping[str, Any]], category: str) -> Fraction | None:
        """The sum of the lines, or of those of a category; None while no line can be computed."""
        sums = [(line["category"], line_total(line, self.currency)) for line in lines]
        amounts = [(code, amount.decimal) for code, amount in sums if amount is not None]
        if not amounts:
            return None
        return sum(
            (Fraction(amount) for code, amount in amounts if category in ("", code)), Fraction(0)
        )

    def list_total(self, value: Any) -> Any:
        return budget_total(value, self.currency) if value else None

    @property
    def total_kind(self) -> str:
        return "money"

    def blank_rows(self) -> tuple[str, ...]:
        return tuple(label for _code, label in self.options)

    def blank_columns(self) -> tuple[str, ...]:
        return (*(self.column_title(column) for column in COLUMNS[1:]), _("Total"))

    def reworded(self, change: Rewording) -> Self:
        question = super().reworded(change)
        return replace(question, categories=choices_reworded(self, self.categories, change))

    def by_category(self, lines: list[dict[str, Any]] | None) -> list[tuple[str, Money]]:
        """What is asked for in each category, in the order of the form."""
        sums = []
        for code, label in self.options:
            amounts = [
                Money.parse(line["total"], self.currency)
                for line in lines or ()
                if line["category"] == code and line["total"] is not None
            ]
            if amounts:
                sums.append((label, total(amounts, self.currency)))
        return sums

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        yield from choice_faults(self.categories)


def line_total(line: Mapping[str, Any], currency: str) -> Money | None:
    """Quantity × unit cost, half-even to the cent; None while one of them lacks."""
    if line["quantity"] is None or line["unit_cost"] is None:
        return None
    unit = Money.parse(line["unit_cost"], currency)
    return Money(round_minor(Decimal(line["quantity"]) * unit.minor), currency)


def budget_total(lines: list[dict[str, Any]] | None, currency: str) -> Money:
    """The sum of the lines that can be computed."""
    amounts = [line_total(line, currency) for line in lines or ()]
    return total([amount for amount in amounts if amount is not None], currency)
