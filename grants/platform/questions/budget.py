"""The budget table: lines of quantity × unit cost, added up exactly."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Self

from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.lengths import within
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, round_minor, total
from grants.core.texts.formats import NBSP, plain_money
from grants.core.texts.marks import spaced
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
from grants.platform.questions.spread import (
    ALL_PAYERS,
    MOST_PAYERS,
    MOST_SPANS,
    PAID,
    REQUESTED,
    SPANS,
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

COLUMNS = ("category", "description", "quantity", "unit_cost")
NOTE = "note"
LONGEST_NOTE = 500
MOST_BLANK = 9
"""So many columns for amounts are printed for filling in by hand."""
MOST_LINES = 60
LONGEST_DESCRIPTION = 300


@dataclass(frozen=True, kw_only=True)
class Budget(Question):
    """Lines with a category, a description, a quantity and a unit cost. Its total is the request.

    The value is a list of {"category", "description", "quantity", "unit_cost", "total"}, numbers
    as text; what a line lacks is None. With `spans` or `payers` a line has "amounts" too: by who
    pays, for each period; its "total" is what the first who pays is asked for.
    """

    kind: ClassVar[str] = "budget"
    kind_name: ClassVar[str] = _l("A budget")
    family: ClassVar[str] = "money"
    wide: ClassVar[bool] = True
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
        for index in self.indices(typed):
            texts = {c: first_of(typed, self.cell(index, c)) for c in self.line_columns}
            line, wrong = self._read_line(index, texts)
            if self.spread:
                more, wrong_amounts = self._read_amounts(index, line, typed)
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
        self, index: str, line: Mapping[str, Any], typed: Typed
    ) -> tuple[dict[str, Any], list[Problem]]:
        """The amounts of a line, its note, and what is to be corrected there."""
        assert self.spread
        begin = f"{self.name}-{index}"
        amounts, wrong = self.spread.read(begin, typed)
        more: dict[str, Any] = {"amounts": amounts}
        problems = [self.wrong(message, place) for place, message in wrong.items()]
        if self.notes:
            more["note"] = first_of(typed, self.cell(index, NOTE))[:LONGEST_NOTE] or None
        whole = self.spread.sum_of(more, ALL_PAYERS)
        requested = self.spread.sum_of(more, self.spread.payers[0][0])
        more["total"] = str(requested) if requested else None
        first = self.spread.name_of(begin, self.spread.payers[0][0], 0)
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
        match = re.fullmatch(
            r"(\d{1,4})-([a-z_]+)(?:-([a-z0-9_-]+)_(\d{1,2}))?",
            name[len(self.name) + 1 :],
            re.ASCII,
        )
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

    def rule(self) -> str:
        if self.spread:
            return _(
                "Rows with description and amounts by %(parts)s, in these categories:",
                parts=spaced(",").join(
                    label for _c, label in (*self.spread.payers, *self.spread.periods)
                ),
            )
        return _("Rows with description, quantity and unit cost, in these categories:")

    def wording(self, value: Any) -> Wording:
        if self.spread:
            return Wording(table=spread_grid(self, self.spread, value))
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

    def shape(self) -> Shape:
        codes = frozenset(code for code, _label in self.divisions)
        return Shape(Kind.BUDGET, codes, self.currency, self.key)

    def figures(self) -> list[tuple[str, str]]:
        """The sum of the budget, and the share and the sum of each category."""
        texts = [(f"total({self.key})", "number"), (f"count({self.key})", "number")]
        for code, _label in self.divisions:
            texts.append((f'share({self.key}, "{code}")', "share"))
            texts.append((f'total({self.key}, "{code}")', "number"))
        return texts

    @property
    def divisions(self) -> list[Option]:
        """The parts of a budget that a rule may be about: categories, payers, periods, and all."""
        if self.spread is None:
            return self.options
        together = [(ALL_PAYERS, _("All who pay"))] if len(self.spread.payers) > 1 else []
        return [*self.options, *self.spread.payers, *together, *self.spread.periods]

    def names_division(self, code: str) -> bool:
        """Is it one of its parts, or some of them joined by "/"?"""
        known = dict(self.divisions)
        return all(part in known for part in code.split("/"))

    def label_of(self, code: str) -> str:
        known = dict(self.divisions)
        return spaced(",").join(known.get(part, part) for part in code.split("/"))

    def sum_of(self, lines: Sequence[Mapping[str, Any]], code: str) -> Fraction | None:
        """The sum of the request, or of the parts that a code names; None while no line can be
        computed.
        """
        parts = {part for part in code.split("/") if part}
        categories = parts & dict(self.options).keys()
        of_lines = [self._line_sum(line, parts) for line in lines]
        if all(amount is None for amount in of_lines):
            return None
        chosen = (
            amount.decimal
            for line, amount in zip(lines, of_lines, strict=True)
            if amount is not None and (not categories or line["category"] in categories)
        )
        return sum(map(Fraction, chosen), Fraction(0))

    def _line_sum(self, line: Mapping[str, Any], parts: Collection[str]) -> Money | None:
        """What the parts of a code make of one line; the request where they name no payer."""
        if self.spread is None:
            return line_total(line, self.currency)
        payers = [code for code, _label in self.spread.payers]
        payer = next((code for code in (ALL_PAYERS, *payers) if code in parts), payers[0])
        periods = [code for code, _label in self.spread.periods if code in parts]
        return self.spread.sum_of(line, payer, periods[0] if periods else "")

    def whole_beside(self, lines: Sequence[Mapping[str, Any]], code: str) -> Fraction | None:
        """The sum of which a part is a share: the request; where another payer is named, all."""
        others = [payer for payer, _label in self.spread.payers[1:]] if self.spread else []
        by_others = any(part in (*others, ALL_PAYERS) for part in code.split("/"))
        return self.sum_of(lines, ALL_PAYERS if by_others else "")

    def list_total(self, value: Any) -> Any:
        return budget_total(value, self.currency) if value else None

    @property
    def total_kind(self) -> str:
        return "money"

    def blank_rows(self) -> tuple[str, ...]:
        return tuple(label for _code, label in self.options)

    def blank_columns(self) -> tuple[str, ...]:
        columns = tuple(self.column_title(column) for column in self.line_columns[1:])
        if self.spread is None:
            return (*columns, _("Total"))
        payers = [label for _code, label in self.spread.payers]
        periods = [label for _code, label in self.spread.periods]
        both = [spaced(":").join((payer, period)) for payer in payers for period in periods]
        return (*columns, *(both if both and len(both) <= MOST_BLANK else payers))

    def reworded(self, change: Rewording) -> Self:
        question = super().reworded(change)
        return replace(
            question,
            categories=choices_reworded(self, self.categories, change),
            payers=choices_reworded(self, self.payers, change),
        )

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
        if self.payers:
            yield from choice_faults(self.payers)
        if self.span not in SPANS or not 0 <= self.spans <= MOST_SPANS:
            yield _("spread it over up to %(most)s years, quarters or months", most=MOST_SPANS)
        if len(self.payers) > MOST_PAYERS:
            yield _("name up to %(most)s who pay", most=MOST_PAYERS)
        codes = [code for code, _label in self.divisions]
        if self.spread and len(set(codes)) < len(codes):
            yield _("give each category and each who pays another code")
        if self.without_unit_costs and not self.spread:
            yield _("ask for quantity and unit cost, or spread the budget over years or payers")


def line_total(line: Mapping[str, Any], currency: str) -> Money | None:
    """Quantity × unit cost, half-even to the cent; None while one of them lacks."""
    if line["quantity"] is None or line["unit_cost"] is None:
        return None
    unit = Money.parse(line["unit_cost"], currency)
    return Money(round_minor(Decimal(line["quantity"]) * unit.minor), currency)


def requested_in_line(line: Mapping[str, Any], currency: str) -> Money | None:
    """What the fund is asked for in a line."""
    if line.get("amounts") is None:
        return line_total(line, currency)
    return None if line["total"] is None else Money.parse(line["total"], currency)


def budget_total(lines: list[dict[str, Any]] | None, currency: str) -> Money:
    """The sum of what the fund is asked for, in the lines that can be computed."""
    amounts = [requested_in_line(line, currency) for line in lines or ()]
    return total([amount for amount in amounts if amount is not None], currency)


def spread_grid(budget: Budget, spread: Spread, lines: Sequence[Mapping[str, Any]]) -> Grid:
    """Each line of a budget once for each who pays for it, and the sums of all who pay."""
    periods = [code for code, _label in spread.periods]
    heads = [(budget.column_title(column), "text") for column in COLUMNS[:2]]
    heads.append((_("Paid by"), "text"))
    heads += [(label, "money") for _code, label in spread.periods]
    rows: list[tuple[Any, ...]] = []
    for line in lines:
        for payer, label in spread.payers:
            if whole := spread.sum_of(line, payer):
                sums = [spread.sum_of(line, payer, period) or None for period in periods]
                words = _line_words(line, budget.currency)
                rows.append((budget.label_of(line["category"] or "–"), words, label, *sums, whole))
    for payer, label in spread.payers if len(spread.payers) > 1 else ():
        rows.append((_("Total"), NBSP, label, *_sums_of(spread, lines, payer)))
    return Grid(
        heads=(*heads, (_("Total"), "money")),
        rows=tuple(rows),
        foot=(_("Total"), NBSP, NBSP, *_sums_of(spread, lines, ALL_PAYERS)),
    )


def _sums_of(spread: Spread, lines: Sequence[Mapping[str, Any]], payer: str) -> list[Money]:
    """By period, and over all of them."""
    codes = [*(code for code, _label in spread.periods), ""]
    return [
        total([spread.sum_of(line, payer, code) for line in lines], spread.currency)
        for code in codes
    ]


def _line_words(line: Mapping[str, Any], currency: str) -> str:
    """The description of a line with how its cost was reckoned, and its note."""
    words = [line["description"] or ""]
    if line["quantity"] is not None and line["unit_cost"] is not None:
        cost = plain_money(Money.parse(line["unit_cost"], currency))
        words.append(f"{line['quantity']} × {cost}")
    if line.get(NOTE):
        words.append(line[NOTE])
    return spaced(";").join(filter(None, words))
