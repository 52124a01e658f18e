"""The page of an express gift: how to pay it, for who has no account and needs none."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.giving.cards.mandates.queries import monthly_offer
from grants.giving.cards.queries import offer_for, provider_for
from grants.giving.pledges import gifts
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledging.paying import ways_to_pay
from grants.platform.forms.forms import Form
from grants.platform.web.access import public
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.face import speak_for
from grants.platform.web.headers import policy

pages = Blueprint("gifts", __name__)


@pages.get("/gift/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """How to pay a gift, and later that it has come. It names nobody: an address may be passed
    on.
    """
    pledge = gifts.gift_of_token(session(), token)
    speak_for(pledge.fund.code)
    came = received(session(), pledge)
    left = outstanding(pledge, came)
    cards, monthly = offer_for(session(), pledge, left), monthly_offer(session(), pledge)
    page = render_template(
        "giving/pledging/gift.html",
        pledge=pledge,
        fund=pledge.fund,
        token=token,
        came=came,
        outstanding=left,
        cards=cards,
        monthly=monthly,
        is_every_month=request.args.get("every") == "month",
        ways=ways_to_pay(session(), pledge, came),
    )
    response = make_response(page)
    if provider := provider_for(pledge.fund, pledge.currency):
        response.headers["Content-Security-Policy"] = policy(provider.host)
    return response


@pages.post("/gift/<token>/cancel")
@public
def cancel(token: str) -> ResponseReturnValue:
    """The giver changes their mind before the transfer."""
    pledge = gifts.gift_of_token(session(), token)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            gifts.cancel_gift(opened, pledge)
        if outcome:
            flash(
                _("The gift has been cancelled. You will not receive reminders about it."),
                "success",
            )
    return redirect(url_for("gifts.show", token=token))
