"""The fund's pages of days of payment: a pledge's plans, and what donors ask."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from grants.core.audit.advance import may_take
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.giving.pledges.dates import service
from grants.giving.pledges.dates.forms import AnswerForm, PlanForm
from grants.giving.pledges.dates.models import NewDate
from grants.giving.pledges.dates.queries import (
    open_request,
    plans_of,
    request_for_viewer,
    requests_for_viewer,
)
from grants.giving.pledges.dates.workflow import NEW_DATE
from grants.giving.pledges.queries import pledge_for_viewer, received
from grants.giving.pledges.schedule import payments
from grants.giving.pledges.views import page_of
from grants.giving.pledges.views import pages as pledge_pages
from grants.giving.pledges.workflow import STANDING
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age, waits_in
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("payment_dates", __name__, url_prefix="/pledges/dates")

P = Permission

REQUESTS = Listing(
    columns=(
        Column(
            _l("Pledge"),
            lambda request: request.pledge.reference,
            kind="code",
            link=lambda request: from_list("payment_dates.show", request_id=request.id),
        ),
        Column(
            _l("Donor"), lambda request: request.pledge.donor.name if request.pledge.donor else None
        ),
        Column(_l("Fund"), lambda request: request.pledge.fund.code),
        Column(_l("Due on"), lambda request: request.due_on, kind="date"),
        Column(_p("act", "Requested"), lambda request: request.asked_on, kind="date"),
        Column(
            _l("Status"),
            lambda request: NEW_DATE.names[request.state].staff,
            tone=lambda request: NEW_DATE.names[request.state].tone,
        ),
        age(lambda request: request.asked_on, waits_in(NEW_DATE)),
        Column(_l("Reason"), lambda request: request.reason, shown=False),
        Column(_l("Reply"), lambda request: request.answer, shown=False),
        Column(_l("Requested at"), lambda request: request.asked_at, shown=False),
        Column(_l("Decided on"), lambda request: request.decided_on, shown=False),
    ),
    orders={"newest": Order(NewDate.id, descending=True)},
)


@pages.get("")
@needs(P.PLEDGE_SEE)
def index() -> ResponseReturnValue:
    """Every request of a donor for another day."""
    listed = REQUESTS.of(session(), requests_for_viewer(at_work()), "new-dates")
    return listed.file or render_template("giving/pledges/dates/index.html", listed=listed)


@pages.route("/<int:request_id>", methods=["GET", "POST"])
@needs(P.PLEDGE_SEE)
def show(request_id: int) -> ResponseReturnValue:
    """What a donor asks, and the answer, if this person may give it."""
    new_date = request_for_viewer(session(), request_id, viewer())
    form = AnswerForm()
    if form.validate_on_submit():
        verb = service.accept if form.decision.data == "accept" else service.refuse
        with attempt(form) as (opened, outcome):
            verb(opened, new_date, this_act(form.answer.data or None))
        if outcome:
            flash(_("The donor has been notified."), "success")
            return redirect(page_of(new_date.pledge))
    accepting = NEW_DATE.step("accept")
    return render_template(
        "giving/pledges/dates/show.html",
        new_date=new_date,
        in_list=REQUESTS.beside(
            session(), requests_for_viewer(at_work()), new_date, "payment_dates.index"
        ),
        pledge=new_date.pledge,
        here=page_of(new_date.pledge),
        name=NEW_DATE.names[new_date.state],
        may_answer=new_date.state in accepting.sources
        and may_take(session(), new_date, accepting, this_act()),
        form=form,
    )


@pledge_pages.route("/<reference>/schedule", endpoint="schedule", methods=["GET", "POST"])
@needs(P.PLEDGE_SEE)
def plan(reference: str) -> ResponseReturnValue:
    """The plans of payments a pledge has had, and another one, if this person may make it."""
    pledge = pledge_for_viewer(session(), reference, viewer())
    form = PlanForm.of(pledge)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.revise(opened, pledge, form.dues(), this_act(form.reason.data))
        if outcome:
            flash(_("The new payment schedule applies. The donor has been notified."), "success")
            return redirect(page_of(pledge))
    return render_template(
        "giving/pledges/dates/plan.html",
        form=form,
        pledge=pledge,
        here=page_of(pledge),
        plans=plans_of(session(), pledge),
        payments=payments(pledge, received(session(), pledge)),
        unanswered=open_request(session(), pledge),
        may_revise=pledge.state in STANDING
        and viewer().may(P.PLEDGE_SCHEDULE, Scope(pledge.fund_id)),
    )
