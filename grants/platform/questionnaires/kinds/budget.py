"""The budget table: lines of quantity × unit cost, added up exactly."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.lengths import within
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, round_minor, total
from grants.platform.questionnaires.kinds import (
    Choice,
    Option,
    Question,
    amount_above_nothing,
    choice_faults,
    options_of,
)
from grants.platform.questionnaires.reading import Fault, Problem, Reading, Typed, first_of
from grants.platform.web import typed as typing_rules

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
    wide: ClassVar[bool] = True
    categories: tuple[Choice, ...] = ()
    currency: str = FUNCTIONAL_CURRENCY

    @property
    def options(self) -> list[Option]:
        return options_of(self.categories)

    def owns(self, name: str) -> bool:
        return self._place(name) is not None

    def read(self, typed: Typed) -> Reading:
        lines: list[dict[str, str | None]] = []
        problems: list[Problem] = []
        for index in self.indices(typed):
            texts = {column: first_of(typed, self.cell(index, column)) for column in COLUMNS}
            if any(texts.values()):
                line, wrong = self._line(index, texts)
                lines.append(line)
                problems += wrong
        if len(lines) > MOST_LINES:
            problems.append(self.wrong(_("Enter no more than %(most)s rows.", most=MOST_LINES)))
        if not lines and self.required:
            problems.append(self.missing())
        return Reading(lines or None, tuple(problems))

    def _line(
        self, index: str, texts: Mapping[str, str]
    ) -> tuple[dict[str, str | None], list[Problem]]:
        line: dict[str, str | None] = dict.fromkeys((*COLUMNS, "total"))
        problems = []
        for column in COLUMNS:
            place = self.cell(index, column)
            if not texts[column]:
                said = _("Fill in “%(label)s”.", label=self.column_title(column))
                problems.append(Problem(self.key, place, said, Fault.MISSING))
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
        found = {place[0] for place in map(self._place, typed) if place}
        return sorted(found, key=int)

    def cell(self, index: str, column: str) -> str:
        """The name of an input."""
        return f"{self.name}-{index}-{column}"

    def _place(self, name: str) -> tuple[str, str] | None:
        if not name.startswith(f"{self.name}-"):
            return None
        found = re.fullmatch(r"(\d{1,4})-([a-z_]+)", name[len(self.name) + 1 :], re.ASCII)
        return (found[1], found[2]) if found and found[2] in COLUMNS else None

    def missing_text(self) -> str:
        return _("Fill in at least one row of “%(label)s”.", label=self.title)

    @property
    def target(self) -> str:
        return self.cell("0", "category")

    def prose(self, typed: Typed) -> Iterator[str]:
        for index in self.indices(typed):
            yield first_of(typed, self.cell(index, "description"))

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
