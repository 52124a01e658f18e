"""Paying a gift by card, coming back, and the address at which the provider tells of it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.giving.cards.jobs import ask_later
from grants.giving.cards.leading import answer_of, order_for
from grants.giving.cards.mandates.jobs import ask_mandate_later
from grants.giving.cards.mandates.queries import mandate_of
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import Forged, Provider, provider_of
from grants.giving.cards.queries import newest_of, open_page_of, provider_for
from grants.giving.cards.service import note_page, receive_notice, start
from grants.giving.pledges import gifts
from grants.giving.pledges.queries import outstanding, received
from grants.platform.forms.forms import Form
from grants.platform.web.access import public, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction
from grants.platform.web.face import speak_for
from grants.platform.web.journal import note

pages = Blueprint("cards", __name__)

LARGEST = 256 * 1024
"""Bytes of a message."""


@pages.post("/gift/<token>/card")
@public
def pay(token: str) -> ResponseReturnValue:
    """The donor is led to the provider's page; the card is never seen here."""
    pledge, form = gifts.gift_of_token(session(), token), Form()
    gift_page = redirect(url_for("gifts.show", token=token))
    if not form.validate_on_submit():
        return gift_page
    owed = outstanding(pledge, received(session(), pledge))
    if payment := open_page_of(session(), pledge, owed):
        return redirect(payment.page_url, 303)
    provider = provider_for(pledge.fund, pledge.currency)
    if provider is None:
        raise Missing(_("This gift cannot be paid by card. Please pay by bank transfer."))
    with attempt(form) as (opened, outcome):
        payment = start(opened, pledge, provider.name, this_act())
    if not outcome or payment is None:
        flash(str(form.form_errors[0]), "error")
        return gift_page
    return _to_provider(form, provider, payment, token) or gift_page


def _to_provider(
    form: Form, provider: Provider, payment: CardPayment, token: str
) -> ResponseReturnValue | None:
    """Ask for a page and lead to it. None where none was given."""
    order = order_for(payment.pledge, payment.key, payment.amount, token, "cards.returned")
    page = answer_of(lambda: provider.start(order))
    if page is None:
        return None
    with attempt(form) as (opened, _outcome):
        note_page(opened, payment, page)
    return redirect(page.url, 303)


@pages.get("/gift/<token>/card")
@public
def returned(token: str) -> ResponseReturnValue:
    """The donor comes back. Coming back proves nothing: the provider's message does."""
    pledge = gifts.gift_of_token(session(), token)
    speak_for(pledge.fund.code)
    payment = newest_of(session(), pledge)
    if payment is None:
        raise Missing(_("Gift not found. Copy the complete link from the e-mail."))
    return render_template(
        "giving/cards/returned.html", payment=payment, pledge=pledge, token=token
    )


@pages.post("/cards/<code>/webhook")
@public
def webhook(code: str) -> ResponseReturnValue:
    """A message of the provider. It has no session: its signature says who sent it."""
    provider = provider_of(code)
    if provider is None:
        raise Missing(_("%(fund)s does not accept payments by card.", fund=code))
    request.max_content_length = LARGEST
    try:
        notice = provider.read_webhook(dict(request.headers), request.get_data(), clock.wall())
    except Forged as forged:
        note("card_webhook_refused", fund=code, why=str(forged))
        return Response(status=400, mimetype="text/plain")
    with transaction() as opened:
        fund = fund_by_code(opened, code)
        mandate = mandate_of(opened, fund, notice)
        about = mandate.id if mandate else None
        event = receive_notice(opened, fund, provider.name, notice, about)
        if event is not None and event.payment_id is not None:
            ask_later(opened, [event.payment_id])
        elif event is not None and mandate is not None:
            ask_mandate_later(opened, mandate)
    return Response(status=200, mimetype="text/plain")
