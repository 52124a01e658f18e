"""The fund's page of payments by card: what was begun, paid and entered in the books."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.giving.cards.models import CardPayment
from grants.giving.cards.queries import payments_for_viewer
from grants.giving.cards.workflow import CARD_PAYMENT
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session

pages = Blueprint("card_payments", __name__)

PAYMENTS = Listing(
    columns=(
        Column(
            _l("Pledge"),
            lambda c: c.pledge.reference,
            link=lambda c: url_for("pledges.show", reference=c.pledge.reference),
        ),
        Column(_l("Started at"), lambda c: c.started_at),
        Column(_l("Amount"), lambda c: c.amount, kind="money"),
        Column(_l("Fee"), lambda c: c.deposit.bank_fee if c.deposit else None, kind="money"),
        Column(
            _l("Status"),
            lambda c: CARD_PAYMENT.names[c.state].staff,
            tone=lambda c: CARD_PAYMENT.names[c.state].tone,
        ),
        Column(
            _l("Reference of the provider"),
            lambda c: c.reference,
            link=lambda c: (
                url_for("contributions.show", deposit_id=c.deposit_id) if c.deposit_id else ""
            ),
        ),
        Column(_l("Why it is not in the ledger"), lambda c: c.trouble or None, worth="title"),
        Column(_l("Provider"), lambda c: c.provider.title(), shown=False),
    ),
    orders={"newest": Order(CardPayment.id, descending=True)},
)


@pages.get("/contributions/cards")
@needs(Permission.CONTRIBUTION_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every payment by card of the funds a person works for; as a file too."""
    listed = PAYMENTS.of(session(), payments_for_viewer(at_work()), "card-payments")
    return listed.file or render_template("giving/cards/index.html", listed=listed)
