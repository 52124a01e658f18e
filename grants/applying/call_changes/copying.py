"""A new draft with the rules and the form of another call, a year later."""

from dataclasses import fields, replace
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.service import Rules, draft_call
from grants.core.audit.act import Act


def copy_call(session: Session, call: Call, act: Act) -> Call:
    """A new draft with the rules and the form of another call, a year later."""
    rules, zone = rules_of(call), call.zone
    later = replace(
        rules,
        opens_at=_a_year_later(call.opens_at.astimezone(zone)),
        deadline_at=_a_year_later(call.deadline_at.astimezone(zone)),
        earliest_start_on=_a_year_later(call.earliest_start_on),
        registered_by=_a_year_later(call.registered_by),
        questions_until=_a_year_later(call.questions_until),
        answers_on=_a_year_later(call.answers_on),
    )
    return draft_call(
        session,
        call.fund,
        later,
        act,
        form=call.form_for(FormPurpose.APPLICATION),
        grantee_forms=call.grantee_forms,
    )


def rules_of(call: Call) -> Rules:
    """The rules of a call as they are."""
    return Rules(**{item.name: getattr(call, item.name) for item in fields(Rules)})


def _a_year_later(day: Any) -> Any:
    """The same date and time a year later; 28 February for the 29th."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
