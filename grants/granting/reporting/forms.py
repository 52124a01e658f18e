"""The last word before a report is sent, the answer to it, and which reports a list shows."""

from typing import Any

from flask import request

from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.reporting.workflow import REPORT
from grants.platform.forms.fields import (
    CheckboxField,
    HiddenField,
    LongTextField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm

OPEN = "open"
"""Whatever still needs something: what a list shows before anybody filters it."""


class SendForm(Form):
    true = CheckboxField(
        _l(
            "The information in this report is true, supporting documents for all "
            "expenditure have been kept, and nothing in it could identify a victim."
        ),
        required=True,
    )


class AcceptForm(Form):
    version = HiddenField()


class SendBackForm(Form):
    version = HiddenField()
    reason = LongTextField(
        _l("What needs to be completed or corrected?"),
        hint=_l("The organisation will see this in an e-mail and above its report."),
        limit=2000,
        required=True,
    )


def _state_choices() -> list[tuple[str, str]]:
    first = (OPEN, str(_l("Not finished")))
    return [first, *((state.value, str(name.staff)) for state, name in REPORT.names.items())]


class ReportsFilter(QueryForm):
    """Which reports the fund's people look at."""

    q = TextField(_l("Organisation or grant"), limit=100)
    state = SelectField(_l("Status"), _state_choices)
    due = SelectField(
        _l("Due"),
        lambda: [("late", _l("Overdue")), ("soon", _l("In the next 30 days"))],
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if "state" not in request.args:  # opened from the menu
            self.state.data, self.state.raw_data = OPEN, [OPEN]
