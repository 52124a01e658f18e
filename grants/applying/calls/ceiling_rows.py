"""The ceilings of a budget as rows of a form."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from grants.applying.calls.ceilings import Rows, budget_of, categories_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.platform.forms.fields import AmountField, NumberField, Row, RowsField, SelectField
from grants.platform.questionnaires.form import Form as Questionnaire


class CeilingRow(Row):
    """A category, and the most that it may take."""

    def validate(self, extra_validators: Any = None) -> bool:
        """False, with an error, unless at least one of the two limits is given."""
        if not super().validate(extra_validators):
            return False
        if self["percent"].data is None and self["amount"].data is None:
            self["percent"].errors = [_("Enter a percentage, an amount, or both.")]
            return False
        return True


def ceilings_field(form: Questionnaire) -> dict[str, RowsField]:
    """Rows with the categories of the form's budget to choose from; nothing without a budget."""
    choices = categories_of(form)
    if not choices:
        return {}
    columns = {
        "category": SelectField(_l("Category"), choices, required=True),
        "percent": NumberField(
            _l("Maximum, in %"), least=Decimal("0.01"), most=100, places=2, width=5
        ),
        "amount": AmountField(_l("Maximum amount")),
    }
    row: type[Row] = type("OfferedCeilingRow", (CeilingRow,), columns)
    field = RowsField(
        row,
        _l("Budget ceilings"),
        hint=_hint_for(form),
        add_label=_l("Add a ceiling"),
    )
    return {"ceilings": field}


def _hint_for(form: Questionnaire) -> str:
    """Whose money a percentage is of; who pays decides it."""
    budget = budget_of(form)
    if budget and budget.whole_of(""):
        return _l(
            "The maximum for each budget category. A percentage is of the amount requested; for"
            " what others pay, it is of the total of all payers. Leave empty for no ceilings."
        )
    return _l(
        "The maximum for each budget category. A percentage is of the total of the budget. Leave"
        " empty for no ceilings."
    )


def boxes_of(rows: Rows) -> list[dict[str, Any]]:
    """What the form shows of a call's ceilings."""
    return [
        {
            "category": row["category"],
            "percent": Decimal(row["percent"]) if row.get("percent") else None,
            "amount": Money.parse(row["amount"], FUNCTIONAL_CURRENCY)
            if row.get("amount")
            else None,
        }
        for row in rows
    ]


def rows_of(boxes: Iterable[Mapping[str, Any]], before: Rows) -> Rows:
    """The ceilings that were typed, as a call keeps them; those before, if nothing was changed."""
    boxes = list(boxes)
    if boxes == boxes_of(before):
        return before
    rows = []
    for box in boxes:
        row = {"category": str(box["category"])}
        if box["percent"] is not None:
            row["percent"] = f"{box['percent'].normalize():f}"
        if box["amount"] is not None:
            row["amount"] = str(box["amount"])
        rows.append(row)
    return rows
