"""Stripe on this machine: localstripe, and what it lacks.

localstripe 1.15 has payment intents, charges, balance transactions, refunds and payouts, and signs
its webhooks as Stripe does; it has subscriptions and their invoices. It has no Checkout pages, no
billing portal, no fees and no disputes: these are added as https://docs.stripe.com/api describes
them.

    python -m tests.giving.cards.stripe_server PORT
"""

import sys
from typing import Any

from aiohttp import web
from localstripe import resources, server

FEE, DISPUTE_FEE = 320, 2_000
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
OPEN = "/_config"
"""Where localstripe asks for no key: a giver’s browser has none."""
_ADDRESS = ["http://127.0.0.1"]
"""Of this server, once it runs."""

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
        self.url = f"{_ADDRESS[0]}{OPEN}/pay/{self.id}"
        self.success_url = data["success_url"]
        self.subscription: str | None = None
        self.customer: str | None = None
        self._mode, self._data = data["mode"], data
        self._price = price

    def _complete(self) -> None:
        """The giver enters a card: a payment is made, or a subscription begins."""
        method = resources.PaymentMethod(type="card", card=CARD)
        if self._mode == "subscription":
            self._subscribe(method)
        else:
            self._pay(method)
        self.status, self.payment_status = "complete", "paid"
        resources.schedule_webhook(resources.Event("checkout.session.completed", self))

    def _subscribe(self, method: Any) -> None:
        customer = resources.Customer()
        resources.PaymentMethod._api_attach(method.id, customer=customer.id)
        customer.invoice_settings["default_payment_method"] = method.id
        plan = resources.Plan(
            amount=self.amount_total,
            currency=self.currency,
            interval=self._price["recurring"]["interval"],
            product={"name": "Gift"},
        )
        subscription = resources.Subscription(
            customer=customer.id,
            items=[{"plan": plan.id}],
            metadata=self._data["subscription_data"]["metadata"],
        )
        subscription.default_payment_method = method.id
        self.customer, self.subscription = customer.id, subscription.id
        _finish_charge(subscription, "subscription_create")

    def _pay(self, method: Any) -> None:
        intent = resources.PaymentIntent._api_create(
            confirm=True,
            amount=self.amount_total,
            currency=self.currency,
            payment_method=method.id,
            metadata=self._data["payment_intent_data"]["metadata"],
        )
        _take_fee(intent.latest_charge)
        self.payment_intent = intent.id


def _take_fee(charge: Any) -> None:
    transaction = charge.balance_transaction
    resources.BalanceTransaction._api_retrieve(transaction).fee = FEE
    charge.disputed = False


def _finish_charge(subscription: Any, reason: str) -> None:
    """What localstripe leaves out of the invoice of a month."""
    invoice = resources.Invoice._api_retrieve(subscription.latest_invoice)
    invoice.billing_reason = reason
    if invoice.status == "paid":
        _take_fee(invoice.charge)


async def month(request: web.Request) -> web.Response:
    """A month has passed; with `refused` the card is refused."""
    session = CheckoutSession._api_retrieve(request.match_info["id"])
    subscription = resources.Subscription._api_retrieve(session.subscription)
    customer = resources.Customer._api_retrieve(session.customer)
    number = "4000000000000341" if "refused" in request.query else CARD["number"]
    method = resources.PaymentMethod(type="card", card={**CARD, "number": number})
    method.customer = customer.id
    customer.invoice_settings["default_payment_method"] = method.id
    subscription._create_invoice()
    _finish_charge(subscription, "subscription_cycle")
    return web.Response()


async def portal(request: web.Request) -> web.Response:
    """The page on which the giver enters another card."""
    data = await server.get_post_data(request)
    assert data["flow_data"]["type"] == "payment_method_update"
    resources.Customer._api_retrieve(data["customer"])
    return web.json_response({"url": f"{_ADDRESS[0]}/card/{data['customer']}"})


async def hosted(request: web.Request) -> web.Response:
    """The page on which the giver enters a card: here one button."""
    button = '<form method="post"><button>Pay</button></form>'
    return web.Response(text=button, content_type="text/html")


async def enter_card(request: web.Request) -> web.Response:
    session = CheckoutSession._api_retrieve(request.match_info["id"])
    session._complete()
    raise web.HTTPSeeOther(session.success_url)


async def create(request: web.Request) -> web.Response:
    data = await server.get_post_data(request)
    key = request.headers.get("Idempotency-Key", "")
    if key not in _BY_KEY:
        _BY_KEY[key] = CheckoutSession(**{k: v for k, v in data.items() if k != "expand"})
    answer: web.Response = server.json_response(_BY_KEY[key]._export())
    return answer


async def pay(request: web.Request) -> web.Response:
    CheckoutSession._api_retrieve(request.match_info["id"])._complete()
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
    session = CheckoutSession._api_retrieve(request.match_info["id"])
    session.status = "expired"
    answer: web.Response = server.json_response(session._export())
    return answer


def serve(port: int) -> None:
    _ADDRESS[0] = f"http://127.0.0.1:{port}"
    routes = server.app.router
    routes.add_post("/v1/checkout/sessions", create)
    url = "/v1/checkout/sessions/{id}"
    routes.add_get(url, server.api_retrieve(CheckoutSession, url))
    routes.add_post(f"{url}/expire", expire)
    routes.add_post("/v1/billing_portal/sessions", portal)
    routes.add_get(f"{OPEN}/pay/{{id}}", hosted)
    routes.add_post(f"{OPEN}/pay/{{id}}", enter_card)
    routes.add_post("/_month/{id}", month)
    routes.add_post("/_pay/{id}", pay)
    routes.add_post("/_expire/{id}", expire)
    routes.add_post("/_dispute/{id}", dispute)
    routes.add_get("/v1/disputes", disputes)
    web.run_app(server.app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
