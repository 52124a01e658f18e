"""Pages of calls for proposals: for everyone to read, for the fund's people to prepare."""

import json
from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.call_changes.amendments import amendments_of, withdrawal_of
from grants.applying.call_changes.conditions import conditions_of
from grants.applying.call_changes.stages import removed_stage
from grants.applying.call_pages.forms import CallForm, ClockQuery, QuestionsForm
from grants.applying.call_pages.inquiring import PUBLISHED, Published
from grants.applying.call_pages.outcome import OUTCOME, Outcome
from grants.applying.call_pages.way import way_of
from grants.applying.call_pages.zones import on_their_clocks
from grants.applying.calls import queries, service
from grants.applying.calls.advice import advice_for, checked_in_words
from grants.applying.calls.models import THE_MINUTE, Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.ready import is_said_ready
from grants.applying.calls.soundness import faults_of, incomplete_forms
from grants.applying.calls.workflow import CALL, PREPARED
from grants.applying.form_files.service import take_files, with_files
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.reading import reading
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_moment
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.questionnaires.presentation import ShownSection, blank_sections
from grants.platform.questionnaires.written import to_json
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import needs, public, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import links_beside
from grants.platform.web.database import session
from grants.platform.web.downloads import attachment
from grants.platform.web.funds import fund_for_viewer, funds_for_viewer, to_first_fund
from grants.platform.web.steps import buttons, possible
from grants.platform.web.unchanged import same_for_visitors

pages = Blueprint("calls", __name__)


PAST = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda c: c.reference,
            kind="code",
            link=lambda c: url_for("calls.show", reference=c.reference),
        ),
        Column(_l("Title"), lambda c: c.name),
        Column(_l("Fund"), lambda c: c.fund.title),
        Column(_l("Deadline"), lambda c: c.deadline_at, kind="moment"),
    ),
    orders={"latest": Order(Call.deadline_at, Call.id, descending=True)},
    size=20,
)
"""Each is a card on the page."""


def _sees_no_drafts(person: Viewer) -> bool:
    return not person.may(Permission.CALL_SEE)


def _call_of(reference: str) -> Call:
    return possible(queries.call_for_viewer(session(), reference, viewer()), CALL)


@pages.get("/calls")
@in_menu(_l("Calls for proposals"), 10, who=_sees_no_drafts)
@public
@same_for_visitors("page")
def index() -> ResponseReturnValue:
    """What can be applied for now, what comes, and what is over."""
    now = clock.now()
    over = PAST.of(session(), queries.past_calls(now), "calls")
    if over.file:
        return over.file
    begins = not over.previous
    return render_template(
        "applying/call_pages/index.html",
        now=queries.calls_to_apply_for(session(), now) if begins else [],
        coming=queries.coming_calls(session(), now) if begins else [],
        over=over,
        begins=begins,
    )


@pages.get("/calls/<reference>")
@public
@same_for_visitors()
def show(reference: str) -> ResponseReturnValue:
    """A call with its rules and every question, before anybody signs up."""
    call = _call_of(reference)
    form = ClockQuery()
    form.validate()
    country = form.country.data or _country_of(session(), viewer())
    if country and not form.country.data:
        form.country.process_data(country)
    staff = viewer().may(Permission.CALL_SEE, call.scope)
    return render_template(
        "applying/call_pages/show.html",
        call=call,
        conditions=conditions_of(call),
        query=form,
        their_clocks=on_their_clocks(call.deadline_at, country) if country else [],
        country=country,
        takes=call.takes_applications(clock.now()),
        sections=_questions_asked(call),
        standing=call.standing_at(clock.now()),
        outcome=_published_outcome(call),
        staff=_for_staff(call) if staff else None,
        acts=ACTS,
        way=way_of(call),
        amendments=amendments_of(session(), call),
        answered=_answered_questions(call),
        takes_questions=call.takes_questions(clock.now()),
        withdrawn=withdrawal_of(session(), call),
    )


ACTS = {
    "create": _l("Prepared"),
    "revise": _l("Rules changed"),
    "replace_form": _l("Questions replaced"),
    "change_form": _l("Form changed"),
    "add_stage": _l("Second stage added"),
    "remove_stage": _l("Second stage removed"),
    "translate": _l("Text translated"),
    "say_ready": _l("Marked as ready to open"),
    "begin_test": _l("Test begun"),
    "end_test": _l("Test ended"),
    "open": _p("call", "Opened"),
    "extend": _l("Deadline extended"),
    "amend": _l("Amended"),
    "close": _p("call", "Closed"),
    "withdraw": _p("call", "Withdrawn"),
    "publish_results": _l("Results published"),
    "change_results": _l("Published results changed"),
    "archive": _p("call", "Archived"),
    "bring_back": _l("Brought back from the archive"),
    "bring_back_withdrawn": _l("Brought back from the archive"),
}
"""Steps of a call as its history names them."""


def _answered_questions(call: Call) -> Sequence[Published]:
    """The questions about a call that everyone may read, with their answers."""
    (published,) = PUBLISHED
    return published(session(), call)


def _questions_asked(call: Call) -> Sequence[ShownSection]:
    """Every question, in the language in which the reader reads the call."""
    with reading(call.text_languages):
        return blank_sections(call.form_for(FormPurpose.APPLICATION))


def _published_outcome(call: Call) -> Outcome | None:
    """The results, once they are published."""
    (outcome_of,) = OUTCOME
    return outcome_of(session(), call) if call.has_published_results else None


def _country_of(opened: Session, person: Viewer) -> str | None:
    """Where a person's first organisation is."""
    ids = sorted(person.organisation_ids)
    organisation = opened.get(Organisation, ids[0]) if ids else None
    return organisation.country if organisation else None


def _for_staff(call: Call) -> dict[str, object]:
    """What the fund's people see beside the public page."""
    act, draft = this_act(), call.state in PREPARED
    trail = trail_of(session(), "call", call.id)
    over = act.at >= call.deadline_at + THE_MINUTE
    return {
        "steps": [
            button
            for button in buttons(call, CALL, reference=call.reference)
            if (over or button.action != "close")
            and (button.action != "open" or not call.is_second_stage)
        ],
        "links": links_beside("call", call),
        "grantee_forms": [purpose for purpose in FormPurpose if purpose.is_for_grantees],
        "may_edit": draft and viewer().may(Permission.CALL_EDIT, call.scope),
        "may_prepare": viewer().may(Permission.CALL_EDIT, call.scope),
        "may_read": viewer().may(Permission.APPLICATION_SEE, call.scope),
        "faults": faults_of(call, act.at) if draft else [],
        "advice": advice_for(call, trail) if draft else [],
        "checked": checked_in_words(),
        "trail": trail,
        "may_open": viewer().may(Permission.CALL_OPEN, call.scope),
        "openers": people_of_fund(session(), Permission.CALL_OPEN, call.fund_id),
        "is_ready": is_said_ready(trail),
        "removed_stage": removed_stage(session(), call),
    }


@pages.route("/calls/new/<code>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def new(code: str) -> ResponseReturnValue:
    """Prepare a call of a fund, beginning with the usual rules and questions."""
    fund = fund_for_viewer(code, Permission.CALL_EDIT)
    without = request.args.get("begin") == "without"
    form = CallForm.showing(None, fund, without_standard=without)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            call = service.draft_call(opened, fund, form.rules(None), this_act())
        if outcome:
            flash(_("The call has been saved as a draft. It is not public yet."), "success")
            return redirect(url_for("calls.show", reference=call.reference))
    funds = funds_for_viewer(Permission.CALL_EDIT)
    return render_template(
        "applying/call_pages/edit.html",
        form=form,
        refused="",
        call=None,
        fund=fund,
        funds=funds,
        without=without,
    )


@pages.get("/calls/new")
@needs(Permission.CALL_EDIT)
def begin() -> ResponseReturnValue:
    """The first fund whose calls this person may prepare."""
    return to_first_fund(Permission.CALL_EDIT, "calls.new")


@pages.route("/calls/<reference>/edit", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def edit(reference: str) -> ResponseReturnValue:
    call = _call_of(reference)
    form = CallForm.showing(call, call.fund)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.revise_call(opened, call, form.rules(call), this_act())
        if outcome:
            flash(_("Saved."), "success")
            return redirect(url_for("calls.show", reference=call.reference))
    return render_template(
        "applying/call_pages/edit.html",
        form=form,
        refused=refusal(lambda: service.require_draft(call)),
        call=call,
        fund=call.fund,
        funds=[],
    )


@pages.route("/calls/<reference>/questions", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def questions(reference: str) -> ResponseReturnValue:
    """See the questions as applicants will, and replace them by a file."""
    call = _call_of(reference)
    form = QuestionsForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            questionnaire, data = form.questionnaire()
            take_files(opened, data, this_act(), call.scope)
            service.replace_form(opened, call, questionnaire, this_act())
        if outcome:
            flash(_("The questions of the call have been replaced."), "success")
            return redirect(url_for("calls.questions", reference=reference))
    return render_template(
        "applying/call_pages/questions.html",
        form=form,
        call=call,
        sections=_questions_asked(call),
        draft=call.state in PREPARED,
    )


@pages.get("/calls/<reference>/questions.json")
@public
def questions_file(reference: str) -> Response:
    """The questions as a file, for another call or another installation."""
    call = _call_of(reference)
    text = json.dumps(
        with_files(session(), to_json(call.form_for(FormPurpose.APPLICATION))),
        ensure_ascii=False,
        indent=2,
    )
    return attachment(f"{call.reference}-questions.json", "application/json", text.encode())


def _page_of(call: Call) -> str:
    return url_for("calls.show", reference=call.reference)


call_pages = StepPages(pages, CALL, _call_of, _page_of, lambda call: (call.reference,))

call_pages.step(
    "open",
    "/calls/<reference>/open",
    title=lambda call: _("Open the call “%(title)s”", title=call.name),
    button=_l("Open the call"),
    done=_l("The call is now public."),
    template="applying/call_pages/open.html",
    facts=lambda call: {
        "call": call,
        "conditions": conditions_of(call),
        "faults": faults_of(call, clock.now()),
        "advice": advice_for(call, trail_of(session(), "call", call.id)),
        "checked": checked_in_words(),
        "incomplete": list(incomplete_forms(call))
        if viewer().may(Permission.CALL_EDIT, call.scope)
        else [],
    },
)
call_pages.step(
    "close",
    "/calls/<reference>/close",
    check=lambda _session, call, act: service.require_over(call, act),
    title=lambda call: _("Close the call “%(title)s”", title=call.name),
    lead=lambda call: _(
        "The deadline was %(moment)s. Once the call is closed, selection can begin. Applicants can "
        "still read their drafts.",
        moment=plain_moment(call.deadline_at, call.time_zone),
    ),
    button=_l("Close the call"),
    done=_l("The call has been closed."),
)
