"""Pages on which the secretariat plans interviews and site visits, and reports what they found."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import TO_BE_VISITED
from grants.applying.secretariat.listed import OF_APPLICATIONS_AND_CALLS
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.deciding.reviews.forms import ReasonForm
from grants.deciding.screening.beside import CasePart, form_of_calls, of_call
from grants.deciding.screening.queries import application_of
from grants.deciding.visits import queries, service
from grants.deciding.visits.forms import PlanForm, ReportForm, plan_form
from grants.deciding.visits.models import Visit
from grants.deciding.visits.service import Plan
from grants.deciding.visits.workflow import VISIT, VisitState
from grants.integrity.enquiries.queries import TONES
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.columns import age
from grants.platform.web.database import session
from grants.platform.web.lists import Column, Listing, Order
from grants.platform.web.steps import possible
from grants.platform.web.typed import counted

pages = Blueprint("visits", __name__, url_prefix="/visits")

P = Permission

QUEUE = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda a: a.reference,
            link=lambda a: url_for(".show", reference=a.reference),
        ),
        Column(_l("Organisation"), lambda a: a.organisation.name),
        Column(_l("Project"), lambda a: a.title),
        Column(_l("Call"), lambda a: a.call.reference),
        age(lambda a: a.submitted_at),
    ),
    orders={"oldest": Order(Application.id)},
    facts=OF_APPLICATIONS_AND_CALLS,
)


def _application(reference: str) -> Application:
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
    application = _application(reference)
    visits = queries.visits_of(session(), application)
    planned = any(one.state is VisitState.PLANNED for one in visits)
    return render_template(
        "deciding/visits/show.html",
        may_plan=application.call.visit and application.state in TO_BE_VISITED and not planned,
        me=viewer().person_id,
        states=VisitState,
        **_shown(visits),
        application=application,
    )


def _shown(visits: Any) -> dict[str, Any]:
    return {"visits": visits, "names": VISIT.names, "tones": TONES}


def _to(application: Application, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("visits.show", reference=application.reference))


def _plan(form: PlanForm) -> Plan:
    people = [session().get_one(Person, int(number)) for number in form.people.data]
    return Plan(form.on.data, form.place.data or "", people)


@pages.route("/<reference>/plan", methods=["GET", "POST"])
@needs(P.SCREENING_DECIDE)
def plan(reference: str) -> ResponseReturnValue:
    """When and where it is, and who holds it."""
    application = _application(reference)
    form = plan_form(queries.may_hold(session(), application))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.plan(opened, application, _plan(form), this_act())
        if outcome:
            return _to(application, _("It is planned. Those who hold it have been notified."))
    refused = refusal(lambda: service.require_room(session(), application))
    heading = _("Plan an interview or a site visit")
    return _form(application, form, _("Plan it"), heading, refused)


def _form(
    application: Application, form: Any, verb: str, heading: str, refused: str = ""
) -> ResponseReturnValue:
    return render_template(
        "deciding/visits/form.html",
        form=form,
        verb=verb,
        heading=heading,
        application=application,
        refused=refused,
    )


def _visit(reference: str, number: int) -> Visit:
    return possible(queries.visit_of(session(), _application(reference), number), VISIT)


@pages.route("/<reference>/<int:number>/change", methods=["GET", "POST"])
@needs(P.SCREENING_DECIDE)
def change(reference: str, number: int) -> ResponseReturnValue:
    """Another day or other people."""
    visit = _visit(reference, number)
    form = plan_form(queries.may_hold(session(), visit.application), visit)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            visit.seen_at(counted(form.version.data))
            service.change(opened, visit, _plan(form), this_act())
        if outcome:
            return _to(visit.application, _("The plan is changed. They have been notified."))
    heading = _("Change the plan")
    return _form(visit.application, form, heading, heading)


@pages.route("/<reference>/<int:number>/report", methods=["GET", "POST"])
@needs(P.SCREENING_DECIDE)
def report(reference: str, number: int) -> ResponseReturnValue:
    """What was found, and what is recommended."""
    visit, form = _visit(reference, number), ReportForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.report(opened, visit, form.report(), this_act())
        if outcome:
            return _to(visit.application, _("The report is recorded."))
    return _form(visit.application, form, _("Record the report"), _("Report"))


@pages.route("/<reference>/<int:number>/cancel", methods=["GET", "POST"])
@needs(P.SCREENING_DECIDE)
def cancel(reference: str, number: int) -> ResponseReturnValue:
    """Cancel it, with the reason."""
    visit, form = _visit(reference, number), ReasonForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.cancel(opened, visit, this_act(form.reason.data))
        if outcome:
            return _to(visit.application, _("It is cancelled. They have been notified."))
    heading = _("Cancel the interview or the visit")
    return _form(visit.application, form, heading, heading)


def _part(application: Application) -> str:
    visits = queries.visits_of(session(), application)
    reported = any(one.state is VisitState.REPORTED for one in visits)
    missing = "" if reported else queries.nothing_yet()
    return render_template("deciding/visits/part_visits.html", missing=missing, **_shown(visits))


VISITS = CasePart(
    "visits", _l("Interview or site visit"), _part, lambda application: bool(application.call.visit)
)
