"""Pages on which the secretariat plans interviews and site visits, and reports what they found."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import TO_BE_VISITED
from grants.applying.secretariat.listed import OF_APPLICATIONS_AND_CALLS
from grants.core.audit.act import Act
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.deciding.screening.beside import CasePart, form_of_calls, of_call
from grants.deciding.screening.queries import application_of
from grants.deciding.visits import queries, service
from grants.deciding.visits.forms import PlanForm, ReportForm, plan_form
from grants.deciding.visits.models import Visit
from grants.deciding.visits.service import Plan
from grants.deciding.visits.workflow import VISIT, VisitState
from grants.integrity.enquiries.queries import TONES
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.tables.columns import age
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.beside import beside
from grants.platform.web.database import session

pages = Blueprint("visits", __name__, url_prefix="/visits")

P = Permission

QUEUE = Listing(
    columns=(
        Column(_l("Number"), lambda a: a.reference, kind="code"),
        Column(_l("Organisation"), lambda a: a.organisation.name, worth="name"),
        Column(
            _l("Project"),
            lambda a: a.title,
            worth="title",
            link=lambda a: url_for(".show", reference=a.reference),
        ),
        Column(_l("Call"), lambda a: a.call.reference, kind="code"),
        age(lambda a: a.submitted_at),
    ),
    orders={"oldest": Order(Application.id)},
    facts=OF_APPLICATIONS_AND_CALLS,
)


def _find_application(reference: str) -> Application:
    return application_of(session(), reference, viewer(), P.SCREENING_DECIDE)


@pages.get("")
@needs(P.SCREENING_DECIDE)
def queue() -> ResponseReturnValue:
    """Applications that wait for an interview or a visit, the longest waiting first."""
    form = form_of_calls(queries.calls_waiting(session(), at_work()))
    listed = QUEUE.of(session(), of_call(queries.waiting(at_work()), form.call.data), "visits")
    return listed.file or render_template("deciding/visits/queue.html", listed=listed, form=form)


@pages.get("/<reference>")
@beside("application", _l("Interview or site visit"), 22, lambda a: bool(a.call.visit))
@needs(P.SCREENING_DECIDE)
def show(reference: str) -> ResponseReturnValue:
    """The interviews and visits about an application: planned, reported, cancelled."""
    application = _find_application(reference)
    visits = queries.visits_of(session(), application)
    planned = any(visit.state is VisitState.PLANNED for visit in visits)
    return render_template(
        "deciding/visits/show.html",
        may_plan=application.call.visit and application.state in TO_BE_VISITED and not planned,
        me=viewer().person_id,
        states=VisitState,
        **_visit_context(visits),
        application=application,
    )


def _visit_context(visits: Any) -> dict[str, Any]:
    return {"visits": visits, "names": VISIT.names, "tones": TONES}


def _plan_from(form: PlanForm) -> Plan:
    people = [session().get_one(Person, int(number)) for number in form.people.data]
    return Plan(form.on.data, form.place.data or "", people)


def _page_of(application: Application) -> str:
    return url_for("visits.show", reference=application.reference)


def _page_caption(application: Application) -> tuple[str, str]:
    return application.reference, application.organisation.name


StepPages(pages, None, _find_application, _page_of, _page_caption).act(
    "plan",
    P.SCREENING_DECIDE,
    "/<reference>/plan",
    lambda application: plan_form(queries.may_hold(session(), application)),
    lambda opened, application, form, act: service.plan(opened, application, _plan_from(form), act),
    check=lambda session, application, _act: service.require_room(session, application),
    title=_l("Plan an interview or a site visit"),
    button=_l("Plan it"),
    done=_l(
        "The interview or visit has been planned. Those who will carry it out have been notified."
    ),
)


def _find_visit(reference: str, number: int) -> Visit:
    return queries.visit_of(session(), _find_application(reference), number)


visit_pages = StepPages(
    pages,
    VISIT,
    _find_visit,
    lambda visit: _page_of(visit.application),
    lambda visit: _page_caption(visit.application),
)


def _change_visit(opened: Session, visit: Visit, form: PlanForm, act: Act) -> None:
    visit.seen_at(counted(form.version.data))
    service.change(opened, visit, _plan_from(form), act)


visit_pages.step(
    "change_plan",
    "/<reference>/<int:number>/change",
    lambda visit: plan_form(queries.may_hold(session(), visit.application), visit),
    _change_visit,
    title=_l("Change the plan"),
    done=_l(
        "The plan has been changed. Those who will carry out the interview or visit "
        "have been notified."
    ),
)
visit_pages.step(
    "report",
    "/<reference>/<int:number>/report",
    ReportForm,
    lambda opened, visit, form, act: service.report(opened, visit, form.report(), act),
    title=_l("Report"),
    button=_l("Record the report"),
    done=_l("The report has been recorded."),
)
visit_pages.step(
    "cancel",
    "/<reference>/<int:number>/cancel",
    title=_l("Cancel the interview or the visit"),
    done=_l(
        "The interview or visit has been cancelled. Those who were to carry it out "
        "have been notified."
    ),
)


def _render_part(application: Application) -> str:
    visits = queries.visits_of(session(), application)
    reported = any(visit.state is VisitState.REPORTED for visit in visits)
    missing = "" if reported else queries.nothing_yet()
    return render_template(
        "deciding/visits/part_visits.html", missing=missing, **_visit_context(visits)
    )


VISITS = CasePart(
    "visits",
    _l("Interview or site visit"),
    _render_part,
    lambda application: bool(application.call.visit),
)
