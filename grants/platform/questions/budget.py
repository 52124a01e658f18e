"""The budget table: what its lines come to, by category, payer and period, and how it is shown."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Self

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, total
from grants.core.texts.formats import NBSP, plain_money
from grants.core.texts.marks import spaced
from grants.platform.questions.base import Option, Rewording
from grants.platform.questions.budget_lines import COLUMNS, NOTE, TypedBudget, line_total
from grants.platform.questions.choices import choice_faults, choices_reworded
from grants.platform.questions.reading import (
    Grid,
    Wording,
)
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.spread import (
    ALL_PAYERS,
    MOST_PAYERS,
    MOST_SPANS,
    SPANS,
    Spread,
)

MOST_BLANK = 9
"""So many columns for amounts are printed for filling in by hand."""


@dataclass(frozen=True, kw_only=True)
class Budget(TypedBudget):
    """Lines with a category, a description, quantity and unit cost; they add up to the request."""

    kind: ClassVar[str] = "budget"
    kind_name: ClassVar[str] = _l("A budget")
    family: ClassVar[str] = "money"
    wide: ClassVar[bool] = True

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

    def shape(self) -> Shape:
        codes = frozenset(code for code, _label in self.divisions)
        return Shape(Kind.BUDGET, codes, self.currency, self.key)

    def figures(self) -> list[tuple[str, str]]:
        """The sum of the budget, and the share and the sum of each category."""
        texts = [(f"total({self.key})", "number"), (f"count({self.key})", "number")]
        for code, _label in self.divisions:
            texts.append((f'share({self.key}, "{code}")', "share"))
            texts.append((f'total({self.key}, "{code}")', "number"))
        of_others = [
            f"{code}/{who}" for code, _label in self.options for who in self._further_payers
        ]
        return [*texts, *((f'total({self.key}, "{code}")', "number") for code in of_others)]

    @property
    def _payers(self) -> list[str]:
        return [code for code, _label in self.spread.payers] if self.spread else []

    @property
    def _further_payers(self) -> list[str]:
        """Who pays beside the fund, and all together; nobody where the fund alone pays."""
        return [*self._payers[1:], ALL_PAYERS] if len(self._payers) > 1 else []

    def meaning_of(self, code: str) -> str:
        """The code of a part of the budget with its payer: where it names none, the fund's."""
        parts = [part for part in code.split("/") if part]
        if not self._further_payers or {ALL_PAYERS, *self._payers} & set(parts):
            return code
        return "/".join([*parts, self._payers[0]])

    @property
    def divisions(self) -> list[Option]:
        """The parts of a budget that a rule may be about: categories, payers, periods, and all."""
        if self.spread is None:
            return self.options
        together = [(ALL_PAYERS, _("All payers"))] if len(self.spread.payers) > 1 else []
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
        payer = next(
            (each for each in (ALL_PAYERS, *self._payers) if each in parts), self._payers[0]
        )
        periods = [code for code, _label in self.spread.periods if code in parts]
        return self.spread.sum_of(line, payer, periods[0] if periods else "")

    def whole_beside(self, lines: Sequence[Mapping[str, Any]], code: str) -> Fraction | None:
        """The sum of which a part is a share: the request; where another payer is named, all."""
        return self.sum_of(lines, ALL_PAYERS if self.whole_of(code) == ALL_PAYERS else "")

    def whole_of(self, code: str) -> str:
        """Whose money a part is a share of: all payers' where another payer is named, else the
        fund's; empty where the fund alone pays.
        """
        by_others = any(part in self._further_payers for part in code.split("/"))
        return ALL_PAYERS if by_others else self._payers[0] if self._further_payers else ""

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
            yield _("name up to %(most)s payers", most=MOST_PAYERS)
        codes = [code for code, _label in self.divisions]
        if self.spread and len(set(codes)) < len(codes):
            yield _("give each category and each payer a different code")
        if self.without_unit_costs and not self.spread:
            yield _("ask for quantity and unit cost, or spread the budget over years or payers")


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
