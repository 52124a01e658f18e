"""The interviews and visits of applications, those that are still needed, and who may hold them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import LISTED, open_to
from grants.applying.applications.workflow import TO_BE_VISITED
from grants.applying.calls.models import Call
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, viewer_from, viewers
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.screening.queries import in_states
from grants.deciding.visits.models import Visit
from grants.deciding.visits.workflow import VisitState


def visits_of(session: Session, application: Application) -> Sequence[Visit]:
    """Every interview and visit about an application, the newest first."""
    visits = session.scalars(
        select(Visit)
        .where(Visit.application_id == application.id)
        .options(joinedload(Visit.people), joinedload(Visit.enquiry))
        .order_by(Visit.id.desc())
    )
    return visits.unique().all()


def visit_of(session: Session, application: Application, number: int) -> Visit:
    """The visit of an application, by its number. Raises Missing."""
    visit = session.get(Visit, number)
    if visit is None or visit.application_id != application.id:
        raise Missing(_("Interview or visit not found."))
    return visit


def not_reported(session: Session, application: Application) -> str:
    """Why a recommendation has to wait; empty if nothing is missing."""
    return missing_of_each(session, [application]).get(application.id, "")


def missing_of_each(session: Session, applications: Sequence[Application]) -> dict[int, str]:
    """Why a recommendation has to wait, of several applications by their ids; without those that
    lack nothing.
    """
    ids = {application.id for application in applications if application.call.visit}
    reported = select(Visit.application_id).where(
        Visit.application_id.in_(ids), Visit.state == VisitState.REPORTED
    )
    return dict.fromkeys(ids - set(session.scalars(reported)) if ids else (), nothing_yet())


def nothing_yet() -> str:
    return _("The call asks for an interview or a site visit first. There is no report of one yet.")


def waiting(viewer: Viewer) -> Select[Application]:
    """Applications whose call asks for an interview or a visit, and that have no report yet."""
    return _without_report(viewer).join(Application.call).where(Call.visit != "").options(*LISTED)


def _without_report(viewer: Viewer) -> Select[Application]:
    return in_states(viewer, Permission.SCREENING_DECIDE, *TO_BE_VISITED).where(~_IS_REPORTED)


_IS_REPORTED = exists().where(
    Visit.application_id == Application.id, Visit.state == VisitState.REPORTED
)


def calls_waiting(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """The calls of these applications: number and title in the reader's language. Each call is
    looked up until one of its applications is found: they are many.
    """
    call = aliased(Call)
    first = (
        _without_report(viewer)
        .with_only_columns(Application.id)
        .where(Application.call_id == call.id)
        .limit(1)
        .correlate(call)
        .scalar_subquery()
    )
    calls = select(call.reference, call.title).where(call.visit != "", first.is_not(None))
    rows = session.execute(calls.order_by(call.id.desc()))
    return [(reference, in_language(title)) for reference, title in rows]


def to_visit(viewer: Viewer) -> Select[int]:
    """How many applications wait for one."""
    return counting(waiting(viewer))


def may_hold(session: Session, application: Application) -> list[Person]:
    """The fund's people who may hold it: those who screen, do not act for the organisation, and
    have no conflict of interest that shuts the application to them.
    """
    people = people_of_fund(session, Permission.SCREENING_DECIDE, application.fund_id)
    rows: dict[int, list[Any]] = {person.id: [] for person in people}
    for row in session.execute(viewers().where(Person.id.in_(rows))):
        rows[row.id].append(row)
    readers = {number: viewer_from(memberships) for number, memberships in rows.items()}
    free = [
        person
        for person in people
        if application.organisation_id not in readers[person.id].organisation_ids
    ]
    open_ones = [_is_open_to(application, readers[person.id]) for person in free]
    are_open = session.execute(select(*open_ones)).one() if free else ()
    return [person for person, opens in zip(free, are_open, strict=True) if opens]


def _is_open_to(application: Application, viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(Application.id == application.id, open_to(viewer))
