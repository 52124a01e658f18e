"""Pages on which a fund is opened and described, with what is still missing."""

from flask import Blueprint, Response, flash, json, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.desk.fund_setup import service
from grants.desk.fund_setup.checklist import checklist
from grants.desk.fund_setup.description import written
from grants.desk.fund_setup.forms import DescribeForm, NewFundForm, charter_of, filled
from grants.desk.fund_setup.tasks import by_stage
from grants.giving.cards.providers import provider_of
from grants.giving.pledges.in_euros import account_in_francs
from grants.giving.pledges.swiss_bill import takes_qr_bills
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import asks_again
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer, funds_for_viewer

pages = Blueprint("fund_setup", __name__, url_prefix="/fund-setup")

P = Permission


def described_fund(code: str) -> Fund:
    return fund_for_viewer(code, P.FUND_DESCRIBE)


@pages.get("")
@in_menu(_l("Trust funds"), 91)
@needs(P.FUND_DESCRIBE)
def index() -> ResponseReturnValue:
    """The funds that this person describes, with how much is missing in each."""
    funds = funds_for_viewer(P.FUND_DESCRIBE)
    counted = [(f, sum(not item.done for item in checklist(session(), f))) for f in funds]
    return render_template(
        "desk/fund_setup/index.html", funds=counted, may_open=viewer().may(P.FUND_OPEN, Scope())
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(P.FUND_OPEN)
def new() -> ResponseReturnValue:
    """Open a new fund, with its books."""
    form = NewFundForm(data={"time_zone": "UTC", "languages": ["en"], "support_cost": 13})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            fund = service.open_fund(opened, charter_of(form), this_act())
        if outcome:
            flash(_("The fund is open. See below what is still missing."), "success")
            return redirect(url_for("fund_setup.show", code=fund.code))
    return render_template("desk/fund_setup/new.html", form=form)


@pages.get("/<code>")
@needs(P.FUND_DESCRIBE)
def show(code: str) -> ResponseReturnValue:
    """What a fund has and what it lacks before it may take pledges, open a call and pay."""
    fund = described_fund(code)
    stages = by_stage(fund, checklist(session(), fund))
    return render_template(
        "desk/fund_setup/show.html",
        fund=fund,
        stages=stages,
        ledger=viewer().may(P.LEDGER_SEE),
        cards=provider_of(fund.code),
        francs=account_in_francs(session(), fund, clock.today()),
        takes_qr_bills=takes_qr_bills,
        webhook=absolute(url_for("cards.webhook", code=fund.code)),
    )


@pages.route("/<code>/describe", methods=["GET", "POST"])
@needs(P.FUND_DESCRIBE)
@asks_again
def describe(code: str) -> ResponseReturnValue:
    """Texts in each language, letterhead, signatories, target and currencies."""
    fund = described_fund(code)
    form = DescribeForm(data=filled(written(session(), fund)))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.describe_fund(opened, fund, form.description, this_act())
        if outcome:
            flash(_("Saved."), "success")
            return redirect(url_for("fund_setup.show", code=fund.code))
    return render_template("desk/fund_setup/describe.html", fund=fund, form=form)


@pages.get("/<code>.json")
@needs(P.FUND_DESCRIBE)
def file(code: str) -> ResponseReturnValue:
    """The fund as a file, for another installation."""
    fund = described_fund(code)
    text = json.dumps(written(session(), fund), ensure_ascii=False, indent=2)
    name = f"fund-{fund.code}.json"
    return Response(
        text,
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
