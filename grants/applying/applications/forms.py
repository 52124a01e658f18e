"""What applicants and the fund's people say of an application, besides its answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.forms import ClockField
from grants.applying.calls.models import Call
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.web.fields import (
    AmountField,
    CheckboxField,
    CountryField,
    DateField,
    LongTextField,
    NumberField,
    RadioField,
    SelectField,
    TextField,
    YesNoField,
)
from grants.platform.web.forms import Form, QueryForm


class BeginForm(Form):
    """For which organisation a person applies."""

    organisation: RadioField

    @classmethod
    def offering(
        cls, choices: list[tuple[str, str]], rows: Sequence[Mapping[str, Any]] = ()
    ) -> "BeginForm":
        """Organisations by code and name, the only one chosen already; `rows` of the checklist are
        asked as yes or no.
        """
        field = RadioField(
            _l("Which organisation are you applying for?"),
            choices,
            required=True,
            default=choices[0][0] if len(choices) == 1 else None,
        )
        asked = {
            f"e_{row['key']}": YesNoField(in_language(row["ask"]), required=True) for row in rows
        }
        made = {"organisation": field, **asked}
        offered: type[BeginForm] = type("OfferedBeginForm", (cls,), made)
        return offered()

    def answers(self) -> dict[str, bool]:
        """Yes or no by the key of a row."""
        return {
            field.name.removeprefix("e_"): field.data
            for field in self.questions()
            if field.name.startswith("e_")
        }


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
        _l("Why are you withdrawing the application?"),
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


class AmendForm(Form):
    """The rules of an open call that can still change."""

    title = TextField(_l("Title"), required=True, limit=150)
    summary = LongTextField(_l("Purpose of the call"), required=True, limit=2000)
    envelope_minor = AmountField(_l("Total amount available for awards"), required=True)
    lowest_minor = AmountField(_l("Minimum grant amount"), required=True)
    highest_minor = AmountField(_l("Maximum grant amount"), required=True)
    months = NumberField(_l("Maximum duration in months"), least=1, most=60, required=True, width=3)
    earliest_start_on = DateField(_l("Projects start on this date or later"))
    registered_by = DateField(_l("Organisations must have been registered by"))
    reason = LongTextField(
        _l("Reason"),
        hint=_l("All applicants with a draft will receive it by e-mail."),
        limit=1000,
        rows=4,
        required=True,
    )

    @classmethod
    def showing(cls, call: Call) -> "AmendForm":
        sums = {f"{name}_minor": getattr(call, name) for name in ("envelope", "lowest", "highest")}
        texts = {name: getattr(call, name).get("en", "") for name in ("title", "summary")}
        plain = ("months", "earliest_start_on", "registered_by")
        return cls(data={**texts, **sums, **{name: getattr(call, name) for name in plain}})

    def rules(self, call: Call) -> dict[str, Any]:
        """By column; texts in other languages stay as they are."""
        return {
            "title": {**call.title, "en": self.title.data},
            "summary": {**call.summary, "en": self.summary.data},
            "envelope_minor": self.envelope_minor.data.minor,
            "lowest_minor": self.lowest_minor.data.minor,
            "highest_minor": self.highest_minor.data.minor,
            "months": self.months.data,
            "earliest_start_on": self.earliest_start_on.data,
            "registered_by": self.registered_by.data,
        }


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
