"""What Stripe says of a mandate for monthly gifts, which is a subscription there.

https://docs.stripe.com/api/subscriptions and https://docs.stripe.com/api/invoices
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from grants.giving.cards.providers import MandateProgress, MandateStatus

OVER = frozenset({"canceled", "incomplete_expired"})
"""States of a subscription that charges nothing any more."""
BEFORE = frozenset({"incomplete"})
"""The first charge is not paid yet."""
CHARGES = frozenset({"subscription_create", "subscription_cycle"})
"""Why an invoice was made that is a charge of a month."""


def read_mandate(
    subscription: Mapping[str, Any], invoices: Iterable[Mapping[str, Any]]
) -> MandateStatus:
    """A subscription, with its invoices. A draft is no charge yet."""
    state = subscription["status"]
    if state in BEFORE:
        return MandateStatus(MandateProgress.OPEN)
    charges = tuple(
        str(invoice["id"])
        for invoice in invoices
        if invoice["status"] != "draft" and invoice["billing_reason"] in CHARGES
    )
    return MandateStatus(
        MandateProgress.ENDED if state in OVER else MandateProgress.ACTIVE,
        "" if state == "incomplete_expired" else str(subscription["id"]),
        charges[::-1],
        _card_until(subscription),
    )


def _card_until(subscription: Mapping[str, Any]) -> date | None:
    """The last day of the month in which the card expires."""
    method = subscription["default_payment_method"]
    card = method.get("card") if isinstance(method, dict) else None
    if not card:
        return None
    year, month = int(card["exp_year"]), int(card["exp_month"])
    return date(year, month, monthrange(year, month)[1])
