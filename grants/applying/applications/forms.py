"""What applicants and the fund's people say of an application, besides its answers."""

from datetime import datetime
from zoneinfo import ZoneInfo

from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.forms import ClockField
from grants.applying.calls.models import Call
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.web.fields import (
    CheckboxField,
    CountryField,
    DateField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.web.forms import Form, QueryForm


class BeginForm(Form):
    """For which organisation a person applies."""

    organisation: RadioField

    @classmethod
    def offering(cls, choices: list[tuple[str, str]]) -> "BeginForm":
        """Organisations by code and name; the only one is chosen already."""
        field = RadioField(
            _l("Which organisation are you applying for?"),
            choices,
            required=True,
            default=choices[0][0] if len(choices) == 1 else None,
        )
        offered: type[BeginForm] = type("OfferedBeginForm", (cls,), {"organisation": field})
        return offered()


class SubmitForm(Form):
    """The last word before an application is submitted."""

    true = CheckboxField(
        _l(
            "The information in this application is true, our organisation has approved "
            "it, and nothing in it could identify a victim."
        ),
        required=True,
    )


class WithdrawForm(Form):
    reason = LongTextField(
        _l("Why do you withdraw it?"),
        hint=_l("Fund staff will read it."),
        limit=1000,
        rows=4,
        required=True,
    )


class ExtendForm(Form):
    """A later deadline for everyone."""

    deadline_on = DateField(_l("New deadline on"), required=True)
    deadline_time = ClockField(_l("New deadline at"), required=True)
    reason = LongTextField(
        _l("Reason"),
        hint=_l("All applicants with a draft will receive it by e-mail."),
        limit=1000,
        rows=4,
        required=True,
    )

    @classmethod
    def showing(cls, call: Call) -> "ExtendForm":
        now = call.deadline_at.astimezone(ZoneInfo(call.time_zone))
        return cls(data={"deadline_on": now.date(), "deadline_time": now.time()})

    def deadline(self, call: Call) -> datetime:
        return datetime.combine(
            self.deadline_on.data, self.deadline_time.data, tzinfo=ZoneInfo(call.time_zone)
        )


def _states() -> list[tuple[str, str]]:
    return [
        (state.value, str(name.staff))
        for state, name in APPLICATION.names.items()
        if state is not ApplicationState.DRAFT
    ]


class ApplicationsFilter(QueryForm):
    """Which applications a list shows."""

    q = TextField(_l("Organisation, title or number"), limit=100)
    state = SelectField(_l("Status"), _states)
    country = CountryField(_l("Country"))
    call: SelectField

    @classmethod
    def offering(cls, calls: list[str]) -> "ApplicationsFilter":
        """The filter with the calls to choose from, by their references."""
        field = SelectField(_l("Call"), [(reference, reference) for reference in calls])
        offered: type[ApplicationsFilter] = type("OfferedFilter", (cls,), {"call": field})
        return offered()
