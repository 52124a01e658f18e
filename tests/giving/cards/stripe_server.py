"""Stripe on this machine: localstripe, and what it lacks.

localstripe 1.15 has payment intents, charges, balance transactions, refunds and payouts, and signs
its webhooks as Stripe does. It has no Checkout pages, no fees and no disputes: these are added as
https://docs.stripe.com/api describes them.

    python -m tests.giving.cards.stripe_server PORT
"""

import sys
from typing import Any

from aiohttp import web
from localstripe import resources, server

FEE, DISPUTE_FEE = 320, 2_000

resources.Store.dump_to_disk = lambda _self: None
_DISPUTES: dict[str, Any] = {}
"""By their payment."""
_BY_KEY: dict[str, Any] = {}
"""Sessions by the key that makes a request count once."""


class CheckoutSession(resources.StripeObject):  # type: ignore[misc]
    """A page on which one payment is made."""

    object = "checkout.session"
    _id_prefix = "cs_test_"

    def __init__(self, **data: Any) -> None:
        (line,) = data["line_items"]
        price = line["price_data"]
        super().__init__()
        self.client_reference_id = data["client_reference_id"]
        self.metadata = data["metadata"]
        self.amount_total = int(price["unit_amount"])
        self.currency = price["currency"]
        self.status, self.payment_status = "open", "unpaid"
        self.payment_intent: str | None = None
        self.url = f"http://127.0.0.1/pay/{self.id}"
        self._intent_data = data["payment_intent_data"]

    def _pay(self) -> None:
        card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
        method = resources.PaymentMethod(type="card", card=card)
        intent = resources.PaymentIntent._api_create(
            confirm=True,
            amount=self.amount_total,
            currency=self.currency,
            payment_method=method.id,
            metadata=self._intent_data["metadata"],
        )
        transaction = intent.latest_charge.balance_transaction
        resources.BalanceTransaction._api_retrieve(transaction).fee = FEE
        intent.latest_charge.disputed = False
        self.payment_intent = intent.id
        self.status, self.payment_status = "complete", "paid"
        resources.schedule_webhook(resources.Event("checkout.session.completed", self))


async def create(request: web.Request) -> web.Response:
    data = await server.get_post_data(request)
    key = request.headers.get("Idempotency-Key", "")
    if key not in _BY_KEY:
        _BY_KEY[key] = CheckoutSession(**{k: v for k, v in data.items() if k != "expand"})
    answer: web.Response = server.json_response(_BY_KEY[key]._export())
    return answer


async def pay(request: web.Request) -> web.Response:
    CheckoutSession._api_retrieve(request.match_info["id"])._pay()
    return web.Response()


async def dispute(request: web.Request) -> web.Response:
    """The card holder's bank takes the money, and a fee; with `won` it gives both back."""
    paid = CheckoutSession._api_retrieve(request.match_info["id"])
    resources.PaymentIntent._api_retrieve(paid.payment_intent).latest_charge.disputed = True
    out = {"amount": -paid.amount_total, "fee": DISPUTE_FEE}
    back = {"amount": paid.amount_total, "fee": -DISPUTE_FEE}
    _DISPUTES[paid.payment_intent] = {
        "id": f"dp_{paid.id}",
        "amount": paid.amount_total,
        "currency": paid.currency,
        "balance_transactions": [out, back] if "won" in request.query else [out],
    }
    return web.Response()


async def disputes(request: web.Request) -> web.Response:
    found = _DISPUTES.get(request.query["payment_intent"])
    return web.json_response({"object": "list", "data": [found] if found else []})


async def expire(request: web.Request) -> web.Response:
    CheckoutSession._api_retrieve(request.match_info["id"]).status = "expired"
    return web.Response()


def serve(port: int) -> None:
    routes = server.app.router
    routes.add_post("/v1/checkout/sessions", create)
    url = "/v1/checkout/sessions/{id}"
    routes.add_get(url, server.api_retrieve(CheckoutSession, url))
    routes.add_post("/_pay/{id}", pay)
    routes.add_post("/_expire/{id}", expire)
    routes.add_post("/_dispute/{id}", dispute)
    routes.add_get("/v1/disputes", disputes)
    web.run_app(server.app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
