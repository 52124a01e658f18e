"""The fund's pages of reminders: what was sent, by which rules, and which pledges are on hold."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.giving.pledges.queries import pledge_for_viewer
from grants.giving.pledges.views import page_of
from grants.giving.reminders import service
from grants.giving.reminders.forms import HoldForm, RulesForm
from grants.giving.reminders.models import Reminder, ReminderHold
from grants.giving.reminders.queries import reminders_for_viewer, reminders_of, rules_of
from grants.platform.forms.forms import Form
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer

pages = Blueprint("reminders", __name__)

P = Permission

REMINDERS = Listing(
    columns=(
        Column(
            _l("Pledge"),
            lambda r: r.pledge.reference,
            kind="code",
            link=lambda r: url_for("reminders.pledge", reference=r.pledge.reference),
        ),
        Column(_l("Donor"), lambda r: r.pledge.giver_name, worth="name"),
        Column(_l("Fund"), lambda r: r.pledge.fund.code),
        Column(_l("Due on"), lambda r: r.due_on, kind="date"),
        Column(_l("Upcoming"), lambda r: r.left, kind="money"),
        Column(_l("Type of reminder"), lambda r: r.letter.label),
        Column(_l("Sent on"), lambda r: r.sent_on, kind="date"),
        Column(_l("Payment"), lambda r: r.number, shown=False),
        Column(_l("Days after the due date"), lambda r: r.days, shown=False),
        Column(_l("Number of recipients"), lambda r: r.recipients, shown=False),
    ),
    orders={"newest": Order(Reminder.id, descending=True)},
)


@pages.get("/reminders")
@needs(P.PLEDGE_SEE)
def index() -> ResponseReturnValue:
    """Every reminder that was sent; as a file too."""
    listed = REMINDERS.of(session(), reminders_for_viewer(at_work()), "reminders")
    funds = funds_for_viewer(P.PLEDGE_SEE)
    return listed.file or render_template("giving/reminders/index.html", listed=listed, funds=funds)


def _find_fund(code: str) -> Fund:
    fund = fund_by_code(session(), code)
    if not viewer().may(P.PLEDGE_SEE, Scope(fund.id)):
        raise Forbidden(_("Your role does not allow this."))
    return fund


@pages.route("/reminders/rules/<code>", methods=["GET", "POST"])
@needs(P.PLEDGE_SEE)
def rules(code: str) -> ResponseReturnValue:
    """By which rules a fund reminds; and changing them."""
    fund = _find_fund(code)
    current = rules_of(session(), fund.id)
    form = RulesForm.of(current, fund.payment_days)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            days = int(form.payment_days.data)
            service.set_rules(opened, fund, form.rules(), days, this_act())
        if outcome:
            flash(_("These rules now apply."), "success")
            return redirect(url_for(".rules", code=code))
    may_change = viewer().may(P.PLEDGE_REMIND, Scope(fund.id))
    return render_template(
        "giving/reminders/rules.html", fund=fund, form=form, rules=current, may_change=may_change
    )


@pages.route("/pledges/<reference>/reminders", methods=["GET", "POST"])
@needs(P.PLEDGE_SEE)
def pledge(reference: str) -> ResponseReturnValue:
    """What was sent about a pledge, and whether its donor gets no reminder for now."""
    record = pledge_for_viewer(session(), reference, viewer())
    form = HoldForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.hold(opened, record, form.until.data, this_act(form.reason.data))
        if outcome:
            flash(_("No reminders will be sent about this pledge."), "success")
            return redirect(url_for("reminders.pledge", reference=reference))
    return render_template(
        "giving/reminders/pledge.html",
        pledge=record,
        here=page_of(record),
        sent=reminders_of(session(), record),
        held=session().get(ReminderHold, record.id),
        may_hold=viewer().may(P.PLEDGE_REMIND, Scope(record.fund_id)),
        form=form,
    )


@pages.post("/pledges/<reference>/reminders/resume")
@needs(P.PLEDGE_REMIND)
def resume(reference: str) -> ResponseReturnValue:
    """Remind by the rules again."""
    record = pledge_for_viewer(session(), reference, viewer())
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.resume(opened, record, this_act())
        if outcome:
            flash(_("Reminders will again be sent according to the rules."), "success")
    return redirect(url_for("reminders.pledge", reference=reference))
