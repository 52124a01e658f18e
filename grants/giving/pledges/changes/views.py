"""The fund's pages of changes: asking for one, and deciding on one that another person asked
for.
"""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import may_take
from grants.core.audit.queries import trail_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.giving.pledges.changes import service
from grants.giving.pledges.changes.forms import ChangeForm, RefusalForm
from grants.giving.pledges.changes.queries import change_for_viewer, changes_for_viewer
from grants.giving.pledges.changes.service import RequestedChange
from grants.giving.pledges.models import Pledge, PledgeChange
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.views import page_of, pledge_pages
from grants.giving.pledges.workflow import CHANGE
from grants.platform.documents.service import keep
from grants.platform.forms.forms import Form
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age, waits_in
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import received as uploaded
from grants.platform.web.downloads import send_document
from grants.platform.web.steps import possible

pages = Blueprint("pledge_changes", __name__, url_prefix="/pledges/changes")

P = Permission

CHANGES = Listing(
    columns=(
        Column(
            _l("Pledge"),
            lambda c: c.pledge.reference,
            kind="code",
            link=lambda c: from_list("pledge_changes.show", change_id=c.id),
        ),
        Column(
            _l("Donor"), lambda c: c.pledge.donor.name if c.pledge.donor else None, worth="name"
        ),
        Column(_l("Fund"), lambda c: c.pledge.fund.code),
        Column(_l("Type of change"), lambda c: c.kind.label),
        Column(_l("Reduced by"), lambda c: c.amount, kind="money"),
        Column(_l("Requested at"), lambda c: c.requested_at, kind="date"),
        Column(
            _l("Status"),
            lambda c: CHANGE.names[c.state].staff,
            tone=lambda c: CHANGE.names[c.state].tone,
        ),
        age(lambda c: c.requested_at, waits_in(CHANGE)),
        Column(_l("Decided on"), lambda c: c.decided_on, shown=False),
        Column(_l("Reason"), lambda c: c.reason, shown=False),
    ),
    orders={"newest": Order(PledgeChange.id, descending=True)},
)


@pages.get("")
@needs(P.PLEDGE_SEE)
def index() -> ResponseReturnValue:
    """Every change of a pledge, as a file too."""
    listed = CHANGES.of(session(), changes_for_viewer(at_work()), "pledge-changes")
    return listed.file or render_template("giving/pledges/changes/index.html", listed=listed)


def _ask_change(opened: Session, pledge: Pledge, form: ChangeForm, act: Act) -> None:
    """Less will come of a pledge: say so, with the paper; another person decides."""
    document = keep(opened, uploaded(form.file.data), act, accept=(".pdf",), signed=True)
    service.request_change(opened, pledge, RequestedChange(form.what, document, form.less), act)


pledge_pages.act(
    "change",
    P.PLEDGE_CHANGE,
    "/<reference>/change",
    lambda pledge: ChangeForm(pledge=pledge),
    _ask_change,
    title=_l("Reduce or write off the pledge"),
    button=_l("Ask for approval"),
    done=_l("Another person has been asked to approve it."),
    template="giving/pledges/changes/ask.html",
    facts=lambda pledge: {"left": outstanding(pledge, received(session(), pledge))},
)


@pages.get("/<int:change_id>")
@needs(P.PLEDGE_SEE)
def show(change_id: int) -> ResponseReturnValue:
    """One change: what was asked, the paper, who decided; and the decision, if this person may take
    it.
    """
    change = possible(change_for_viewer(session(), change_id, viewer()), CHANGE)
    return _render_change(change, RefusalForm())


def _render_change(change: PledgeChange, refusal: RefusalForm) -> ResponseReturnValue:
    act, pledge = this_act(), change.pledge
    may_decide = change.state in CHANGE.step("approve").sources and may_take(
        session(), change, CHANGE.step("approve"), act
    )
    return render_template(
        "giving/pledges/changes/show.html",
        change=change,
        in_list=CHANGES.beside(
            session(), changes_for_viewer(at_work()), change, "pledge_changes.index"
        ),
        pledge=pledge,
        here=page_of(pledge),
        name=CHANGE.names[change.state],
        left=outstanding(pledge, received(session(), pledge)),
        trail=trail_of(session(), "pledge_change", change.id),
        may_decide=may_decide,
        form=refusal,
    )


@pages.post("/<int:change_id>/approve")
@needs(P.PLEDGE_APPROVE_CHANGE)
def approve(change_id: int) -> ResponseReturnValue:
    """The second person agrees."""
    change = possible(change_for_viewer(session(), change_id, viewer()), CHANGE)
    form, refusal = Form(), RefusalForm(None)
    if form.validate_on_submit():
        with attempt(refusal) as (opened, outcome):
            service.approve(opened, change, this_act())
        if outcome:
            flash(_("Approved. The donor has been notified."), "success")
            return redirect(page_of(change.pledge))
    return _render_change(change, refusal)


@pages.post("/<int:change_id>/refuse")
@needs(P.PLEDGE_APPROVE_CHANGE)
def refuse(change_id: int) -> ResponseReturnValue:
    """The second person does not agree, and says why."""
    change = possible(change_for_viewer(session(), change_id, viewer()), CHANGE)
    form = RefusalForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.refuse(opened, change, this_act(form.reason.data))
        if outcome:
            flash(_("Rejected. The pledge remains unchanged."), "success")
            return redirect(page_of(change.pledge))
    return _render_change(change, form)


@pages.get("/<int:change_id>/paper")
@needs(P.PLEDGE_SEE)
def paper(change_id: int) -> ResponseReturnValue:
    """The paper that shows why, for the fund's people."""
    change = possible(change_for_viewer(session(), change_id, viewer()), CHANGE)
    return send_document(change.document, change.scope)
