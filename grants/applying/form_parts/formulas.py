"""The page of a computed column: its formula from menus, step by step, or as it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from grants.applying.form_parts.columns import in_its_currency
from grants.applying.form_parts.conditional import Conditional
from grants.applying.form_parts.lines import decimal_text, literal_of
from grants.applying.form_parts.naming import english
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.platform.expressions.formulas import is_formula
from grants.platform.expressions.nodes import (
    AnswerTo,
    Literal,
    Node,
    Product,
    Sum,
    keys_in,
)
from grants.platform.expressions.parse import parse
from grants.platform.forms.fields import (
    LongTextField,
    NumberField,
    Row,
    RowsField,
    SelectField,
    TextField,
)
from grants.platform.questions import Computed, Question
from grants.platform.questions.rows import figures_of

MOST_STEPS = 12
SIGNS = (
    ("+", _p("formula", "plus")),
    ("-", _p("formula", "minus")),
    ("*", _p("formula", "times")),
    ("/", _p("formula", "divided by")),
)


class StepRow(Row):
    """One step: what is done, and with which column or number."""

    sign = SelectField(_l("From the second step on"), SIGNS)
    column: SelectField
    number: TextField

    def validate(self, extra_validators: Any = None) -> bool:
        """Each step has a column or a number."""
        if not super().validate(extra_validators):
            return False
        chosen, typed = self["column"].data, self["number"].data
        if bool(chosen) == bool(typed):
            self["column"].errors = [_("Choose a column, or enter a number.")]
            return False
        try:
            _term_of(self.data)
        except InvalidInput as refusal:
            self["number"].errors = [refusal.message]
            return False
        return True


class FormulaForm(Conditional):
    """A computed column. Without JavaScript too, its formula is read back and tried."""

    label = TextField(_l("Heading"), required=True, limit=120)
    help = LongTextField(_l("Help"), limit=1000, rows=2)
    places = NumberField(_l("Decimals"), least=0, most=4, width=2)
    money = TextField(_l("Currency, if it is an amount"), limit=3, width=3)
    cells: Sequence[Question]
    """The columns of figures that come before it."""

    @classmethod
    def of(cls, column: Computed, before: Sequence[Question]) -> "FormulaForm":
        """About a column and those that come before it in its table."""
        cells = figures_of(before)
        steps = steps_of(column.formula)
        names = [(cell.key, _name_of(cell)) for cell in cells]
        has_percentage = any(cell.shape().share for cell in cells)
        columns = {
            "column": SelectField(
                _("Column"),
                names,
                hint=_("A percentage counts as a part of 1: 50% is 0.5.") if has_percentage else "",
            ),
            "number": TextField(
                _("or a number"), hint=_("Such as 12 or 0.5; 50% is 0.5."), limit=24, width=10
            ),
        }
        row = type("DrawnStep", (StepRow,), columns)
        drawn = {
            "cells": cells,
            "asked": {cell.key: cell for cell in cells},
            "stands": column.formula.strip(),
            "lines": RowsField(
                row,
                _("Formula"),
                hint=_(
                    "Begin with a column, then choose what follows. It is calculated from the "
                    "first step to the last."
                ),
                shown=2,
                most=MOST_STEPS,
                add_label=_("Add a step"),
                required=True,
                missing=_("Choose a column to begin with."),
                unless="expression",
            ),
            "expression": TextField(
                _("Formula"),
                hint=formula_hint(),
                limit=300,
                default="" if steps else column.formula,
            ),
        }
        form_class: type[FormulaForm] = type("DrawnFormula", (cls,), drawn)
        return form_class(
            data={
                "label": column.label.get("en", ""),
                "help": column.help.get("en", ""),
                "places": column.places,
                "money": column.money,
                "lines": steps or [],
            }
        )

    def condition(self) -> str:
        """The formula that the steps make, or that was written."""
        return formula_of(self.lines.data) if self.lines.data else str(self.expression.data).strip()

    def _condition_fits(self) -> bool:
        filled = [row for row in self.lines.rows if not row.is_blank()]
        for at, row in enumerate(filled):
            if bool(at) != bool(row["sign"].data):
                message = (
                    _("Choose plus, minus, times or divided by.")
                    if at
                    else _("Leave this empty in the first step.")
                )
                row["sign"].errors = [message]
                self.lines.errors = [_("Correct the rows marked below.")]
                return False
        return super()._condition_fits()

    def expression_faults(self, rule: str) -> list[str]:
        """What keeps a formula from being reckoned in a row."""
        try:
            node = parse(rule)
        except InvalidInput as refusal:
            return [refusal.message]
        if not is_formula(node):
            return [_("write a formula with codes of other columns, + - * / and brackets")]
        return [
            _("there is no column of figures “%(key)s” before it", key=key)
            for key in dict.fromkeys(keys_in(node))
            if key not in self.asked
        ]

    def made(self, old: Computed) -> Computed:
        """The column as it was typed; other languages stay. What is calculated from amounts of one
        currency is an amount of it, where no currency is named.
        """
        column = replace(
            old,
            label=english(old.label, self.label.data),
            help=english(old.help, self.help.data),
            formula=self.condition(),
            places=old.places if self.places.data is None else self.places.data,
            money=str(self.money.data).strip().upper(),
        )
        is_new = column.formula != old.formula and not column.money
        return in_its_currency(column, self.cells) if is_new else column


def formula_hint() -> str:
    """How a formula is written."""
    return _(
        "Codes of columns before it, + - * / and brackets, such as year_1 + year_2. A percentage "
        "counts as a part of 1: 50% is 0.5, so people * share is half of the people."
    )


def _name_of(cell: Question) -> str:
    if not cell.shape().share:
        return cell.title
    return _("%(column)s (a percentage)", column=cell.title)


def _term_of(step: Mapping[str, Any]) -> str:
    """The column or the number of a step as a formula has it; InvalidInput says how to type it."""
    if step["column"]:
        return str(step["column"])
    text = str(step["number"]).strip()
    return literal_of("share" if text.endswith("%") else "number", text)


def formula_of(steps: Sequence[Mapping[str, Any]]) -> str:
    """The formula that takes these steps one after another."""
    formula, is_sum = "", False
    for step in steps:
        sign = step.get("sign") or ""
        if sign in ("*", "/") and is_sum:
            formula = f"({formula})"
        is_sum = sign in ("+", "-")
        formula = f"{formula} {sign} {_term_of(step)}" if formula else _term_of(step)
    return formula


def steps_of(formula: str) -> list[dict[str, str]] | None:
    """The steps that make a formula; None if it cannot be made of steps."""
    try:
        return _steps_in(parse(formula)) if formula.strip() else None
    except InvalidInput:
        return None


def _steps_in(node: Node) -> list[dict[str, str]] | None:
    match node:
        case AnswerTo(key=key):
            return [{"column": key}]
        case Literal(value=Fraction() as number):
            is_short = (number * 100).denominator == 1
            text = decimal_text(number) if is_short else f"{decimal_text(number * 100)}%"
            return [{"number": text}] if (number * 10_000).denominator == 1 else None
        case Sum(parts=((sign, first), *others)) | Product(parts=((sign, first), *others)):
            is_plain = sign in ("+", "*") and type(first) is not type(node)
            steps = _steps_in(first) if is_plain else None
            after = [(mark, _steps_in(part)) for mark, part in others]
            if steps is None or any(step is None or len(step) != 1 for _mark, step in after):
                return None
            return [*steps, *({"sign": mark, **step[0]} for mark, step in after if step)]
    return None
