"""The checklist as a form: for each criterion of the call, met or not, and why not."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.screening.queries import Item
from grants.deciding.screening.service import Answer
from grants.deciding.screening.suggestions import ALWAYS_KNOWN
from grants.platform.forms.fields import CheckboxesField, LongTextField, RadioField, SelectField
from grants.platform.forms.forms import Form, QueryForm

MET = (("met", _l("Met")), ("not_met", _l("Not met")))
_VALUE = {"met": True, "not_met": False}
_TEXT = {True: "met", False: "not_met"}


class Checklist(Form):
    """Made by `checklist_form` for one call."""

    asks = False
    items: Sequence[Item] = ()

    def rows(self) -> Iterable[tuple[Item, Any, Any]]:
        """Each criterion with its two fields."""
        return [(item, self[f"met_{item.key}"], self[f"reason_{item.key}"]) for item in self.items]

    def answers(self) -> dict[str, Answer]:
        """What is ticked and written, whatever lacks."""
        return {
            item.key: Answer(_VALUE.get(met.data or ""), reason.data or "")
            for item, met, reason in self.rows()
        }

    def is_complete(self) -> bool:
        """Every criterion answered, each "not met" with its reason; what lacks is marked."""
        for item, met, reason in self.rows():
            if not met.data:
                text = _("Choose “Met” or “Not met”: %(criterion)s", criterion=item.label)
                self.complain(met.name, text)
            elif met.data == "not_met" and not reason.data:
                text = _(
                    "Enter a reason, which the applicant will see: %(criterion)s",
                    criterion=item.label,
                )
                self.complain(reason.name, text)
        return not any(field.errors for field in self.questions())


def checklist_form(items: Sequence[Item]) -> Checklist:
    """The form of one application's checklist, as it was left."""
    drawn: dict[str, Any] = {"items": items}
    data: dict[str, Any] = {}
    for item in items:
        drawn[f"met_{item.key}"] = RadioField(item.label, MET, hint=item.help, inline=True)
        drawn[f"reason_{item.key}"] = LongTextField(
            _l("Reason why it is not met"), limit=1000, rows=2
        )
        data[f"met_{item.key}"] = _preselected_choice(item)
        data[f"reason_{item.key}"] = item.reason
    kind = type("ChecklistOfCall", (Checklist,), drawn)
    form: Checklist = kind(data=data, require=False)
    return form


def _preselected_choice(item: Item) -> str | None:
    """What is ticked when the page opens: as it was left, else "met" where the system knows. A "not
    met" is never ticked for a person: it ends the application.
    """
    if item.met is not None:
        return _TEXT[item.met]
    return _TEXT[True] if item.suggestion and item.suggestion.met else None


class OutcomeForm(Form):
    """A confirmation that an application is eligible: no questions."""

    @property
    def said(self) -> str:
        """What the letter adds to the reasons."""
        return ""


class IneligibleForm(OutcomeForm):
    """A confirmation that it is not."""

    paragraph = LongTextField(
        _l("Paragraph in the letter"),
        hint=_l("It follows the decision. Leave empty if there is nothing to add."),
        limit=2000,
        rows=5,
    )

    @property
    def said(self) -> str:
        return self.paragraph.data or ""


class AcceptForm(Form):
    """Which criteria a person has checked for all of the selected applications."""

    checked = CheckboxesField(_l("Checked by me"), ())

    @classmethod
    def of(cls, criteria_of_calls: Sequence[list[dict[str, Any]]]) -> "AcceptForm":
        """With the criteria of several calls that only a person can judge."""
        criteria = {
            row["key"]: in_language(row["label"])
            for rows in criteria_of_calls
            for row in rows
            if (row.get("rule") or row["key"]) not in ALWAYS_KNOWN
        }
        field = CheckboxesField(
            _l("I have checked these criteria for every selected application, and they are met"),
            list(criteria.items()),
            hint=_l(
                "What you tick counts only for criteria that the system cannot "
                "check. It is recorded in your name."
            ),
        )
        kind: type[AcceptForm] = type("AcceptFormOfCalls", (cls,), {"checked": field})
        return kind()


class QueueForm(QueryForm):
    """The filter of a queue by call."""

    call = SelectField(_l("Call"), ())

    @classmethod
    def of(cls, calls: Callable[[], Sequence[tuple[str, str]]]) -> "QueueForm":
        """With the calls to choose from."""
        kind: type[QueueForm] = type(
            "QueueFormOfViewer", (cls,), {"call": SelectField(_l("Call"), calls)}
        )
        return kind()
