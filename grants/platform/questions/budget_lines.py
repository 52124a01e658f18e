"""The lines of a budget as people type them: what they are called, read and refused for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.lengths import within
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, round_minor
from grants.core.texts.formats import plain_money
from grants.platform.forms import typed as typing_rules
from grants.platform.questions.base import Option, Question
from grants.platform.questions.choices import Choice, options_of
from grants.platform.questions.figures import amount_above_nothing
from grants.platform.questions.reading import (
    Fault,
    Problem,
    Reading,
    Typed,
    first_of,
)
from grants.platform.questions.spread import (
    ALL_PAYERS,
    PAID,
    REQUESTED,
    Spread,
    periods_of,
)
from grants.platform.questions.values import (
    Cells,
    NotAnAnswer,
    figure_in,
    list_in,
    mapping_in,
    text_in,
)
from grants.platform.questions.words import LongText

COLUMNS = ("category", "description", "quantity", "unit_cost")
NOTE = "note"
LONGEST_NOTE = 500
MOST_LINES = 60
LONGEST_DESCRIPTION = 300
_CELL = re.compile(r"(\d{1,4})-([a-z_]+)(?:-([a-z0-9_-]+)_(\d{1,2}))?", re.ASCII)
"""What stands in the name of an input behind that of its budget."""


def line_total(line: Mapping[str, Any], currency: str) -> Money | None:
    """Quantity × unit cost, half-even to the cent; None while one of them lacks."""
    if line["quantity"] is None or line["unit_cost"] is None:
        return None
    unit = Money.parse(line["unit_cost"], currency)
    return Money(round_minor(Decimal(line["quantity"]) * unit.minor), currency)


@dataclass(frozen=True, kw_only=True)
class TypedBudget(Question):
    """How the lines of a budget are typed, and what is wrong with them.

    The value is a list of {"category", "description", "quantity", "unit_cost", "total"}, numbers
    as text; what a line lacks is None. With `spans` or `payers` a line has "amounts" too: by who
    pays, for each period; its "total" is what the first who pays is asked for.
    """

    categories: tuple[Choice, ...] = ()
    currency: str = FUNCTIONAL_CURRENCY
    span: str = "year"
    """What a period is: year, quarter or month."""
    spans: int = 0
    """How many periods there are; 0: the amounts are not spread over time."""
    payers: tuple[Choice, ...] = ()
    """Who pays: the fund first; empty: the fund alone."""
    without_unit_costs: bool = False
    """Are quantity and unit cost left out?"""
    notes: bool = False
    """May each line have a note?"""

    @property
    def spread(self) -> Spread | None:
        """How amounts are spread; None where a line is its quantity × unit cost alone."""
        if not (self.spans or self.payers):
            return None
        payers = options_of(self.payers) or [(REQUESTED, _("Requested"))]
        periods = periods_of(self.span, self.spans)
        return Spread(tuple(payers), tuple(periods), self.currency)

    @property
    def line_columns(self) -> tuple[str, ...]:
        """What is typed for a line beside its amounts."""
        return COLUMNS[:2] if self.without_unit_costs else COLUMNS

    @property
    def options(self) -> list[Option]:
        return options_of(self.categories)

    def owns(self, name: str) -> bool:
        return self._place_of(name) is not None

    def read(self, typed: Typed) -> Reading:
        lines: list[dict[str, Any]] = []
        problems: list[Problem] = []
        spread = self.spread
        for index in self.indices(typed):
            texts = {c: first_of(typed, self.cell(index, c)) for c in self.line_columns}
            line, wrong = self._read_line(index, texts)
            if spread:
                more, wrong_amounts = self._read_amounts(index, line, typed, spread)
                wrong += wrong_amounts
                line |= more
            if any(texts.values()) or not self._is_line_blank(index, typed):
                lines.append(line)
                problems += wrong
        if len(lines) > MOST_LINES:
            problems.append(self.wrong(_("Enter no more than %(most)s rows.", most=MOST_LINES)))
        if not lines and self.required:
            problems.append(self.missing())
        return Reading(lines or None, tuple(problems))

    def _read_line(
        self, index: str, texts: Mapping[str, str]
    ) -> tuple[dict[str, Any], list[Problem]]:
        line: dict[str, Any] = dict.fromkeys((*COLUMNS, "total"))
        problems = []
        for column in self.line_columns:
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

    def _is_line_blank(self, index: str, typed: Typed) -> bool:
        begin = f"{self.name}-{index}-"
        return not any(
            text.strip()
            for name, texts in typed.items()
            if name.startswith(begin)
            for text in texts
        )

    def _read_amounts(
        self, index: str, line: Mapping[str, Any], typed: Typed, spread: Spread
    ) -> tuple[dict[str, Any], list[Problem]]:
        """The amounts of a line, its note, and what is to be corrected there."""
        begin = f"{self.name}-{index}"
        amounts, wrong = spread.read(begin, typed)
        more: dict[str, Any] = {"amounts": amounts}
        problems = [self.wrong(message, place) for place, message in wrong.items()]
        if self.notes:
            more["note"] = first_of(typed, self.cell(index, NOTE))[:LONGEST_NOTE] or None
        whole = spread.sum_of(more, ALL_PAYERS)
        requested = spread.sum_of(more, spread.payers[0][0])
        more["total"] = str(requested) if requested else None
        first = spread.name_of(begin, spread.payers[0][0], 0)
        if not problems and not whole:
            message = _("Enter at least one amount.")
            problems.append(Problem(self.key, first, message, Fault.MISSING))
        cost = line_total(line, self.currency)
        if not problems and cost is not None and cost != whole:
            message = _(
                "The amounts add up to %(sum)s; quantity × unit cost is %(cost)s.",
                sum=plain_money(whole),
                cost=plain_money(cost),
            )
            problems.append(self.wrong(message, first))
        return more, problems

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
            NOTE: _("Note"),
        }[column]

    def written_texts(self, value: Any) -> Iterator[tuple[Question, str]]:
        """What each line is for, and its note."""
        for line in value or ():
            for column in ("description", NOTE):
                if text := line.get(column):
                    yield LongText(key=column, label={"en": self.column_title(column)}), text

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
        match = _CELL.fullmatch(name, len(self.name) + 1)
        if match is None:
            return None
        index, column, payer, at = match.groups()
        if payer is None:
            columns = (*self.line_columns, NOTE) if self.notes else self.line_columns
            return (index, column) if column in columns else None
        payers = [choice.code for choice in self.payers] or [REQUESTED]
        is_amount = column == PAID and payer in payers and 1 <= int(at) <= max(self.spans, 1)
        return (index, column) if is_amount and (self.spans or self.payers) else None

    def missing_text(self) -> str:
        return _("Fill in at least one row of “%(label)s”.", label=self.title)

    @property
    def target(self) -> str:
        return self.cell("0", "category")

    def prose(self, typed: Typed) -> Iterator[str]:
        for index in self.indices(typed):
            yield first_of(typed, self.cell(index, "description"))
            yield first_of(typed, self.cell(index, NOTE))

    def as_typed(self, value: Any) -> Cells:
        """Rows with category, description, quantity and unit cost; `total` is worked out again."""
        for index, row in enumerate(list_in(value)):
            line = mapping_in(row)
            if set(line) - {*COLUMNS, "total", "amounts", NOTE}:
                raise NotAnAnswer
            for column in (*COLUMNS, NOTE):
                if line.get(column) is not None:
                    reader = figure_in if column in ("quantity", "unit_cost") else text_in
                    yield self.cell(str(index), column), [reader(line[column])]
            if amounts := line.get("amounts"):
                yield from self._amounts_as_typed(str(index), mapping_in(amounts))

    def _amounts_as_typed(self, index: str, amounts: Mapping[str, Any]) -> Cells:
        if self.spread is None or set(amounts) - dict(self.spread.payers).keys():
            raise NotAnAnswer
        for payer, row in amounts.items():
            if len(list_in(row)) > self.spread.width:
                raise NotAnAnswer
            for at, amount in enumerate(row):
                if amount is not None:
                    name = self.spread.name_of(f"{self.name}-{index}", payer, at)
                    yield name, [figure_in(amount)]
