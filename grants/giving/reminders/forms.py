"""A fund's rules of reminding, and sparing a pledge."""

from collections.abc import Iterable

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.giving.reminders.rules import Letter, Rule
from grants.platform.forms.fields import (
    DateField,
    LongTextField,
    NumberField,
    Row,
    RowsField,
    SelectField,
)
from grants.platform.forms.forms import Form


class RuleRow(Row):
    """One rule."""

    days = NumberField(_l("Days"), least=0, most=365, required=True, width=3)
    side = SelectField(
        _l("Before or after"),
        lambda: [("before", _("before it is due")), ("after", _("after it was due"))],
        default="after",
        required=True,
    )
    letter = SelectField(_l("Type of reminder"), Letter, required=True)
    active = SelectField(
        _l("Status"), lambda: [("on", _("on")), ("off", _("off"))], default="on", required=True
    )


class RulesForm(Form):
    """By which rules a fund reminds."""

    rows = RowsField(
        RuleRow, _l("Rules"), least=1, most=12, add_label=_l("Add a rule"), required=True
    )

    payment_days = NumberField(
        _l("When is a pledge without a payment date due?"),
        hint=_l("Days after the fund has accepted it. Pledges accepted earlier keep their dates."),
        least=1,
        most=365,
        suffix=_l("days"),
        width=3,
        required=True,
    )

    @classmethod
    def of(cls, rules: Iterable[Rule], payment_days: int) -> "RulesForm":
        """With the rules that hold now."""
        rows = [
            {
                "days": abs(rule.days),
                "side": "before" if rule.days < 0 else "after",
                "letter": rule.letter.value,
                "active": "on" if rule.active else "off",
            }
            for rule in rules
        ]
        return cls(data={"rows": rows, "payment_days": payment_days})

    def rules(self) -> list[Rule]:
        entered = [
            Rule(
                -row["days"] if row["side"] == "before" else row["days"],
                Letter.of(row["letter"]),
                row["active"] == "on",
            )
            for row in self.rows.data
        ]
        return sorted(entered, key=lambda rule: rule.days)


class HoldForm(Form):
    """Stop reminders of a pledge for a while."""

    until = DateField(
        _l("Until when?"),
        hint=_l("The last day without reminders. Leave empty to decide later."),
        first=clock.today,
    )
    reason = LongTextField(
        _l("Why?"), hint=_l("Your reason will be kept on record."), required=True, limit=400, rows=3
    )
