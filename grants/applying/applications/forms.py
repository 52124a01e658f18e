"""What applicants and the fund's people say of an application, besides its answers."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.call_changes.amendments import other_languages
from grants.applying.call_pages.forms import ClockField
from grants.applying.calls.models import Call
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import language_name
from grants.platform.casework.filters import OwnerField, OwnerFilter
from grants.platform.forms.fields import (
    CheckboxField,
    CountryField,
    DateField,
    HiddenField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
    YesNoField,
)
from grants.platform.forms.forms import Form, QueryForm


class BeginForm(Form):
    """For which organisation a person applies."""

    organisation: RadioField

    @classmethod
    def offering(
        cls,
        choices: list[tuple[str, str]],
        rows: Sequence[Mapping[str, Any]] = (),
        highest_id: int = 0,
        yes: Collection[str] = (),
    ) -> "BeginForm":
        """Organisations by code and name, the only one chosen already; `rows` of the checklist are
        asked as yes or no, and `yes` are keys of those that were answered so before;
        `highest_id` is that of an application that the page shows.
        """
        field = RadioField(
            _l("Which organisation are you applying for?"),
            choices,
            required=True,
            default=choices[0][0] if len(choices) == 1 else None,
        )
        checks = {
            f"e_{row['key']}": YesNoField(
                in_language(row["ask"]),
                required=True,
                default=True if row["key"] in yes else None,
            )
            for row in rows
        }
        fields = {"organisation": field, **checks, "seen": HiddenField(default=str(highest_id))}
        offered: type[BeginForm] = type("OfferedBeginForm", (cls,), fields)
        return offered()

    def newest_seen(self) -> int:
        """The highest id of an application that the page had shown; 0: none."""
        typed = str(self["seen"].data or "")
        return int(typed) if re.fullmatch(r"\d{1,18}", typed, re.ASCII) else 0

    def answers(self) -> dict[str, bool]:
        """Yes or no by the key of a row."""
        return {
            field.name.removeprefix("e_"): field.data
            for field in self.questions()
            if field.name.startswith("e_")
        }


class BringBackForm(Form):
    """Which version of an answer stands again."""

    number = HiddenField()


class CopyForm(Form):
    """From which earlier application answers are taken over."""

    source: RadioField

    @classmethod
    def offering(cls, earlier: Sequence[Application]) -> "CopyForm":
        choices = [(a.reference, a.title or a.reference, a.call.name) for a in earlier]
        field = RadioField(_l("Copy the answers from"), choices, required=True)
        form_class: type[CopyForm] = type("OfferedCopies", (cls,), {"source": field})
        return form_class()


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


REASON = "reason_"
"""How the inputs begin that hold the reason in another language."""


class ReasonedForm(Form):
    """An act of which applicants are told, with its reason in the languages of the call."""

    reason = LongTextField(
        _l("Reason"),
        hint=_l("All applicants with a draft will receive it by e-mail."),
        limit=1000,
        rows=4,
        required=True,
    )

    @classmethod
    def drawn_for(cls, call: Call) -> "type[Self]":
        """With a box for the reason in each other language of the call's text."""
        boxes = {
            f"{REASON}{code}": LongTextField(
                _("Reason in %(language)s", language=language_name(code)), limit=1000, rows=3
            )
            for code in other_languages(call)
        }
        return type("ReasonedInLanguages", (cls,), boxes)

    def reasons(self) -> dict[str, str]:
        """The reason in other languages, where it was given."""
        typed = {name.removeprefix(REASON): self[name].data for name in self._fields}
        return {
            name: text.strip()
            for name, text in typed.items()
            if f"{REASON}{name}" in self._fields and str(text or "").strip()
        }


class ExtendForm(ReasonedForm):
    """A later deadline for everyone."""

    deadline_on = DateField(_l("New deadline on"), required=True)
    deadline_time = ClockField(_l("New deadline at"), required=True)
    questions_until = DateField(
        _l("Questions can be asked until"), hint=_l("You can move this date too.")
    )

    @classmethod
    def showing(cls, call: Call) -> "ExtendForm":
        now = call.deadline_at.astimezone(ZoneInfo(call.time_zone))
        form_class: type[ExtendForm] = cls.drawn_for(call)
        if call.questions_until is None:
            form_class = type("ExtendWithoutQuestions", (form_class,), {"questions_until": None})
        return form_class(
            data={
                "deadline_on": now.date(),
                "deadline_time": now.time(),
                "questions_until": call.questions_until,
            }
        )

    @property
    def last_day_of_questions(self) -> date | None:
        return self.questions_until.data if self.questions_until else None

    def deadline(self, call: Call) -> datetime:
        return datetime.combine(
            self.deadline_on.data, self.deadline_time.data, tzinfo=ZoneInfo(call.time_zone)
        )


class WithdrawCallForm(ReasonedForm):
    """Why a call is withdrawn."""

    sure = CheckboxField(
        _l(
            "I understand that no more applications can be submitted to the call, and"
            " that those already submitted will not be considered further."
        ),
        required=True,
    )


def _state_choices() -> list[tuple[str, str]]:
    return [
        (state.value, str(name.staff))
        for state, name in APPLICATION.names.items()
        if state is not ApplicationState.DRAFT
    ]


UNDECIDED = "undecided"


def _states_to_list() -> list[tuple[str, str]]:
    return [(UNDECIDED, str(_l("Not decided"))), *_state_choices()]


class ApplicationsFilter(OwnerFilter, QueryForm):
    """Which applications a list shows."""

    opens_on = ("state", UNDECIDED)
    q = TextField(_l("Organisation, title, number or answers"), limit=100)
    state = SelectField(_l("Status"), _states_to_list)
    country = CountryField(_l("Country"))
    owner = OwnerField("application")
    call: SelectField

    @classmethod
    def offering(cls, calls: list[str]) -> "ApplicationsFilter":
        """The filter with the calls to choose from, by their references."""
        return _filter_of_calls(cls, tuple(calls))()


@lru_cache(maxsize=64)
def _filter_of_calls(
    kind: type[ApplicationsFilter], calls: tuple[str, ...]
) -> type[ApplicationsFilter]:
    field = SelectField(_l("Call"), [(reference, reference) for reference in calls])
    return type("OfferedFilter", (kind,), {"call": field})
