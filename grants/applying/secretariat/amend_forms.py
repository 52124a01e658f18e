"""What may still change in an open call, as the person who amends it types it."""

from collections.abc import Mapping
from typing import Any

from grants.applying.applications.forms import ReasonedForm
from grants.applying.call_changes.amendments import AMENDABLE, other_languages
from grants.applying.call_changes.conditions import relaxed, required_documents
from grants.applying.calls.ceiling_rows import boxes_of, ceilings_field, rows_of
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import language_name
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
    DateField,
    LongTextField,
    NumberField,
    TextField,
)
from grants.platform.questionnaires.form import Form as Questionnaire
from grants.platform.questionnaires.written import to_json

TEXTS: Mapping[str, Any] = {"title": _l("Title"), "summary": _l("Purpose of the call")}
"""The texts of a call that an amendment may change."""
PLAIN = [
    name
    for name in AMENDABLE
    if name not in (*TEXTS, "ceilings", "form") and not name.endswith("_minor")
]
"""What the form has as the call has it: days and numbers."""


def optional_field(form: Questionnaire) -> dict[str, CheckboxesField]:
    """The documents that every applicant must attach, to say which need not be any more."""
    choices = [(question.key, question.title) for question in required_documents(form)]
    if not choices:
        return {}
    return {"optional": CheckboxesField(_l("Documents that are no longer required"), choices)}


class AmendForm(ReasonedForm):
    """The rules of an open call that can still change."""

    title = TextField(_l("Title"), required=True, limit=150)
    summary = LongTextField(_l("Purpose of the call"), required=True, limit=2000)
    envelope_minor = AmountField(_l("Total amount available for awards"), required=True)
    lowest_minor = AmountField(_l("Minimum grant amount"), required=True)
    highest_minor = AmountField(_l("Maximum grant amount"), required=True)
    months = NumberField(_l("Maximum duration in months"), least=1, most=60, required=True, width=3)
    least_months = NumberField(_l("Minimum duration in months"), least=1, most=60, width=3)
    earliest_start_on = DateField(_l("Projects start on this date or later"))
    registered_by = DateField(_l("Organisations must have been registered by"))
    years_in_a_row = NumberField(
        _l("Maximum number of years in a row in which an organisation may hold a grant"),
        least=1,
        most=20,
        width=2,
    )
    applications_per_organisation = NumberField(
        _l("Maximum number of applications per organisation"),
        least=1,
        most=20,
        width=2,
        required=True,
    )
    questions_until = DateField(_l("Questions can be asked until"))
    answers_on = DateField(_l("Answers are published by"))

    @classmethod
    def showing(cls, call: Call) -> "AmendForm":
        """With the title and the purpose in each language in which they are published."""
        boxes: dict[str, Any] = {
            **ceilings_field(call.questionnaire),
            **optional_field(call.form_for(FormPurpose.APPLICATION)),
        }
        values: dict[str, Any] = {"ceilings": boxes_of(call.ceilings)}
        for code in other_languages(call):
            for name, label in TEXTS.items():
                caption = _("%(text)s in %(language)s", text=label, language=language_name(code))
                boxes[f"{name}_{code}"] = LongTextField(caption, limit=2000, rows=2)
                values[f"{name}_{code}"] = getattr(call, name).get(code, "")
        sums = {f"{name}_minor": getattr(call, name) for name in ("envelope", "lowest", "highest")}
        texts = {name: getattr(call, name).get("en", "") for name in TEXTS}
        values |= texts | sums | {name: getattr(call, name) for name in PLAIN}
        form_class: type[AmendForm] = type("AmendInLanguages", (cls.drawn_for(call),), boxes)
        return form_class(data=values)

    def _texts_by_language(self, call: Call, name: str) -> dict[str, str]:
        """A text in each of its languages; a language whose box is empty is left out."""
        typed = {code: str(self[f"{name}_{code}"].data).strip() for code in other_languages(call)}
        return {"en": self[name].data, **{code: text for code, text in typed.items() if text}}

    def rules(self, call: Call) -> dict[str, Any]:
        """By column."""
        return {
            **{name: self._texts_by_language(call, name) for name in TEXTS},
            "envelope_minor": self.envelope_minor.data.minor,
            "lowest_minor": self.lowest_minor.data.minor,
            "highest_minor": self.highest_minor.data.minor,
            **{name: self[name].data for name in PLAIN},
            "ceilings": rows_of(self["ceilings"].data, call.ceilings)
            if "ceilings" in self
            else call.ceilings,
            "form": self._relaxed_form(call),
        }

    def _relaxed_form(self, call: Call) -> dict[str, Any]:
        """The form of the call, in which the ticked documents may be left out."""
        optional = self["optional"].data if "optional" in self else []
        return (
            to_json(relaxed(call.form_for(FormPurpose.APPLICATION), optional))
            if optional
            else call.form
        )
