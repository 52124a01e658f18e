"""The columns of a table, as they are asked for in the builder: a line for each."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from grants.applying.form_parts.naming import english, free_key
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.expressions.nodes import AnswerTo, Node, Product, Sum, keys_in
from grants.platform.expressions.parse import parse
from grants.platform.forms.fields import (
    CheckboxField,
    LongTextField,
    NumberField,
    Row,
    SelectField,
    TextField,
)
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
from grants.platform.questions.figures import Figure
from grants.platform.questions.rows import figures_of

MOST_HELP = 300
PLACES = 2
"""Decimals that a column of numbers takes, when it is made here."""


def column_kinds() -> list[tuple[str, str]]:
    """What a column can hold."""
    return [(kind.kind, str(kind.kind_name)) for kind in COLUMNS]


NUMERIC = ("number", "percentage", "year", "range")
FOR_KINDS: Mapping[str, Collection[str]] = {
    "choices": ("one_of", "several_of"),
    "formula": ("computed",),
    "source": ("picked",),
    "most_chosen": ("several_of", "picked"),
    "needed": ("", *(kind.kind for kind in COLUMNS if kind is not Computed)),
    "summed": tuple(kind.kind for kind in COLUMNS if issubclass(kind, Figure)),
    "limit": ("short_text", "long_text"),
    "least": NUMERIC,
    "most": NUMERIC,
    "places": ("number", "percentage", "range", "computed"),
    "unit": ("number", "range"),
    "zero": ("amount",),
    "money": ("amount", "computed"),
    "only_if": tuple(kind.kind for kind in COLUMNS if kind is not Computed),
}
"""Which kinds of column have a setting; the others do not show it. Before a kind is chosen, whether
an answer is required is in sight: it is, unless the tick is taken away.
"""

SETTINGS = ("limit", "least", "most", "places", "unit", "zero", "money", "most_chosen")
"""Those that a column has as a question of its kind has them. Left empty: as usual for the kind."""


class ColumnRow(Row):
    cards = True
    by_kind: ClassVar[Mapping[str, Collection[str]]] = FOR_KINDS
    label = TextField(_l("Heading"), required=True, limit=120)
    kind = SelectField(_l("Kind of answer"), column_kinds, required=True)
    choices = LongTextField(
        _l("Answers to choose from, one on each line"), limit=1000, rows=3, counted=False
    )
    code = TextField(_l("Code"), limit=40, width=10)
    most_chosen = NumberField(
        _l("Maximum number of answers that may be chosen"),
        hint=_l("Leave empty for no limit."),
        most=40,
        width=2,
    )
    formula = TextField(
        _l("Formula, if it is computed"),
        hint=_l(
            "Leave empty to build the formula from menus in the next step. Or write "
            "it with codes of columns before it, such as year_1 + year_2; a "
            "percentage counts as a part of 1: 50% is 0.5."
        ),
        limit=300,
    )
    needed = CheckboxField(_l("Required in each row"), default=True)
    summed = CheckboxField(_l("Show its total"))
    limit = NumberField(_l("Maximum number of characters"), least=1, most=20_000, width=5)
    least = NumberField(_l("Smallest number"), least=-1_000_000, width=8)
    most = NumberField(_l("Largest number"), least=0, width=8)
    places = NumberField(_l("Decimals"), least=0, most=4, width=2)
    unit = TextField(_l("Unit"), limit=40, width=10)
    zero = CheckboxField(_l("0 is a valid answer"))
    money = TextField(_l("Currency, if it is an amount"), limit=3, width=3)
    help = TextField(_l("Help"), limit=MOST_HELP)
    only_if = TextField(
        _l("Ask this only if"),
        hint=_l(
            "Codes of columns before it, such as year_2 > 500. Leave this empty to always ask."
        ),
        limit=300,
    )

    def is_blank(self) -> bool:
        """Is there no column? The tick that requires an answer alone makes none."""
        return all(column.is_empty() for column in self.columns() if column.short_name != "needed")

    @property
    def data(self) -> dict[str, Any]:
        """What was typed; a setting that the page did not ask for is left out."""
        values: dict[str, Any] = super().data
        settings = {*SETTINGS, "help", "only_if"} - {"zero"}
        unasked = {name for name in settings if self[name].raw_data == []}
        return {name: value for name, value in values.items() if name not in unasked}


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
        if isinstance(column, Computed):
            column = in_its_currency(column, columns)
        columns.append(column)
        if row["summed"]:
            totals.append(key)
    return {"columns": tuple(columns), "totals": tuple(totals)}


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
            raise _refused_column(row["label"], _("give it at least two choices"))
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
        words["show_when"] = _condition_in(row["label"], str(row["only_if"]).strip())
    return words


def _condition_in(label: str, text: str) -> str:
    """A condition that can be read; whether its codes are there, the form's own faults say."""
    try:
        if text:
            parse(text)
    except InvalidInput as refusal:
        raise _refused_column(label, refusal.message) from refusal
    return text


def _refused_column(label: str, fault: str) -> InvalidInput:
    return InvalidInput(_("Column “%(label)s”: %(fault)s", label=label, fault=fault))


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
