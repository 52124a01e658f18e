"""Planning an interview or a site visit, changing the plan, and reporting what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import locked
from grants.applying.applications.workflow import APPLICATION, TO_BE_VISITED
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.audit.binding import touch_rows
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.taxonomies import Encounter
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.deciding.visits.models import Visit, VisitPerson
from grants.deciding.visits.queries import may_hold, visits_of
from grants.deciding.visits.workflow import VISIT, VisitState
from grants.integrity.enquiries.models import EnquiryKind
from grants.integrity.enquiries.service import Answer, record_visit
from grants.platform.messages.service import Recipient, send

KEPT_AS = {
    Encounter.INTERVIEW: EnquiryKind.INTERVIEW,
    Encounter.VISIT: EnquiryKind.VISIT,
}
"""As what it stands in the file of the organisation."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When and where it is, and who holds it."""

    on: date
    place: str
    people: Sequence[Person]


def plan(session: Session, application: Application, planned: Plan, act: Act) -> Visit:
    """Plan the interview or visit that the call asks for. The people who hold it are informed.

    DomainError for a person who may not hold it; Conflict while another one is planned.
    """
    _may_act(session, application, act)
    require_room(session, application)
    visit = Visit(
        application_id=application.id,
        application=application,
        fund_id=application.fund_id,
        kind=Encounter.of(application.call.visit),
    )
    _set_plan(session, visit, planned, act)
    facts = {"application": application.reference, "people": visit.names}
    begin(session, visit, VISIT, act, planned_on=planned.on.isoformat(), **facts)
    _bind_people(session, visit, planned.people)
    _inform_people(session, visit, "planned")
    return visit


def require_room(session: Session, application: Application) -> None:
    """DomainError where the call asks for no interview and no visit, Conflict where none can be
    planned now.
    """
    if not application.call.visit:
        raise DomainError(_("The call does not ask for an interview or a visit."))
    if application.state not in TO_BE_VISITED:
        state = APPLICATION.names[application.state].staff
        raise Conflict(_("This cannot be done now: the status is “%(state)s”.", state=state))
    if any(visit.state is VisitState.PLANNED for visit in visits_of(session, application)):
        raise Conflict(_("An interview or a visit is already planned."))


def change(session: Session, visit: Visit, planned: Plan, act: Act) -> None:
    """Change when and where it is, or who holds it. They are informed."""
    _lock_visit(session, visit, act)
    VISIT.require("change_plan", visit.state)
    before = [*visit.people]
    _set_plan(session, visit, planned, act)
    day = planned.on.isoformat()
    advance(session, visit, VISIT, "change_plan", act, planned_on=day, people=visit.names)
    _bind_people(session, visit, [*before, *planned.people])
    _inform_people(session, visit, "planned")


def _bind_people(session: Session, visit: Visit, people: Sequence[Person]) -> None:
    """Note the people who hold a visit, or held it before a change: the relation writes their rows
    by itself.
    """
    touch_rows(session, VisitPerson, [(visit.id, person.id) for person in people])


def cancel(session: Session, visit: Visit, act: Act) -> None:
    """Cancel it, with the reason; another one can be planned."""
    _lock_visit(session, visit, act)
    advance(session, visit, VISIT, "cancel", act)
    _inform_people(session, visit, "cancelled", act.reason or "")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and what is recommended."""

    answer: Answer
    recommendation: str


def report(session: Session, visit: Visit, written: Report, act: Act) -> None:
    """Report what was found and what is recommended; once. One of those who held it does so, and
    each of them must still be free of conflicts. It stands in the organisation's file as well.
    """
    _lock_visit(session, visit, act)
    VISIT.require("report", visit.state)
    if act.actor.person_id not in {person.id for person in visit.people}:
        raise Forbidden(
            _("Only a person who carried out the interview or visit can write the report.")
        )
    _require_free(session, visit.application, visit.people)
    if not written.recommendation.strip():
        raise DomainError(_("Enter your recommendation."))
    organisation, kind = visit.application.organisation, KEPT_AS[visit.kind]
    enquiry = record_visit(session, organisation, visit.names, written.answer, act, kind)
    visit.enquiry, visit.recommendation = enquiry, written.recommendation.strip()
    advance(session, visit, VISIT, "report", act, finding=written.answer.finding.value)


def _set_plan(session: Session, visit: Visit, planned: Plan, act: Act) -> None:
    if not planned.people:
        raise DomainError(_("Choose who will carry out the interview or visit."))
    _require_free(session, visit.application, planned.people)
    visit.planned_on, visit.place = planned.on, planned.place.strip()
    visit.people, visit.planned_at = list(planned.people), act.at


def _require_free(session: Session, application: Application, people: Sequence[Person]) -> None:
    free = {person.id for person in may_hold(session, application)}
    for person in people:
        if person.id not in free:
            raise DomainError(
                _("%(name)s may not carry out this interview or visit.", name=person.name)
            )


def _may_act(session: Session, application: Application, act: Act) -> None:
    locked(session, application.id)
    act.demand(Permission.SCREENING_DECIDE, application.scope)
    keep_apart(act.actor, application.organisation_id)


def _lock_visit(session: Session, visit: Visit, act: Act) -> None:
    _may_act(session, visit.application, act)
    session.refresh(visit, with_for_update={"of": Visit})


def _inform_people(session: Session, visit: Visit, what: str, reason: str = "") -> None:
    application = visit.application
    for person in visit.people:
        send(
            session,
            Recipient.of(person),
            f"deciding/visits/{what}",
            event=f"visit:{visit.id}:{what}:{visit.version}",
            application=application,
            visit=visit,
            reason=reason,
            url=absolute(f"/visits/{application.reference}"),
        )
