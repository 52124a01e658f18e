"""Giving every month by card, from the page of a gift: begun, the card changed, stopped."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.giving.cards.jobs import provider_holding
from grants.giving.cards.leading import answer_of, order_for
from grants.giving.cards.mandates.jobs import ask_mandate_later
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.queries import monthly_offer, newest_mandate
from grants.giving.cards.mandates.service import start_mandate, stop_by_giver
from grants.giving.cards.mandates.workflow import MandateState
from grants.giving.cards.providers import Provider
from grants.giving.cards.queries import PAGE_LASTS
from grants.giving.cards.service import note_page
from grants.giving.pledges import gifts
from grants.giving.pledges.models import Pledge
from grants.platform.forms.forms import Form
from grants.platform.web.access import public, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("monthly", __name__)


@pages.post("/gift/<token>/monthly")
@public
def begin(token: str) -> ResponseReturnValue:
    """The giver is led to the provider's page, where the card is entered."""
    pledge, form = gifts.gift_of_token(session(), token), Form()
    gift_page = redirect(url_for("gifts.show", token=token))
    if not form.validate_on_submit():
        return gift_page
    offer = monthly_offer(session(), pledge)
    if offer.provider is None:
        raise Missing(_("This gift cannot be given every month by card."))
    if offer.mandate is not None and _is_open(offer.mandate):
        return redirect(offer.mandate.page_url, 303)
    with attempt(form) as (opened, outcome):
        mandate = start_mandate(opened, pledge, offer.provider.name, this_act())
    if not outcome:
        flash(str(form.form_errors[0]), "error")
        return gift_page
    return _to_provider(form, offer.provider, mandate, token) or gift_page


def _is_open(mandate: CardMandate) -> bool:
    """May the giver still complete the page that was begun?"""
    is_new = clock.now() - mandate.started_at < PAGE_LASTS
    return mandate.state is MandateState.STARTED and bool(mandate.page_url) and is_new


def _to_provider(
    form: Form, provider: Provider, mandate: CardMandate, token: str
) -> ResponseReturnValue | None:
    order = order_for(mandate.pledge, mandate.key, mandate.amount, token, "monthly.returned")
    page = answer_of(lambda: provider.start_mandate(order))
    if page is None:
        return None
    with attempt(form) as (opened, _outcome):
        note_page(opened, mandate, page)
    return redirect(page.url, 303)


@pages.get("/gift/<token>/monthly")
@public
def returned(token: str) -> ResponseReturnValue:
    """The giver comes back. Coming back proves nothing: the provider's message does."""
    pledge = gifts.gift_of_token(session(), token)
    return render_template(
        "giving/cards/monthly_returned.html",
        mandate=_mandate_of(pledge),
        pledge=pledge,
        token=token,
    )


@pages.post("/gift/<token>/monthly/card")
@public
def change_card(token: str) -> ResponseReturnValue:
    """The giver is led to the provider's page where another card is entered."""
    mandate, form = _mandate_of(gifts.gift_of_token(session(), token)), Form()
    gift_page = url_for("gifts.show", token=token)
    provider, page = provider_holding(mandate), mandate.page_reference
    if provider is None or page is None or mandate.state is not MandateState.ACTIVE:
        raise Missing(_("This gift is not given every month by card."))
    url = None
    if form.validate_on_submit():
        url = answer_of(lambda: provider.card_page(page, absolute(gift_page)))
    return redirect(url or gift_page, 303)


@pages.post("/gift/<token>/monthly/stop")
@public
def stop(token: str) -> ResponseReturnValue:
    """One click of the giver, who needs no account."""
    act = Act.by_system("cards", _("Stopped on the page of the gift."))
    stop_gift(gifts.gift_of_token(session(), token), act)
    return redirect(url_for("gifts.show", token=token))


def stop_gift(pledge: Pledge, act: Act) -> None:
    """Stop what is given every month for a gift, and say so on the next page."""
    mandate, form = _mandate_of(pledge), Form()
    if not form.validate_on_submit():
        return
    with attempt(form) as (opened, outcome):
        stop_by_giver(opened, mandate, act)
        ask_mandate_later(opened, mandate)
    if outcome:
        flash(_("The monthly gift is being stopped. We will confirm this by e-mail."), "success")
    else:
        flash(str(form.form_errors[0]), "error")


def _mandate_of(pledge: Pledge) -> CardMandate:
    mandate = newest_mandate(session(), pledge)
    if mandate is None:
        raise Missing(_("This gift is not given every month by card."))
    return mandate
