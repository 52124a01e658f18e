"""The last word before a report is sent, the answer to it, and which reports a list shows."""

from collections.abc import Sequence
from typing import Self

from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.reporting.models import FileKind
from grants.granting.reporting.workflow import REPORT
from grants.platform.file_checks.checks import ENDINGS
from grants.platform.forms.fields import (
    CheckboxField,
    FileField,
    HiddenField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.fields.question import Question
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.questionnaires.form import Section

CORRECT = "correct_"
"""How the boxes of sections to be returned are named; the section's key follows."""

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


class FileForm(Form):
    kind = SelectField(_l("What does it show?"), FileKind.choices, required=True)
    file = FileField(
        _l("File"),
        hint=_l("PDF, picture, Word, Excel or OpenDocument, up to 10 MB."),
        accept=ENDINGS,
        required=True,
    )
    nobody = CheckboxField(
        _l("No person who was assisted can be recognised or is named in it."), required=True
    )


class AcceptForm(Form):
    version = HiddenField()
    part = HiddenField()


class SendBackForm(Form):
    """A box for each section that may be returned."""

    version = HiddenField()

    def box_of(self, key: str) -> Question | None:
        """The box for this section; None where it may not be returned."""
        boxes = (box for box in self.questions() if box.short_name == f"{CORRECT}{key}")
        return next(boxes, None)

    @property
    def corrections(self) -> dict[str, str]:
        """What is to be corrected, by section."""
        return {
            question.short_name.removeprefix(CORRECT): question.data or ""
            for question in self.questions()
            if question.short_name.startswith(CORRECT)
        }

    @classmethod
    def about(cls, sections: Sequence[Section], version: int) -> Self:
        """The form for these sections."""
        boxes = {
            f"{CORRECT}{section.key}": LongTextField(
                _l("To be corrected in “%(section)s”", section=section.name),
                hint=_l("Leave empty if nothing is to be corrected here."),
                limit=1000,
                rows=3,
            )
            for section in sections
        }
        drawn: type[Self] = type("DrawnSendBackForm", (cls,), boxes)
        return drawn(data={"version": version})


class OpenSectionForm(Form):
    """Which section is opened besides those that the fund returned, and what is corrected in it."""

    section: RadioField
    reason: LongTextField

    @classmethod
    def about(cls, sections: Sequence[Section]) -> Self:
        """The form for these sections."""
        choices = [(section.key, section.name) for section in sections]
        questions = {
            "section": RadioField(_l("Which section?"), choices, required=True),
            "reason": LongTextField(
                _l("What will you correct there?"), required=True, limit=1000, rows=3
            ),
        }
        drawn: type[Self] = type("DrawnOpenSectionForm", (cls,), questions)
        return drawn()


def _state_choices() -> list[tuple[str, str]]:
    first = (OPEN, str(_l("Not finished")))
    return [first, *((state.value, str(name.staff)) for state, name in REPORT.names.items())]


class ReportsFilter(QueryForm):
    """Which reports the fund's people look at."""

    opens_on = ("state", OPEN)
    q = TextField(_l("Organisation or grant"), limit=100)
    state = SelectField(_l("Status"), _state_choices)
    due = SelectField(
        _l("Due"),
        lambda: [("late", _l("Overdue")), ("soon", _l("In the next 30 days"))],
    )
