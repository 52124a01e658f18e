"""What has happened to an application, in plain words, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import steps_of
from grants.applying.applications.workflow import (
    APPLICATION,
    BY_ORGANISATION,
    DECIDED,
    ApplicationState,
)
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import pgettext

S = ApplicationState


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the timeline. `state`: done, now, or next."""

    title: str
    at: datetime | None = None
    by: str = ""
    text: str = ""
    state: str = "done"


def for_owner(session: Session, application: Application) -> list[Event]:
    """As the organisation may know it: steps that it cannot distinguish are one."""
    happened: list[Event] = []
    for row in steps_of(session, application):
        state = ApplicationState(str(row.target))
        title = str(APPLICATION.names[state].public)
        if happened and happened[-1].title == title:
            continue
        by_owner = state in BY_ORGANISATION
        happened.append(
            Event(title, row.at, by=row.actor if by_owner else "", text=_meaning_of(state))
        )
    return [*_with_now(happened, application.state), *_still_to_come(application.state)]


def was_put_on_reserve(session: Session, application: Application) -> bool:
    """Has the organisation been told that it is on the reserve list, whatever came of it since?"""
    return any(row.action == "confirm_reserve" for row in steps_of(session, application))


def for_staff(session: Session, application: Application) -> list[Event]:
    """Every step, who took it and why; a step that leaves the state unchanged by its own name."""
    events: list[Event] = []
    for row in steps_of(session, application):
        title = APPLICATION.names[ApplicationState(str(row.target))].staff
        if row.source == row.target:
            title = APPLICATION.step(row.action).label
        events.append(Event(str(title), row.at, by=row.actor, text=row.reason or ""))
    return _with_now(events, application.state)


def _with_now(events: Sequence[Event], state: ApplicationState) -> list[Event]:
    """The last step is the present state of the application, unless that is its end."""
    if not events or state in DECIDED:
        return list(events)
    last = events[-1]
    return [*events[:-1], Event(last.title, last.at, last.by, last.text, "now")]


def _meaning_of(state: ApplicationState) -> str:
    """What a step means for the organisation."""
    return {
        S.SUBMITTED: _(
            "We have received your application. We will first check whether it meets the "
            "rules of the call."
        ),
        S.ELIGIBLE: _("The application meets the rules of the call. Reviewers will now assess it."),
        S.INELIGIBLE: _(
            "The application does not meet the rules of the call. The letter explains why."
        ),
        S.UNDER_REVIEW: _("Reviewers with expertise in the field are assessing the application."),
        S.RECOMMENDED: _("The Board advises, then the fund decides."),
        S.INVITED: _("Your organisation is invited to send a full proposal."),
        S.NOT_INVITED: _(
            "We cannot invite your organisation to send a full proposal. The letter explains why."
        ),
        S.APPROVED: _("The fund has awarded the grant. The letter explains the next steps."),
        S.REJECTED: _("The fund is unable to award this grant. The letter explains why."),
    }.get(state, "")


def _still_to_come(state: ApplicationState) -> list[Event]:
    """The way ahead as anybody may know it."""
    way = {
        S.DRAFT: (
            pgettext("application", "Received"),
            _("Eligible, to be reviewed"),
            _("Being reviewed"),
        ),
        S.SUBMITTED: (_("Eligible, to be reviewed"), _("Being reviewed")),
        S.ELIGIBLE: (_("Being reviewed"),),
    }
    if state in DECIDED:
        return []
    return [Event(title, state="next") for title in (*way.get(state, ()), _("Decision"))]
