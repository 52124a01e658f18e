"""A grantee's budget, as typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.preparing.queries import Line
from grants.granting.reporting.budget import RequestedLine
from grants.platform.forms.fields import (
    AmountField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    Row,
    RowsField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form

ENDINGS = (".pdf", ".docx", ".xlsx", ".odt", ".ods", ".png", ".jpg", ".jpeg")


class FileForm(Form):
    """One file beside the finance questionnaire."""

    file = FileField(
        _l("File"),
        hint=_l("PDF, picture, Word, Excel or OpenDocument, up to 10 MB."),
        accept=ENDINGS,
        required=True,
    )


class StartForm(Form):
    """Another start of a grant, and why."""

    starts_on = DateField(_l("On which day should the grant start?"), required=True)
    reason = LongTextField(
        _l("Why does the start not suit you?"),
        hint=_l("For example that the staff can be hired from that day only."),
        required=True,
        limit=1000,
        rows=4,
    )


class LineRow(Row):
    """One line; made by `budget_form` for the categories of one call."""

    category: SelectField
    description: TextField
    amount: AmountField
    sums = ("amount",)


class BudgetForm(Form):
    """The lines of a grantee's own budget, brought to the awarded sum; see `budget_form`."""

    version = HiddenField()
    lines: RowsField

    def typed_lines(self) -> list[Line]:
        """What was typed."""
        rows = self.lines.data
        return [Line(row["category"], row["description"], row["amount"]) for row in rows]


def budget_form(
    categories: Sequence[RequestedLine], lines: Sequence[Mapping[str, Any]]
) -> BudgetForm:
    """With the categories of the call in every row, and the lines that are there."""
    choices = [(line.category, in_language(line.label)) for line in categories]
    columns = {
        "category": SelectField(_l("Category"), choices, required=True),
        "description": TextField(_l("Description"), required=True, limit=300),
        "amount": AmountField(_l("Amount"), required=True),
    }
    rows = RowsField(
        type("CallLineRow", (LineRow,), columns),
        _l("Budget lines"),
        hint=_l("They must add up to the award."),
        required=True,
        most=60,
        add_label=_l("Add a line"),
    )
    form: type[BudgetForm] = type("CallBudgetForm", (BudgetForm,), {"lines": rows})
    return form(data={"lines": lines})
