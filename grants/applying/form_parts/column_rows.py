"""What the builder asks about a column of a table, in a line of its own."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import (
    CheckboxField,
    LongTextField,
    NumberField,
    Row,
    SelectField,
    TextField,
)
from grants.platform.questions import Computed
from grants.platform.questions.columns import COLUMNS
from grants.platform.questions.figures import Figure

MOST_HELP = 300


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
