"""Campaigns: their list, planning one, whom it asks, and its results."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select

from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.errors import Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.links import absolute
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.giving.outreach import service
from grants.giving.outreach.forms import CampaignFilter, CampaignForm, ReasonForm
from grants.giving.outreach.link_codes import drawn_code
from grants.giving.outreach.models import Campaign, CampaignKind
from grants.giving.outreach.queries import (
    audience,
    campaign_for_viewer,
    campaigns_for_viewer,
    chosen,
    likely_results,
    world_day_without_campaign,
)
from grants.giving.outreach.results import Results, results_of
from grants.giving.outreach.workflow import ASKING, CAMPAIGN, CHANGEABLE, LINKED, CampaignState
from grants.giving.pledges.forms import DonorSearch
from grants.giving.pledges.queries import find_donors
from grants.integrity.diligence.queries import SHUT, clearances
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from grants.platform.forms.forms import Form
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.exports import FORMATS, download
from grants.platform.tables.lists import Column, Listing, Order, numbered_page
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer, to_first_fund
from grants.platform.web.steps import buttons, possible

pages = Blueprint("outreach", __name__, url_prefix="/outreach")
P = Permission

CAMPAIGNS = Listing(
    columns=(
        Column(
            _l("Campaign"),
            lambda c: c.title,
            link=lambda c: url_for("outreach.show", code=c.code),
        ),
        Column(_l("Code"), lambda c: c.code, shown=False),
        Column(_l("Fund"), lambda c: c.fund.code),
        Column(_l("Occasion"), lambda c: c.kind.label),
        Column(_l("First day"), lambda c: c.starts_on, kind="date", order="day"),
        Column(_l("Last day"), lambda c: c.ends_on, kind="date"),
        Column(_p("campaign", "Target"), lambda c: c.target or None, kind="money"),
        Column(
            _l("Status"),
            lambda c: CAMPAIGN.names[c.state].staff,
            tone=lambda c: CAMPAIGN.names[c.state].tone,
        ),
    ),
    orders={
        "newest": Order(Campaign.id, descending=True),
        "day": Order(Campaign.starts_on, Campaign.id, descending=True),
    },
)


@pages.get("")
@in_menu(_l("Outreach"), 33, also=("appeals",), key="u")
@needs(P.OUTREACH_SEE)
def index() -> ResponseReturnValue:
    """Every campaign of the funds a person works for; as a file too."""
    form = CampaignFilter(all_funds(session()))
    form.validate()
    state = CampaignState(form.state.data) if form.state.data else None
    query = campaigns_for_viewer(at_work(), form.fund.data or "", state)
    listed = CAMPAIGNS.of(session(), query, "campaigns")
    own = funds_for_viewer(P.OUTREACH_RECORD)
    return listed.file or render_template(
        "giving/outreach/index.html",
        listed=listed,
        form=form,
        may_record=bool(own),
        world_days=_world_days_to_plan(own),
    )


def _world_days_to_plan(funds: Sequence[Fund]) -> list[tuple[Fund, date]]:
    """The funds without a campaign for the next World Day, with that day."""
    days = [(fund, world_day_without_campaign(session(), fund)) for fund in funds]
    return [(fund, day) for fund, day in days if day]


@pages.get("/campaigns/new")
@needs(P.OUTREACH_RECORD)
def begin() -> ResponseReturnValue:
    """A campaign is for one fund."""
    return to_first_fund(P.OUTREACH_RECORD, "outreach.new")


@pages.route("/campaigns/new/<code>", methods=["GET", "POST"])
@needs(P.OUTREACH_RECORD)
def new(code: str) -> ResponseReturnValue:
    """Plan a campaign."""
    fund = fund_by_code(session(), code)
    form = _proposed_form(fund)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            campaign = service.plan(opened, fund, form.plan(), this_act())
        if outcome:
            flash(
                _("The campaign has been saved. Next, write its appeal and launch it."), "success"
            )
            return redirect(url_for("outreach.show", code=campaign.code))
    return render_template(
        "giving/outreach/edit.html",
        form=form,
        fund=fund,
        campaign=None,
        funds=funds_for_viewer(P.OUTREACH_RECORD),
    )


def _proposed_form(fund: Fund) -> CampaignForm:
    """An empty plan; with ?occasion=world_day that of the next World Day."""
    day = world_day_without_campaign(session(), fund)
    if day and request.args.get("occasion") == CampaignKind.WORLD_DAY.value:
        return CampaignForm.for_world_day(day)
    return CampaignForm()


@pages.route("/campaigns/<code>/change", methods=["GET", "POST"])
@needs(P.OUTREACH_RECORD)
def change(code: str) -> ResponseReturnValue:
    """Change the plan of a campaign."""
    campaign = _find_campaign(code, P.OUTREACH_RECORD)
    form = CampaignForm.of(campaign)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.change(opened, campaign, form.plan(), this_act())
        if outcome:
            return redirect(url_for("outreach.show", code=code))
    return render_template(
        "giving/outreach/edit.html",
        form=form,
        refused=refusal(lambda: service.require_changeable(campaign)),
        fund=campaign.fund,
        campaign=campaign,
    )


def _find_campaign(code: str, permission: Permission) -> Campaign:
    """A campaign of a fund in which this person holds the permission."""
    campaign = campaign_for_viewer(session(), code, viewer())
    if not viewer().may(permission, campaign.scope):
        raise Forbidden(_("Your role does not allow this."))
    return campaign


@pages.get("/campaigns/<code>")
@needs(P.OUTREACH_SEE)
@files_ask_first
def show(code: str) -> ResponseReturnValue:
    """A campaign: its plan, and its results; the results as a file too."""
    campaign = campaign_for_viewer(session(), code, viewer())
    results = results_of(session(), campaign)
    if (ending := request.args.get("format", "")) in FORMATS:
        return _as_file(campaign, results, ending)
    picture = _payment_chart(results)
    donors = audience(campaign).order_by(None).subquery()
    return render_template(
        "giving/outreach/campaign.html",
        campaign=campaign,
        name=CAMPAIGN.names[campaign.state],
        results=results,
        picture=picture,
        svg=charts.bars(picture),
        likely=likely_results(session(), campaign) if campaign.state in ASKING else [],
        audience=session().scalar(select(func.count()).select_from(donors)),
        acts=buttons(campaign, CAMPAIGN, code=campaign.code),
        trail=trail_of(session(), "campaign", campaign.id),
        may_record=viewer().may(P.OUTREACH_RECORD, campaign.scope),
        changeable=campaign.state in CHANGEABLE,
        link=absolute(campaign.path) if campaign.state in LINKED else "",
        page=absolute(campaign.page) if campaign.state in ASKING else "",
        code=drawn_code(absolute(campaign.page)),
    )


def _payment_chart(results: Results) -> charts.Picture:
    return charts.picture(
        _("From pledge to payment"),
        _("Amounts pledged, signed and received in response to the campaign, in US dollars."),
        {_("USD"): Meaning.RECEIVED},
        {
            _("Pledged"): (results.pledged.amount,),
            _("Signed"): (results.signed.amount,),
            _("Received"): (results.received.amount,),
        },
        (Meaning.PLEDGED, Meaning.SIGNED, Meaning.RECEIVED),
    )


def _as_file(campaign: Campaign, results: Results, ending: str) -> ResponseReturnValue:
    heads = [
        *(_("Code"), _("Donor"), _("Type of donor"), _("Times contacted"), _("Last contacted on")),
        *(_("Pledges"), _("Pledged, USD"), _("Signed, USD"), _("Received, USD")),
    ]
    rows = (
        [
            *(row.donor.code, row.donor.name, row.donor.kind, row.contacted, row.last_contacted_on),
            *(row.pledges, row.pledged, row.signed, row.received),
        ]
        for row in results.rows
    )
    return download(f"campaign-{campaign.code}", ending, heads, rows)


@pages.route("/campaigns/<code>/step/<action>", methods=["GET", "POST"])
@needs(P.OUTREACH_RECORD)
def step(code: str, action: str) -> ResponseReturnValue:
    """Launch, close, reopen or cancel a campaign."""
    campaign = possible(campaign_for_viewer(session(), code, viewer()), CAMPAIGN)
    row = next((step for step in CAMPAIGN.steps if step.action == action), None)
    if row is None:
        raise Missing(_("Step not found."))
    form = ReasonForm() if row.needs_reason else Form()
    if form.validate_on_submit():
        reason = form.reason.data if isinstance(form, ReasonForm) else None
        with attempt(form) as (opened, outcome):
            service.take_step(opened, campaign, action, this_act(reason))
        if outcome:
            return redirect(url_for("outreach.show", code=code))
    return render_template("giving/outreach/step.html", campaign=campaign, form=form, step=row)


@pages.route("/campaigns/<code>/audience", methods=["GET", "POST"])
@needs(P.OUTREACH_SEE)
def whom(code: str) -> ResponseReturnValue:
    """Whom a campaign asks; donors chosen or left out one by one."""
    campaign = campaign_for_viewer(session(), code, viewer())
    form, search = Form(), DonorSearch()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            donor = organisation_by_code(opened, request.form.get("donor", ""))
            _choose_donor(campaign, donor.code, request.form.get("wanted", ""))
        if outcome:
            return redirect(url_for("outreach.whom", code=code))
    text, donors = search.q.data or "", audience(campaign)
    on_page, previous, following, count = _page_of(donors)
    states = clearances(session(), [donor.id for donor in on_page])
    return render_template(
        "giving/outreach/audience.html",
        campaign=campaign,
        donor_count=count,
        donors=on_page,
        previous=previous,
        following=following,
        shut={donor_id: clearance for donor_id, clearance in states.items() if clearance in SHUT},
        chosen=chosen(session(), campaign),
        search=search,
        text=text,
        found=find_donors(session(), text) if text.strip() else [],
        may_record=viewer().may(P.OUTREACH_RECORD, campaign.scope),
    )


def _page_of(donors: Select[Organisation]) -> tuple[Sequence[Organisation], str, str, int]:
    """The page that the address names, the addresses beside it, and how many there are in all."""
    every = donors.with_only_columns(Organisation.id).order_by(None).subquery()
    count = session().scalar(select(func.count()).select_from(every)) or 0
    numbers, previous, following = numbered_page(range(count))
    at, size = (numbers[0], len(numbers)) if numbers else (0, 0)
    return session().scalars(donors.offset(at).limit(size)).all(), previous, following, count


def _choose_donor(campaign: Campaign, donor_code: str, choice: str) -> None:
    opened, act = session(), this_act()
    donor = organisation_by_code(opened, donor_code)
    if choice in ("yes", "no"):
        service.choose(opened, campaign, donor, act, include=choice == "yes")
    else:
        service.remove_donor(opened, campaign, donor, act)
