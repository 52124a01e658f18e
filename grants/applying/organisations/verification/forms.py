"""The five questions as a form, and the reason for any other decision."""

from collections.abc import Mapping

from grants.applying.organisations.verification.questions import CHECKS
from grants.applying.organisations.verification.service import Answer
from grants.applying.organisations.verification.workflow import VERIFICATION, VerificationState
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import (
    HiddenField,
    LongTextField,
    SelectField,
    TextField,
    YesNoField,
)
from grants.platform.forms.forms import Form, QueryForm


class _Questions(Form):
    """Nothing but the version that a person looked at."""

    version = HiddenField()

    def answers(self) -> Mapping[str, Answer]:
        return {
            check.key: Answer(bool(self[check.key].data), str(self[f"{check.key}_note"].data or ""))
            for check in CHECKS
            if self[check.key].data is not None
        }


def _check_fields() -> dict[str, object]:
    drawn: dict[str, object] = {}
    for check in CHECKS:
        drawn[check.key] = YesNoField(check.text, hint=check.look, required=True)
        drawn[f"{check.key}_note"] = TextField(_l("Where you looked"), required=True, limit=300)
    return drawn


QuestionsForm: type[_Questions] = type("QuestionsForm", (_Questions,), _check_fields())
"""The form of the questions as they are today."""


class ReasonForm(Form):
    """Why, as the organisation reads it."""

    reason = LongTextField(
        _l("Reason"),
        hint=_l(
            "The administrators of the organisation will see this in an e-mail and on their page."
        ),
        required=True,
        limit=1000,
        rows=3,
    )


class StateFilter(QueryForm):
    """Which verifications the list shows."""

    state = SelectField(
        _l("Status"),
        lambda: [(state.value, VERIFICATION.names[state].staff) for state in VerificationState],
    )
