"""Which pledges a campaign brought, as the fund's people say."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.giving.outreach import service
from grants.giving.outreach.forms import JoinForm, ReasonForm
from grants.giving.outreach.models import Campaign
from grants.giving.outreach.queries import campaign_for_viewer, campaign_of, open_campaigns
from grants.giving.outreach.views import pages
from grants.giving.outreach.workflow import ASKING
from grants.giving.pledges.queries import pledge_by_reference, pledge_for_viewer
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

P = Permission


@pages.post("/campaigns/<code>/join")
@needs(P.OUTREACH_RECORD)
def join(code: str) -> ResponseReturnValue:
    """A pledge that is likely to be a result of the campaign is one."""
    campaign, form = campaign_for_viewer(session(), code, viewer()), Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            pledge = pledge_by_reference(opened, request.form.get("pledge", ""))
            pledge_for_viewer(opened, pledge.reference, viewer())
            service.join(opened, campaign, pledge, this_act())
        if outcome:
            flash(_("The pledge has been attributed to this campaign."), "success")
    for _target, message in form.problems():
        flash(message, "error")
    return redirect(url_for("outreach.show", code=code))


@pages.route("/pledges/<reference>", methods=["GET", "POST"])
@needs(P.OUTREACH_SEE)
def pledge(reference: str) -> ResponseReturnValue:
    """Which campaign brought a pledge; the fund's people say so, or that none did."""
    promise = pledge_for_viewer(session(), reference, viewer())
    scope = Scope(promise.fund_id)
    if not viewer().may(P.OUTREACH_SEE, scope):
        raise Missing(_("Pledge %(reference)s not found.", reference=reference))
    attribution = campaign_of(session(), promise)
    possible = _possible_campaigns(promise.fund_id)
    form: JoinForm | ReasonForm = ReasonForm() if attribution else JoinForm(campaigns=possible)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            if isinstance(form, ReasonForm):
                service.part(opened, promise, this_act(form.reason.data))
            else:
                service.join(opened, form.chosen, promise, this_act())
        if outcome:
            return redirect(url_for("outreach.pledge", reference=reference))
    return render_template(
        "giving/outreach/pledge.html",
        pledge=promise,
        attribution=attribution,
        form=form,
        possible=possible,
        may_record=viewer().may(P.OUTREACH_RECORD, scope),
    )


def _possible_campaigns(fund_id: int) -> Sequence[Campaign]:
    campaigns = open_campaigns(session(), viewer(), fund_id)
    return [campaign for campaign in campaigns if campaign.state in ASKING]
