"""The columns of a table, made of what was typed into a line for each, and as they stand in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grants.applying.form_parts.column_rows import FOR_KINDS, SETTINGS
from grants.applying.form_parts.naming import english, free_key
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.expressions.nodes import AnswerTo, Node, Product, Sum, keys_in
from grants.platform.expressions.parse import parse
from grants.platform.forms.fields import Row
from grants.platform.questions import (
    EVERY_KIND,
    Amount,
    Choice,
    Computed,
    OneOf,
    Picked,
    Question,
    Table,
)
from grants.platform.questions.rows import figures_of

PLACES = 2
"""Decimals that a column of numbers takes, when it is made here."""


class ColumnRefused(InvalidInput):
    """A column that cannot be made. `box` names what is to be corrected in its row."""

    def __init__(self, box: str, message: str) -> None:
        super().__init__(message)
        self.box = box


def show_refused(rows: Sequence[Row], old: Table | None) -> bool:
    """Say at its box what is wrong with each column that cannot be made. Is there any?"""
    by_key = {column.key: column for column in old.columns} if old else {}
    keys: set[str] = set()
    refused = False
    for row in (row for row in rows if not row.is_blank()):
        try:
            key = _key_of(row.data, keys)
            _column_of(key, row.data, by_key.get(key))
        except ColumnRefused as refusal:
            row[refusal.box].errors = [refusal.message]
            refused = True
    return refused


def made(rows: Sequence[Mapping[str, Any]], old: Table | None) -> dict[str, Any]:
    """The columns and totals of a table; what is not asked here stays as it was."""
    by_key = {column.key: column for column in old.columns} if old else {}
    keys: set[str] = set()
    columns: list[Question] = []
    totals: list[str] = []
    for row in rows:
        key = _key_of(row, keys)
        column = _column_of(key, row, by_key.get(key))
        if isinstance(column, Computed):
            column = in_its_currency(column, columns)
        columns.append(column)
        if row["summed"]:
            totals.append(key)
    return {"columns": tuple(columns), "totals": tuple(totals)}


def _key_of(row: Mapping[str, Any], keys: set[str]) -> str:
    """The code of a column, which no column before it has."""
    key = str(row["code"]).strip() or free_key(row["label"], keys)
    if key in keys:
        raise ColumnRefused("code", _("Two columns have the code %(code)s.", code=key))
    keys.add(key)
    return key


def _column_of(key: str, row: Mapping[str, Any], old: Question | None) -> Question:
    kind = EVERY_KIND[row["kind"]]
    column = old if type(old) is kind else _blank_column(kind, key)
    column = replace(
        column,
        label=english(old.label if old else {}, row["label"]),
        required=bool(row["needed"]),
        **_said_of(column, row),
        **_settings_of(column, row),
    )
    if isinstance(column, OneOf) and not column.taxonomy:
        choices = _choices_in(str(row["choices"]), column.choices)
        if len(choices) < 2:
            raise ColumnRefused("choices", _("Enter at least two answers, one on each line."))
        return replace(column, choices=choices)
    if isinstance(column, Picked) and "source" in row:
        return replace(column, source=str(row["source"] or ""))
    if isinstance(column, Computed):
        return replace(column, formula=str(row["formula"]).strip(), required=False)
    return column


def _said_of(column: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    """The help and the condition in a line."""
    words: dict[str, Any] = {}
    if "help" in row:
        words["help"] = english(column.help, row["help"])
    if "only_if" in row and not isinstance(column, Computed):
        words["show_when"] = _condition_in(str(row["only_if"]).strip())
    return words


def _condition_in(text: str) -> str:
    """A condition that can be read; whether its codes are there, the form's own faults say."""
    try:
        if text:
            parse(text)
    except InvalidInput as refusal:
        message = _("The expression is not valid: %(fault)s.", fault=refusal.message)
        raise ColumnRefused("only_if", message) from refusal
    return text


def _settings_of(column: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in a line that are those of this kind of column."""
    names = [name for name in SETTINGS if name in row and column.kind in FOR_KINDS[name]]
    return {
        _attribute_of(column, name): _setting_of(column, _attribute_of(column, name), row[name])
        for name in names
    }


def _attribute_of(column: Question, name: str) -> str:
    """An amount always has a currency; what is computed may have one."""
    return "currency" if name == "money" and isinstance(column, Amount) else name


def _setting_of(column: Question, name: str, value: Any) -> Any:
    """One setting as it was typed; where it is empty, what is usual for the kind."""
    if name == "unit":
        return english(getattr(column, name), value or "")
    if name == "most_chosen":
        return value or 0
    if name in ("currency", "money"):
        value = str(value).strip().upper() or None
    if value is None:
        return PLACES if name == "places" else getattr(type(column), name)
    return value


def in_its_currency(column: Computed, before: Sequence[Question]) -> Computed:
    """What is computed from amounts of one currency is an amount of it; what divides an amount by
    another is a number.
    """
    if column.node is None:
        return column
    currencies = {cell.key: cell.shape().currency for cell in before}
    named = {currency for key in keys_in(column.node) if (currency := currencies.get(key, ""))}
    if len(named) != 1:
        return column
    return replace(column, money=named.pop() if _is_amount(column.node, currencies) else "")


def _is_amount(node: Node, currencies: Mapping[str, str]) -> bool:
    """Does a formula come to an amount: a sum that holds one, or a product with a single one?"""
    match node:
        case AnswerTo(key=key):
            return bool(currencies.get(key))
        case Sum(parts=parts):
            return any(_is_amount(part, currencies) for _sign, part in parts)
        case Product(parts=parts):
            amounts = [sign for sign, part in parts if _is_amount(part, currencies)]
            return amounts == ["*"]
    return False


def _blank_column(kind: type[Question], key: str) -> Question:
    more: dict[str, Any] = {"places": PLACES} if kind.kind == "number" else {}
    return kind(key=key, label={}, **more)


def _choices_in(text: str, old: Sequence[Choice]) -> tuple[Choice, ...]:
    """Choices, one on each line or with semicolons between them. Those whose words are the same
    keep their codes and their other languages.
    """
    by_words = {choice.label.get("en", ""): choice for choice in old}
    codes = {choice.code for choice in old}
    choices = []
    for words in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        choice = by_words.get(words) or Choice(free_key(words, codes), {"en": words})
        codes.add(choice.code)
        choices.append(choice)
    return tuple(choices)


def held(table: Table) -> list[dict[str, Any]]:
    """The lines that stand for the columns of a table."""
    summed = {column.key for column in figures_of(table.columns)} & set(table.totals)
    return [
        {
            "label": column.label.get("en", ""),
            "kind": column.kind,
            "choices": "\n".join(choice.label.get("en", "") for choice in _choices_of(column)),
            "code": column.key,
            "source": column.source if isinstance(column, Picked) else "",
            "formula": column.formula if isinstance(column, Computed) else "",
            "needed": column.required,
            "summed": column.key in summed,
            "help": column.help.get("en", ""),
            "only_if": column.show_when,
            **_settings_in(column),
        }
        for column in table.columns
    ]


def _settings_in(column: Question) -> dict[str, Any]:
    """The settings of a column as they stand in its line."""
    names = [name for name in SETTINGS if column.kind in FOR_KINDS[name]]
    values = {name: getattr(column, _attribute_of(column, name)) for name in names}
    if "unit" in values:
        values["unit"] = values["unit"].get("en", "")
    if "most_chosen" in values:
        values["most_chosen"] = values["most_chosen"] or None
    return values


def _choices_of(column: Question) -> tuple[Choice, ...]:
    return column.choices if isinstance(column, OneOf) else ()
