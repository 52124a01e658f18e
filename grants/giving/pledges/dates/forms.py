"""What is filled in about days of payment."""

from collections.abc import Sequence
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import plain_day, plain_money
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.schedule import Due, Payment, dues_of
from grants.platform.forms.fields import (
    AmountField,
    DateField,
    LongTextField,
    RadioField,
    Row,
    RowsField,
)
from grants.platform.forms.forms import Form


class DueRow(Row):
    """A promised payment."""

    due_on = DateField(_l("Pay by"), missing=_l("Enter the date."), required=True)
    amount = AmountField(_l("Amount"), missing=_l("Enter the amount."), required=True)


class PlanForm(Form):
    """The payments a pledge is to come in; they add up to its amount in force."""

    rows = RowsField(
        DueRow,
        _l("Payments"),
        most=24,
        least=1,
        add_label=_l("Add a payment"),
        required=True,
    )
    reason = LongTextField(
        _l("Why is the payment schedule being changed?"),
        hint=_l("It will be kept on record. The donor will not see it."),
        required=True,
        limit=1000,
        rows=3,
    )

    @classmethod
    def of(cls, pledge: Pledge) -> "PlanForm":
        """With the plan that holds now; with one payment, where none was named."""
        dues = dues_of(pledge) or [Due(pledge.pledged_on, pledge.standing)]
        rows = [{"due_on": due.due_on, "amount": due.amount} for due in dues]
        return cls(currency=pledge.currency, data={"rows": rows})

    def dues(self) -> list[Due]:
        return [Due(row["due_on"], row["amount"]) for row in self.rows.data]


class AskForm(Form):
    """Which payment, on which other day, and why."""

    number = RadioField(_l("Which payment?"), required=True)
    day = DateField(_l("On what date will you pay?"), required=True)
    reason = LongTextField(
        _l("Why?"), hint=_l("Fund staff will read it."), required=True, limit=400, rows=4
    )

    def __init__(self, *args: Any, unpaid: Sequence[Payment], **options: Any) -> None:
        self.unpaid = unpaid
        super().__init__(*args, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.number.choices = [
            (
                str(due.number),
                _(
                    "%(amount)s, due on %(day)s",
                    amount=plain_money(due.left),
                    day=plain_day(due.due_on),
                ),
            )
            for due in self.unpaid
        ]
        super().process(formdata, *args, **options)


class AnswerForm(Form):
    """What the fund says to a donor who asked for another day."""

    decision = RadioField(
        _l("Do you agree?"),
        lambda: [("accept", _("Yes: the payment will be due on that date")), ("refuse", _("No"))],
        required=True,
    )
    answer = LongTextField(
        _l("Message to the donor"),
        hint=_l("The donor will see this message. It is required if you do not agree."),
        limit=1000,
        rows=4,
    )
