"""How many applications an organisation may have to a call, and which place a new one takes."""

from collections.abc import Collection, Iterable, Sequence
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import standing_applications
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.language import ngettext


def invited_notes(session: Session, call: Call, organisation_id: int) -> Sequence[Application]:
    """The concept notes with which an organisation was invited to this second stage, the oldest
    first; none of any other call.
    """
    if call.first_stage is None:
        return []
    return session.scalars(
        select(Application)
        .where(
            Application.call_id == call.first_stage.id,
            Application.organisation_id == organisation_id,
            Application.state == ApplicationState.INVITED,
        )
        .order_by(Application.id)
    ).all()


def allowed(session: Session, call: Call, organisation_id: int) -> int:
    """How many applications of an organisation may stand in a call. In a second stage each concept
    note that is invited gives one full proposal.
    """
    if call.is_second_stage:
        return len(invited_notes(session, call, organisation_id))
    return call.applications_per_organisation


def free_place(places: Collection[int]) -> int:
    """The first place that no standing application has."""
    return next(place for place in count(1) if place not in places)


def begun_meanwhile(
    applications: Sequence[Application], highest_id: int, note: Application | None
) -> Application | None:
    """What an organisation has begun since a page showed all up to the id `seen`, or begun already
    for a concept note: sent again, the page leads there.
    """
    fits = (
        application
        for application in applications
        if (application.note_id == note.id if note else application.id > highest_id)
    )
    return next(fits, None)


def begun_already(applications: Sequence[Application], most: int) -> str:
    """What an organisation is told of those that it has begun."""
    return ngettext(
        "Your organisation has already begun %(begun)s of %(num)s application to this call.",
        "Your organisation has already begun %(begun)s of %(num)s applications to this call.",
        most,
        begun=len(applications),
    )


def take_in(session: Session, moved: Iterable[Application], organisation_id: int) -> None:
    """Applications of another record of an organisation become its own: those that stand take
    places that are free with it, so that all are kept.
    """
    places_by_call: dict[int, set[int]] = {}
    for application in moved:
        if application.state is ApplicationState.WITHDRAWN:
            continue
        if application.call_id not in places_by_call:
            applications = standing_applications(session, application.call_id, organisation_id)
            places_by_call[application.call_id] = {other.place for other in applications}
        places = places_by_call[application.call_id]
        if application.place in places:
            application.place = free_place(places)
        places.add(application.place)
