"""Pages of applications for the fund's people: the list, one application, more time for all."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.applying.application_search.finding import Criteria
from grants.applying.application_search.finding import listed as listed_for
from grants.applying.application_search.searching import Sought, sought
from grants.applying.applications import history, queries
from grants.applying.applications.forms import (
    UNDECIDED,
    ApplicationsFilter,
    ExtendForm,
    WithdrawCallForm,
)
from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer, calls_of_staff
from grants.applying.calls.workflow import CALL, PREPARED
from grants.applying.secretariat.amend_forms import AmendForm
from grants.applying.secretariat.answers import answers_to
from grants.applying.secretariat.listed import FACTS
from grants.applying.submissions import service
from grants.applying.submissions.dossier import dossier_for_fund
from grants.applying.writing.pages import pages
from grants.core.countries.countries import country_name
from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.links import absolute
from grants.core.kernel.slots import Slot
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.messages.service import Recipient, preview
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.cases import Beside, from_list
from grants.platform.tables.columns import age, state_columns, waits_in
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.tables.next_steps import next_pages
from grants.platform.tables.occurring import offer_occurring
from grants.platform.tables.picking import LISTS, list_here
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import files_ask_first
from grants.platform.web.beside import beside
from grants.platform.web.database import session
from grants.platform.web.steps import possible

ACTS: Slot[Bulk] = Slot("applications.staff_views.ACTS")
"""What rooms above do with several applications at once, in the order of the work."""


def _application_url(application: Application) -> str:
    return from_list("applications.show", reference=application.reference)


APPLICATIONS = Listing(
    facts=FACTS,
    columns=(
        Column(_l("Number"), lambda a: a.reference, kind="code", order="newest"),
        Column(_l("Organisation"), lambda a: a.organisation.name, worth="name"),
        Column(_l("Project"), lambda a: a.title, worth="title", link=_application_url),
        Column(_l("Country"), lambda a: country_name(a.country or ""), shown=False),
        *state_columns(APPLICATION),
        age(lambda a: a.submitted_at, waits_in(APPLICATION)),
        Column(_l("Amount"), lambda a: a.requested, kind="money"),
        Column(_l("Received on"), lambda a: clock.day_of(a.submitted_at), kind="date", shown=False),
        Column(_l("Time received"), lambda a: a.submitted_at, kind="date", shown=False),
        Column(_l("Call"), lambda a: a.call.reference, kind="code", shown=False),
        Column(_l("Country code"), lambda a: a.country or "", shown=False),
        Column(_l("Registered in"), lambda a: a.organisation.country or "", shown=False),
        Column(_l("Language"), lambda a: a.language, shown=False),
    ),
    orders={"last": Order(Application.id, descending=True)},
)


def _search_applications(form: ApplicationsFilter) -> Sought:
    """The applications that the address asks for."""
    form.validate()
    state = form.state.data
    criteria = Criteria(
        call=form.call.data or None,
        state=ApplicationState(state) if state in set(ApplicationState) else None,
        undecided=state == UNDECIDED,
        country=form.country.data or None,
        text=form.q.data or None,
        owner=form.owner_id,
    )
    return sought(session(), at_work(), criteria, whole="format" in request.args)


def _ordered_listing(result: Sought) -> Listing:
    """The list, with what is closest to the words of a search first."""
    orders = {"closest": result.order} if result.order else {}
    sought = None if result.among is None else (result.among, request.args.get("q", ""))
    orders.update(APPLICATIONS.orders)
    return replace(APPLICATIONS, orders=orders, sought=sought)


def _select_listed() -> Select[Any]:
    """Every application of the list that the address asks for."""
    call = request.args.get("call")
    return _search_applications(ApplicationsFilter.offering([call] if call else [])).query


LISTS["applications.index"] = _select_listed
FRAME: Slot[Callable[[Application], dict[str, Any]]] = Slot("secretariat.views.FRAME")
"""The stages, parts and acts around an application: rooms above decide on it."""


def _list_neighbours(application: Application) -> Beside | None:
    """The neighbours of an application in the list that it was opened from."""
    call = request.args.get("call")
    result = _search_applications(ApplicationsFilter.offering([call] if call else []))
    return _ordered_listing(result).beside(
        session(), result.query, application, "applications.index"
    )


@pages.get("/applications")
@in_menu(_l("Applications"), 40, key="a")
@needs(Permission.APPLICATION_SEE)
def index() -> ResponseReturnValue:
    """Submitted applications, filtered, page by page, and as a file."""
    form = ApplicationsFilter.offering(_calls_to_choose(at_work()))
    every = listed_for(at_work(), Criteria())
    offer_occurring(session(), form, every, state=Application.state, country=Application.country)
    result = _search_applications(form)
    listed = _ordered_listing(result).of(session(), result.query, "applications")
    listed = listed.linked("status", next_pages(APPLICATION, lambda a: {"reference": a.reference}))
    return listed.file or render_template(
        "applying/secretariat/index.html",
        listed=listed,
        form=form,
        cut=result.cut,
        acts=acts(*ACTS, among=listed.subjects),
        files=_answer_files(form.call.data),
    )


def _calls_to_choose(person: Viewer) -> list[str]:
    """The references of the calls that a person may choose, the newest first."""
    references = calls_of_staff(person).with_only_columns(Call.reference)
    return list(session().scalars(references.order_by(Call.id.desc()).limit(100)))


def _answer_files(call: str | None) -> list[tuple[str, str]]:
    """What else is had of the ticked rows: their answers, where they are to one form."""
    return [(_("All answers"), url_for(".answers", reference=call))] if call else []


@pages.get("/applications/<reference>")
@needs(Permission.APPLICATION_SEE)
def show(reference: str) -> ResponseReturnValue:
    """One application with its answers, files and history."""
    application = queries.application_for_staff(session(), reference, viewer())
    (frame,) = FRAME
    return render_template(
        "applying/secretariat/show.html",
        application=application,
        in_list=_list_neighbours(application),
        dossier=dossier_for_fund(session(), application),
        events=history.for_staff(session(), application),
        state=APPLICATION.names[application.state],
        **frame(application),
        paper=url_for("statements.download", document="submission", reference=reference),
    )


@pages.get("/calls/<reference>/answers")
@beside("call", _l("All answers"), 5, lambda call: call.state not in PREPARED)
@needs(Permission.APPLICATION_SEE)
@files_ask_first
def answers(reference: str) -> ResponseReturnValue:
    """What all applicants answered to each question, as a list and as a file."""
    call = call_for_viewer(session(), reference, viewer())
    query = listed_for(viewer(), Criteria(call.reference))
    if list_here():
        query = _select_listed().where(Application.call_id == call.id)
    listed = answers_to(session(), call.questionnaire, _application_url).of(
        session(), query, f"answers-{call.reference}"
    )
    return listed.file or render_template(
        "applying/secretariat/answers.html", listed=listed, call=call
    )


@pages.route("/calls/<reference>/extend", methods=["GET", "POST"])
@needs(Permission.CALL_OPEN)
def extend(reference: str) -> ResponseReturnValue:
    """Give everyone more time, and tell everyone who has a draft."""
    call = possible(call_for_viewer(session(), reference, viewer()), CALL)
    form, letter = ExtendForm.showing(call), None
    if form.validate_on_submit() and request.form.get("go") == "see":
        letter = _extension_letter(call, form)
    elif form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            service.extend_deadline(
                opened,
                call,
                form.deadline(call),
                act,
                form.reasons(),
                questions_until=form.last_day_of_questions,
            )
        if outcome:
            flash(
                _("The deadline has been extended. All applicants with a draft will be notified."),
                "success",
            )
            return redirect(url_for("calls.show", reference=reference))
    return render_template(
        "applying/secretariat/extend.html",
        form=form,
        call=call,
        letter=letter,
        drafts=queries.drafts_count(session(), call.id),
        told=len(queries.people_with_drafts(session(), call.id)),
    )


def _extension_letter(call: Call, form: ExtendForm) -> tuple[str, str]:
    """The e-mail to the authors of drafts, as it would be sent for what was typed."""
    until = form.last_day_of_questions
    return preview(
        call.fund,
        Recipient("", _("(name)"), current_language().code),
        "applying/submissions/extended",
        call=call,
        deadline_at=form.deadline(call),
        before=call.deadline_at,
        questions_until=until if until != call.questions_until else None,
        reasons={"en": form.reason.data, **form.reasons()},
        url=absolute("/applying"),
    )


def _staff_call(reference: str) -> Call:
    return call_for_viewer(session(), reference, viewer())


def _people_with_drafts(call: Call) -> int:
    return len(queries.people_with_drafts(session(), call.id))


call_pages = StepPages(
    pages,
    CALL,
    _staff_call,
    lambda call: url_for("calls.show", reference=call.reference),
    lambda call: (call.reference,),
)

call_pages.step(
    "amend",
    "/calls/<reference>/amend",
    AmendForm.showing,
    lambda opened, call, form, act: service.amend_call(
        opened, call, form.rules(call), act, form.reasons()
    ),
    button=_l("Publish the amendment"),
    done=_l("The amendment has been published. Applicants with a draft will be notified."),
    template="applying/secretariat/amend.html",
    facts=lambda call: {"told": _people_with_drafts(call)},
)
call_pages.step(
    "withdraw",
    "/calls/<reference>/withdraw",
    lambda call: WithdrawCallForm.drawn_for(call)(),
    lambda opened, call, form, act: service.withdraw_call(opened, call, act, form.reasons()),
    tone="warning",
    done=_l("The call has been withdrawn. Its applicants will be notified."),
    template="applying/secretariat/withdraw_call.html",
    facts=lambda call: {
        "told": _people_with_drafts(call),
        "submitted": queries.submitted_count(session(), call.id),
    },
)
