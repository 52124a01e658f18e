"""Leading a giver to a page of the provider."""

from collections.abc import Callable
from typing import TypeVar

from flask import flash, url_for

from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money
from grants.giving.cards.providers import Order, Refused, Unreached
from grants.giving.pledges.models import Pledge
from grants.platform.web.journal import note

A = TypeVar("A")


def answer_of(question: Callable[[], A]) -> A | None:
    """What the provider answers; nothing is locked meanwhile. None where it does not, which the
    giver reads on the next page.
    """
    try:
        return question()
    except (Unreached, Refused) as trouble:
        note("card_page_unreached", trouble=str(trouble))
        flash(
            _("Payment by card is not available at present. Try again later, or pay by transfer."),
            "error",
        )
        return None


def order_for(pledge: Pledge, key: str, amount: Money, token: str, back: str) -> Order:
    """What is to be paid on the provider's page, and the page to which the giver comes back."""
    return Order(
        key,
        amount,
        _("Gift %(reference)s to %(fund)s", reference=pledge.reference, fund=pledge.fund.title),
        absolute(url_for(back, token=token)),
        absolute(url_for("gifts.show", token=token)),
    )
