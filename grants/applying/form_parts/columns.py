"""The columns of a table, as they are asked for in the builder: a line for each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grants.applying.form_parts.naming import english, free_key
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.expressions.nodes import keys_in
from grants.platform.forms.fields import CheckboxField, Row, SelectField, TextField
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
from grants.platform.questions.columns import COLUMNS
from grants.platform.questions.rows import figures_of

PLACES = 2
"""Decimals that a column of numbers takes, when it is made here."""


def column_kinds() -> list[tuple[str, str]]:
    """What a column can hold."""
    return [(kind.kind, str(kind.kind_name)) for kind in COLUMNS]


class ColumnRow(Row):
    cards = True
    label = TextField(_l("Heading"), required=True, limit=120)
    kind = SelectField(_l("Kind of answer"), column_kinds, required=True)
    choices = TextField(_l("Answers to choose from, separated by semicolons"), limit=1000)
    code = TextField(_l("Code"), limit=40, width=10)
    formula = TextField(
        _l("Formula, if it is computed"),
        hint=_l("Codes of columns before it, + - * / and brackets, such as year_1 + year_2."),
        limit=300,
    )
    needed = CheckboxField(_l("Required in each row"))
    summed = CheckboxField(_l("Show its total"))


def made(rows: Sequence[Mapping[str, Any]], old: Table | None) -> dict[str, Any]:
    """The columns and totals of a table; what is not asked here stays as it was."""
    by_key = {column.key: column for column in old.columns} if old else {}
    keys: set[str] = set()
    columns: list[Question] = []
    totals: list[str] = []
    for row in rows:
        key = str(row["code"]).strip() or free_key(row["label"], keys)
        if key in keys:
            raise InvalidInput(_("Two columns have the code %(code)s.", code=key))
        keys.add(key)
        column = _column_of(key, row, by_key.get(key))
        columns.append(_in_its_currency(column, columns))
        if row["summed"]:
            totals.append(key)
    return {"columns": tuple(columns), "totals": tuple(totals)}


def _column_of(key: str, row: Mapping[str, Any], old: Question | None) -> Question:
    kind = EVERY_KIND[row["kind"]]
    column = old if type(old) is kind else _blank_column(kind, key)
    column = replace(
        column, label=english(old.label if old else {}, row["label"]), required=bool(row["needed"])
    )
    if isinstance(column, OneOf) and not column.taxonomy:
        return replace(column, choices=_choices_in(str(row["choices"]), column.choices))
    if isinstance(column, Picked) and "source" in row:
        return replace(column, source=str(row["source"] or ""))
    if isinstance(column, Computed):
        return replace(column, formula=str(row["formula"]).strip(), required=False)
    return column


def _in_its_currency(column: Question, before: Sequence[Question]) -> Question:
    """What is computed from amounts of one currency is an amount of it."""
    if not isinstance(column, Computed) or column.node is None:
        return column
    cells = [cell for cell in before if cell.key in set(keys_in(column.node))]
    currencies = {
        cell.currency if isinstance(cell, Amount) else getattr(cell, "money", "") for cell in cells
    }
    return replace(column, money=currencies.pop()) if len(currencies) == 1 else column


def _blank_column(kind: type[Question], key: str) -> Question:
    more: dict[str, Any] = {"places": PLACES} if kind.kind == "number" else {}
    return kind(key=key, label={}, **more)


def _choices_in(text: str, old: Sequence[Choice]) -> tuple[Choice, ...]:
    """Choices whose words are the same keep their codes and their other languages."""
    by_words = {choice.label.get("en", ""): choice for choice in old}
    codes = {choice.code for choice in old}
    choices = []
    for words in filter(None, (part.strip() for part in text.split(";"))):
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
            "choices": "; ".join(choice.label.get("en", "") for choice in _choices_of(column)),
            "code": column.key,
            "source": column.source if isinstance(column, Picked) else "",
            "formula": column.formula if isinstance(column, Computed) else "",
            "needed": column.required,
            "summed": column.key in summed,
        }
        for column in table.columns
    ]


def _choices_of(column: Question) -> tuple[Choice, ...]:
    return column.choices if isinstance(column, OneOf) else ()
