"""Answers that are tables, as their readers see them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grants.core.kernel.formats import NBSP
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.kernel.taxonomies import AgeBand, Sex
from grants.platform.questionnaires.kinds import (
    Amount,
    ByExploitation,
    ByService,
    Number,
    Question,
    Rows,
    WorkPlan,
)
from grants.platform.questionnaires.kinds.budget import Budget, budget_total
from grants.platform.questionnaires.kinds.plans import runs
from grants.platform.questionnaires.kinds.rows import Row, column_total


@dataclass(frozen=True, slots=True)
class Grid:
    """Heads are (text, kind of column); cells are text, numbers or Money."""

    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    foot: tuple[Any, ...] = ()


def beneficiaries(value: Mapping[str, Mapping[str, int]]) -> Grid:
    bands = [str(band) for band in AgeBand]
    counts = {sex: [value.get(sex, {}).get(band, 0) for band in bands] for sex in Sex}
    columns = [sum(column) for column in zip(*counts.values(), strict=True)]
    return Grid(
        heads=(
            (_("Sex"), "text"),
            *((str(band.label), "number") for band in AgeBand),
            (_("Total"), "number"),
        ),
        rows=tuple((str(sex.label), *row, sum(row)) for sex, row in counts.items()),
        foot=(_("Total"), *columns, sum(columns)),
    )


def counted(
    question: ByExploitation | ByService, value: Mapping[str, Mapping[str, int]], head: str
) -> Grid:
    return Grid(
        heads=((head, "text"), (_("People"), "number")),
        rows=tuple(
            (str(form.label), value[form.value]["people"])
            for form in question.rows
            if form.value in value
        ),
    )


def budget_lines(question: Budget, lines: list[dict[str, Any]]) -> Grid:
    def money(text: str | None) -> Money | None:
        return None if text is None else Money.parse(text, question.currency)

    labels = dict(question.options)
    return Grid(
        heads=(
            (question.column_title("category"), "text"),
            (question.column_title("description"), "text"),
            (question.column_title("quantity"), "number"),
            (question.column_title("unit_cost"), "money"),
            (_("Total"), "money"),
        ),
        rows=tuple(
            (
                labels.get(line["category"], line["category"]),
                line["description"],
                None if line["quantity"] is None else Decimal(line["quantity"]),
                money(line["unit_cost"]),
                money(line["total"]),
            )
            for line in lines
        ),
        foot=(_("Total"), NBSP, NBSP, NBSP, budget_total(lines, question.currency)),
    )


def rows_of(question: Rows, rows: Sequence[Row], cell: Callable[[Question, Any], str]) -> Grid:
    """The rows of a table, a plan or a list of organisations; `cell` writes what is no figure."""

    def shown(column: Question, value: Any) -> Any:
        match column:
            case _ if value is None:
                return None
            case Amount():
                return Money.parse(value, column.currency)
            case Number():
                return Decimal(value)
        if isinstance(question, WorkPlan) and column.key == "when":
            return runs(value)
        return cell(column, value)

    return Grid(
        heads=tuple((column.title, _kind_of(column)) for column in question.row),
        rows=tuple(
            tuple(shown(column, row.get(column.key)) for column in question.row) for row in rows
        ),
        foot=_foot(question, rows),
    )


def _kind_of(column: Question) -> str:
    return {Amount: "money", Number: "number"}.get(type(column), "text")


def _foot(question: Rows, rows: Sequence[Row]) -> tuple[Any, ...]:
    """The sums of the columns that are added up; nothing where there are none."""
    summed = {column.key: column for column in question.summed}
    if not summed:
        return ()
    feet: list[Any] = []
    for column in question.row:
        figure = summed.get(column.key)
        found = column_total(figure, rows) if figure else None
        if found is not None and isinstance(figure, Amount):
            feet.append(Money.parse(f"{found:f}", figure.currency))
        else:
            feet.append(NBSP if found is None else found)
    return (_("Total"), *feet[1:]) if feet[0] == NBSP else tuple(feet)


def by_category(question: Budget, lines: list[dict[str, Any]] | None) -> list[tuple[str, Money]]:
    """What a budget asks for in each category, in the order of the form."""
    found = []
    for code, label in question.options:
        amounts = [
            Money.parse(line["total"], question.currency)
            for line in lines or ()
            if line["category"] == code and line["total"] is not None
        ]
        if amounts:
            found.append((label, total(amounts, question.currency)))
    return found
