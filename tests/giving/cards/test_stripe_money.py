"""What Stripe answers about payouts and balances, as its reference shows them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from grants.core.kernel.money import Money
from grants.giving.cards.providers import Moved, Movement, PayoutState
from grants.giving.cards.stripe import Stripe

EUR = "EUR"


def _entry(kind: str, amount: int, fee: int = 0, source: Any = None) -> dict[str, Any]:
    return {
        "id": f"txn_{kind}",
        "type": kind,
        "amount": amount,
        "fee": fee,
        "currency": "eur",
        "source": source,
    }


PAYOUT = {
    "id": "po_1",
    "amount": 4_450,
    "currency": "eur",
    "status": "in_transit",
    "arrival_date": int(datetime(2026, 12, 3, tzinfo=UTC).timestamp()),
}
ENTRIES = [
    _entry("charge", 8_000, 265, {"object": "charge", "payment_intent": "pi_1"}),
    _entry("refund", -2_000, 0, {"object": "refund", "payment_intent": "pi_1"}),
    _entry("adjustment", -1_000, 200, {"object": "dispute", "payment_intent": "pi_2"}),
    _entry("stripe_fee", -85, 0, "unexpanded"),
    _entry("payout", -4_450, 0, "po_1"),
]
BALANCE = {
    "available": [{"amount": 100, "currency": "eur"}, {"amount": 700, "currency": "isk"}],
    "pending": [{"amount": 23, "currency": "eur"}],
}


class _Answer:
    status_code = 200

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def json(self) -> dict[str, Any]:
        return self.content


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Stripe:
    """Stripe as it would answer: lists in pages of two."""

    def answer(_method: str, address: str, **_more: object) -> _Answer:
        path = address.removeprefix("https://api.stripe.com")
        if path.startswith("/v1/payouts"):
            return _Answer({"data": [PAYOUT], "has_more": False})
        if path == "/v1/balance":
            return _Answer(BALANCE)
        assert path.startswith("/v1/balance_transactions?expand[]=data.source&payout=po_1")
        last = path.partition("starting_after=")[2]
        names = [entry["id"] for entry in ENTRIES]
        place = names.index(last) + 1 if last else 0
        return _Answer({"data": ENTRIES[place : place + 2], "has_more": place + 2 < len(ENTRIES)})

    monkeypatch.setattr(requests, "request", answer)
    return Stripe("sk_test_1", "whsec_1", (EUR,))


def test_a_payout_is_read_with_everything_that_it_is_made_of(stripe: Stripe) -> None:
    (payout,) = stripe.payouts(datetime(2026, 11, 1, tzinfo=UTC))
    assert (payout.reference, payout.amount) == ("po_1", Money(4_450, EUR))
    assert (payout.state, payout.arrives_on) == (PayoutState.ON_THE_WAY, date(2026, 12, 3))
    nothing = Money(0, EUR)
    assert payout.movements == (
        Movement(Moved.PAYMENT, "pi_1", Money(8_000, EUR), Money(265, EUR)),
        Movement(Moved.REFUND, "pi_1", Money(-2_000, EUR), nothing),
        Movement(Moved.DISPUTE, "pi_2", Money(-1_000, EUR), Money(200, EUR)),
        Movement(Moved.FEE, "", Money(-85, EUR), nothing),
    )
    assert sum(movement.net.minor for movement in payout.movements) == payout.amount.minor
    assert sum(movement.charged.minor for movement in payout.movements) == 265 + 200 + 85


def test_a_balance_is_what_is_available_and_pending(stripe: Stripe) -> None:
    assert set(stripe.balances()) == {Money(123, EUR), Money(7, "ISK")}
