"""Pages of screening: the queue, the checklist beside the application, the outcome."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.secretariat.listed import OF_APPLICATIONS, ListedApplication
from grants.core.audit.act import Act
from grants.core.countries.countries import country_name
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.deciding.screening import queries, service
from grants.deciding.screening.accepting import accept_suggestions, confirms, finding
from grants.deciding.screening.beside import beside_form, of_call, place_among, queue_form
from grants.deciding.screening.forms import (
    AcceptForm,
    Checklist,
    IneligibleForm,
    OutcomeForm,
    checklist_form,
)
from grants.deciding.screening.queries import Item
from grants.platform.tables.bulk import Bulk, Outlook, acts
from grants.platform.tables.cases import Place
from grants.platform.tables.columns import age
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.beside import beside
from grants.platform.web.database import session, transaction
from grants.platform.web.steps import possible

pages = Blueprint("screening", __name__, url_prefix="/screening")


def _checklist_url(application: ListedApplication) -> str:
    """The address of the checklist, which keeps the filter of the list for previous and next."""
    call = request.args.get("call")
    return url_for("screening.check", reference=application.reference, call=call)


QUEUE = Listing(
    columns=(
        Column(_l("Number"), lambda a: a.reference, kind="code"),
        Column(_l("Organisation"), lambda a: a.organisation.name, worth="name"),
        Column(_l("Project"), lambda a: a.title, worth="title", link=_checklist_url),
        Column(_l("Country"), lambda a: country_name(a.country or "")),
        Column(_l("Requested"), lambda a: a.requested, kind="money"),
        Column(_l("Received on"), lambda a: a.submitted_at, kind="date", shown=False),
        age(lambda a: a.submitted_at),
        Column(_l("Call"), lambda a: a.call.reference, kind="code", shown=False),
    ),
    orders={"oldest": Order(Application.id)},
    facts=OF_APPLICATIONS,
)


def _place_in_queue(application: Application) -> Place | None:
    return place_among(queries.queue(at_work()), application)


def _application_for(reference: str) -> Application:
    may = Permission.SCREENING_DECIDE
    application = queries.application_of(session(), reference, viewer(), may)
    return possible(application, APPLICATION)


@pages.get("")
@needs(Permission.SCREENING_DECIDE)
def index() -> ResponseReturnValue:
    """What waits to be screened, the longest first."""
    form = queue_form(queries.queue(at_work()))
    waiting = of_call(queries.queue(at_work()), form.call.data)
    listed = QUEUE.of(session(), waiting, "screening")
    return listed.file or render_template(
        "deciding/screening/index.html", listed=listed, form=form, acts=acts(ACCEPT)
    )


def _foresee_accepting(
    opened: Session, applications: Sequence[Application], form: AcceptForm, act: Act
) -> Sequence[Outlook]:
    items = queries.checklists(opened, applications)
    checked = form.checked.data or ()
    outlooks = []
    for application in applications:
        result = finding(application, items[application.id], checked)
        texts = [*_second_person(application, items[application.id], act), *result.evidence]
        cells = (application.organisation.name, _as_lines(texts))
        outlooks.append(Outlook(application, cells, result.why_not, texts))
    return outlooks


def _second_person(application: Application, items: Sequence[Item], act: Act) -> list[str]:
    if confirms(application, items, act.actor):
        return []
    return [_("Your answers are kept. A second person must confirm them.")]


def _accept_all(
    opened: Session, applications: Sequence[Application], form: AcceptForm, act: Act
) -> None:
    accept_suggestions(opened, applications, act, form.checked.data or ())


def _as_lines(texts: Sequence[str]) -> Markup:
    return Markup("<br>").join(texts)


ACCEPT = Bulk(
    text=_l("Record as eligible"),
    endpoint="screening.accept",
    model=Application,
    seen=lambda: queries.screened(at_work()),
    queue=lambda: of_call(queries.queue(at_work()), request.args.get("call")),
    name=lambda application: application.reference,
    heads=(_l("Organisation"), _l("Evidence for each criterion")),
    foresee=_foresee_accepting,
    form=lambda: AcceptForm.of(queries.criteria_in(session(), queries.queue(at_work()))),
    do_all=_accept_all,
    shown_left_out=1,
    status=lambda application: APPLICATION.names[application.state].staff,
    takes=lambda application: application.state is ApplicationState.SUBMITTED,
)


@pages.route("/suggestions", methods=["GET", "POST"])
@needs(Permission.SCREENING_DECIDE)
def accept() -> ResponseReturnValue:
    """Find several applications eligible for which the system knows that every criterion is met."""
    back = url_for("screening.index", call=request.args.get("call"))
    return ACCEPT.page("deciding/screening/suggestions.html", back)


@pages.route("/<reference>", methods=["GET", "POST"])
@beside("application", _l("Screening"), 10)
@needs(Permission.SCREENING_DECIDE)
def check(reference: str) -> ResponseReturnValue:
    """The checklist beside the application. Whatever is posted is kept before it is judged."""
    application = _application_for(reference)
    if not application.awaits_screening:
        return _show_decided(application)
    form = checklist_form(queries.checklist(session(), application))
    if request.method == "POST":
        valid = form.validate()
        _keep_checklist(application, form)
        if "later" in request.form:
            flash(_("Saved."), "success")
            return redirect(url_for("screening.index", **_queue_filter()))
        if form.is_complete() and valid:
            return redirect(url_for("screening.outcome", reference=reference, **_queue_filter()))
    return render_template(
        "deciding/screening/check.html",
        form=form,
        **beside_form(application, _place_in_queue(application)),
    )


@pages.post("/<reference>/keep")
@needs(Permission.SCREENING_DECIDE)
def keep(reference: str) -> ResponseReturnValue:
    """Save a checklist while a person works on it."""
    application = _application_for(reference)
    form = checklist_form(queries.checklist(session(), application))
    form.validate()
    _keep_checklist(application, form)
    return jsonify(saved_at=clock.now().isoformat())


def _keep_checklist(application: Application, form: Checklist) -> None:
    with transaction() as opened:
        service.keep_checks(opened, application, form.answers(), this_act())


def _show_decided(application: Application) -> ResponseReturnValue:
    """What was found, for a person who comes back later."""
    return render_template(
        "deciding/screening/decided.html",
        application=application,
        items=queries.checklist(session(), application),
        state=APPLICATION.names[application.state],
    )


@pages.route("/<reference>/outcome", methods=["GET", "POST"])
@needs(Permission.SCREENING_DECIDE)
def outcome(reference: str) -> ResponseReturnValue:
    """What follows from the checklist, and what will be sent to the applicant; then decide."""
    application = _application_for(reference)
    items = queries.checklist(session(), application)
    if any(item.met is None or (not item.met and not item.reason) for item in items):
        return redirect(url_for("screening.check", reference=reference, **_queue_filter()))
    unmet = [item for item in items if not item.met]
    form, place = IneligibleForm() if unmet else OutcomeForm(), _place_in_queue(application)
    if form.validate_on_submit():
        with attempt(form) as (opened, is_decided):
            state = service.decide(opened, application, {}, this_act(), form.said)
        if is_decided:
            flash(_outcome_message(application, state), "success")
            return _go_on(place)
    return render_template(
        "deciding/screening/outcome.html",
        application=application,
        form=form,
        items=items,
        unmet=unmet,
        letter_language=language_name(application.language),
        confirms=confirms(application, items, viewer()),
        place=place,
    )


def _go_on(place: Place | None) -> ResponseReturnValue:
    """Go to the checklist of the next one in the queue if that was asked for, else to the queue."""
    following = (place.next or place.previous) if place and "next" in request.form else None
    if following:
        return redirect(url_for("screening.check", reference=following, **_queue_filter()))
    return redirect(url_for("screening.index", **_queue_filter()))


def _queue_filter() -> dict[str, Any]:
    """The part of the queue that is worked on."""
    return {"call": request.args.get("call")}


def _outcome_message(application: Application, state: ApplicationState) -> str:
    if state == ApplicationState.SUBMITTED:
        return _(
            "%(reference)s is now awaiting confirmation by a second person.",
            reference=application.reference,
        )
    if state == ApplicationState.ELIGIBLE:
        return _("%(reference)s has been recorded as eligible.", reference=application.reference)
    return _("%(reference)s has been recorded as not eligible.", reference=application.reference)
