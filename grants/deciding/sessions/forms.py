"""What is filled in before, in and after a session of the Board."""

from collections.abc import Sequence
from typing import Any

from grants.applying.applications.models import Application
from grants.core.countries.countries import country_name
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Person
from grants.core.texts.formats import example_day
from grants.core.texts.marks import spaced
from grants.deciding.board.forms import shown_amount
from grants.deciding.sessions.models import BALLOT, Choice, Leaning
from grants.deciding.sessions.service import TrusteeView
from grants.deciding.sessions.sitting import Ballot
from grants.platform.forms.fields import (
    CheckboxesField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    RadioField,
    TextField,
)
from grants.platform.forms.forms import Form


class _Date(Form):
    """When and where a session is held."""

    held_on = DateField(
        _l("Date of the session"),
        required=True,
        first=clock.today,
        hint=_l("For example %(day)s.", day=example_day()),
    )
    place = TextField(
        _l("Place"), hint=_l("A room, or the address of a video conference."), limit=200
    )


class _Agenda(Form):
    """Made by `schedule_form` and `agenda_form`."""

    agenda = CheckboxesField(_l("Agenda"), (), required=True)

    def chosen(self) -> list[int]:
        return [int(value) for value in self.agenda.data]


class ScheduleForm(_Date, _Agenda):
    """A new session."""


class RescheduleForm(_Date):
    """A new date or place of a session, and why."""

    reason = LongTextField(_l("Reason for the change"), required=True, limit=1000, rows=3)


def _agenda_choice(application: Application) -> tuple[str, str, str]:
    country = country_name(application.country) if application.country else ""
    return (
        str(application.id),
        f"{application.organisation.name}{spaced(':')}{application.title}",
        f"{application.reference} · {country}",
    )


def _with_agenda(kind: type[Form], applications: Sequence[Application], **data: Any) -> Any:
    choices = [_agenda_choice(application) for application in applications]
    field = CheckboxesField(_l("Recommended applications on the agenda"), choices, required=True)
    form_type: type[Form] = type(f"{kind.__name__}OfFund", (kind,), {"agenda": field})
    return form_type(data={"agenda": [value for value, _t, _h in choices], **data})


def schedule_form(applications: Sequence[Application]) -> Any:
    """A session with these recommendations to choose from, all of them chosen."""
    return _with_agenda(ScheduleForm, applications)


def agenda_form(applications: Sequence[Application]) -> Any:
    """Further recommendations for a session."""
    return _with_agenda(_Agenda, applications)


class _Attendance(Form):
    """Made by `attendance_form`."""

    present = CheckboxesField(_l("Trustees present"), ())

    def chosen(self) -> list[int]:
        return [int(value) for value in self.present.data]


def attendance_form(people: Sequence[Person], present: Sequence[int]) -> Any:
    """The form of who is present, of the trustees in office."""
    choices = [(str(person.id), person.name) for person in people]
    field = CheckboxesField(_l("Trustees present"), choices, required=True)
    form_type: type[Form] = type("AttendanceForm", (_Attendance,), {"present": field})
    return form_type(data={"present": [str(person_id) for person_id in present]})


class DiscussionForm(Form):
    """What the Board said on an item, or why it does not advise on it now."""

    remarks = LongTextField(
        _l("The Board’s remarks"),
        hint=_l(
            "They become part of the advice. Required if the Board does not endorse and no "
            "trustee gave reasons."
        ),
        limit=4000,
        rows=4,
    )
    put_off = LongTextField(
        _l("Reason for deferring it"),
        hint=_l("Only if the Board does not advise on it in this session."),
        limit=1000,
        rows=2,
    )


class VoteForm(Form):
    """A trustee's vote on one item."""

    choice = RadioField(
        _l("How do you vote?"),
        lambda: [(one.value, str(one.label)) for one in BALLOT],
        required=True,
        inline=True,
    )
    reason = LongTextField(
        _l("Reasons"), hint=_l("Required if you vote against."), limit=2000, rows=3
    )
    amount = HiddenField()
    """What the trustee was shown, in USD; another amount is another vote."""

    def ballot(self) -> Ballot:
        return Ballot(Choice(self.choice.data), shown_amount(self.amount), self.reason.data or "")


class OpinionForm(Form):
    """What a trustee says before the session."""

    leaning = RadioField(_l("Your opinion"), Leaning, required=True)
    remarks = LongTextField(
        _l("Remarks"),
        hint=_l("Required unless you endorse the recommendation."),
        limit=4000,
        rows=4,
    )

    def said(self) -> TrusteeView:
        return TrusteeView(self.leaning.data, self.remarks.data or "")


class SignedForm(Form):
    """The minutes and the list of advice, signed."""

    paper = FileField(
        _l("Signed minutes and list of advice"), required=True, hint=_l("As one PDF.")
    )
