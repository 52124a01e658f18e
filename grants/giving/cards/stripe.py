"""Stripe, by its API: hosted Checkout pages, and webhooks signed as it documents them.

https://docs.stripe.com/api and https://docs.stripe.com/webhooks#verify-manually
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from grants.core.kernel.money import Money
from grants.giving.cards.providers import (
    Forged,
    HostedPage,
    MandateProgress,
    MandateStatus,
    Notice,
    Order,
    Paid,
    Payout,
    Progress,
    Refused,
    Returned,
    ReturnKind,
    Status,
    Unreached,
)
from grants.giving.cards.stripe_mandates import OVER, read_mandate
from grants.giving.cards.stripe_money import WHOLE, read_balances, read_money, read_payout
from grants.giving.cards.stripe_signatures import require_signed

API = "https://api.stripe.com"
PAGES = "https://checkout.stripe.com https://billing.stripe.com"
VERSION = "2024-06-20"
"""Of the API: what is read here does not change while Stripe moves on."""
PATIENCE = 15.0
"""Seconds that an answer may take."""
REFUSALS = (400, 402, 404)
"""Status codes of what is never done, however often it is asked for."""
AT_ONCE = 100
"""Of a list, as many as Stripe gives."""
MOVEMENTS = "/v1/balance_transactions?expand[]=data.source"
PAGE = "/v1/checkout/sessions"
CHARGE = "payment_intent.latest_charge.balance_transaction"
CARD = "subscription.default_payment_method"
INVOICE = "in_"
"""How the number of an invoice begins."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """One account at Stripe, which holds the money of one fund."""

    secret_key: str
    webhook_secret: str
    currencies: tuple[str, ...]
    api: str = API
    host: str = PAGES
    name: str = "stripe"

    def __repr__(self) -> str:  # secrets stay out of logs
        return f"Stripe({', '.join(self.currencies)})"

    def start(self, order: Order) -> HostedPage:
        return self._open_page(
            order,
            {
                "mode": "payment",
                "submit_type": "donate",
                "payment_intent_data[metadata][payment]": order.key,
                "payment_intent_data[description]": order.description,
            },
        )

    def start_mandate(self, order: Order) -> HostedPage:
        return self._open_page(
            order,
            {
                "mode": "subscription",
                "subscription_data[metadata][payment]": order.key,
                "subscription_data[description]": order.description,
                "line_items[0][price_data][recurring][interval]": "month",
            },
        )

    def _open_page(self, order: Order, terms: Mapping[str, str]) -> HostedPage:
        """A page of Checkout, once for each order."""
        price = "line_items[0][price_data]"
        data = {
            "client_reference_id": order.key,
            "metadata[payment]": order.key,
            "line_items[0][quantity]": "1",
            f"{price}[currency]": order.amount.currency.lower(),
            f"{price}[unit_amount]": str(_stripe_minor(order.amount)),
            f"{price}[product_data][name]": order.description,
            "success_url": order.paid_url,
            "cancel_url": order.unpaid_url,
            **terms,
        }
        session = self._call_stripe("POST", PAGE, data, key=order.key)
        return HostedPage(str(session["id"]), str(session["url"]))

    def ask(self, reference: str) -> Status:
        if reference.startswith(INVOICE):
            return self._ask_invoice(reference)
        session = self._call_stripe("GET", f"{PAGE}/{reference}?expand[]={CHARGE}")
        if session["payment_status"] == "paid":
            return self._status_of_paid(session, session["amount_total"])
        closed = session["status"] == "expired"
        return Status(Progress.CLOSED if closed else Progress.OPEN)

    def _ask_invoice(self, reference: str) -> Status:
        """A charge of a mandate is an invoice; one that nobody pays is given up by Stripe."""
        invoice = self._call_stripe("GET", f"/v1/invoices/{reference}?expand[]={CHARGE}")
        if invoice["status"] == "paid" and invoice["payment_intent"]:
            return self._status_of_paid(invoice, invoice["amount_paid"])
        is_open = invoice["status"] == "open"
        progress = Progress.OPEN if is_open else Progress.CLOSED
        return Status(progress, is_refused=is_open and bool(invoice["attempt_count"]))

    def _status_of_paid(self, item: Mapping[str, Any], minor: int) -> Status:
        """Of a session or an invoice that was paid."""
        intent, amount = item["payment_intent"], read_money(minor, item["currency"])
        return Status(Progress.PAID, _paid_of(intent, amount), self._returns_of(intent))

    def ask_mandate(self, page_reference: str) -> MandateStatus:
        session = self._call_stripe("GET", f"{PAGE}/{page_reference}?expand[]={CARD}")
        subscription = session["subscription"]
        if subscription is None:
            ended = session["status"] == "expired"
            return MandateStatus(MandateProgress.ENDED if ended else MandateProgress.OPEN)
        invoices = self._read_list(f"/v1/invoices?subscription={subscription['id']}")
        return read_mandate(subscription, invoices)

    def stop_mandate(self, page_reference: str) -> None:
        session = self._call_stripe("GET", f"{PAGE}/{page_reference}?expand[]={CARD}")
        subscription = session["subscription"]
        if subscription is None and session["status"] == "open":
            self._call_stripe("POST", f"{PAGE}/{page_reference}/expire")
        elif subscription is not None and subscription["status"] not in OVER:
            self._call_stripe("DELETE", f"/v1/subscriptions/{subscription['id']}")

    def card_page(self, page_reference: str, back_url: str) -> str:
        session = self._call_stripe("GET", f"{PAGE}/{page_reference}")
        data = {
            "customer": str(session["customer"]),
            "return_url": back_url,
            "flow_data[type]": "payment_method_update",
        }
        return str(self._call_stripe("POST", "/v1/billing_portal/sessions", data)["url"])

    def refund(self, payment_reference: str, amount: Money, key: str) -> None:
        data = {
            "payment_intent": payment_reference,
            "amount": str(_stripe_minor(amount)),
            "metadata[return]": key,
        }
        self._call_stripe("POST", "/v1/refunds", data, key=key)

    def _returns_of(self, intent: Mapping[str, Any]) -> tuple[Returned, ...]:
        """Refunds and disputes of a payment, asked for where its charge has any."""
        charge = intent["latest_charge"]
        if not isinstance(charge, dict):
            return ()
        about = f"payment_intent={intent['id']}&limit=100"
        refunds = self._call_stripe("GET", f"/v1/refunds?{about}")["data"]
        disputes = (
            self._call_stripe("GET", f"/v1/disputes?{about}")["data"] if charge["disputed"] else ()
        )
        return (*map(_read_refund, refunds), *map(_read_dispute, disputes))

    def payouts(self, since: datetime) -> tuple[Payout, ...]:
        listed = self._read_list(f"/v1/payouts?created[gte]={int(since.timestamp())}")
        return tuple(
            read_payout(payout, self._read_list(f"{MOVEMENTS}&payout={payout['id']}"))
            for payout in listed
        )

    def balances(self) -> tuple[Money, ...]:
        answer = self._call_stripe("GET", "/v1/balance")
        return read_balances([*answer["available"], *answer["pending"]])

    def _read_list(self, path: str) -> list[dict[str, Any]]:
        """All of a list, a hundred at a time."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self._call_stripe("GET", f"{path}&limit={AT_ONCE}{after}")
            found += page["data"]
            if not page.get("has_more") or not page["data"]:
                return found
            after = f"&starting_after={page['data'][-1]['id']}"

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        require_signed(headers.get("Stripe-Signature", ""), body, self.webhook_secret, now)
        try:
            event = json.loads(body)
            subject = event["data"]["object"]
            return Notice(
                event=str(event["id"])[:100],
                kind=str(event["type"])[:80],
                made_at=datetime.fromtimestamp(event["created"], UTC),
                key=_key_in(subject),
                references=_references_in(subject),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise Forged("the message cannot be read") from fault

    def _call_stripe(
        self, method: str, path: str, data: Mapping[str, str] | None = None, key: str = ""
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.secret_key}", "Stripe-Version": VERSION}
        if key:
            headers["Idempotency-Key"] = key
        try:
            answer = requests.request(
                method,
                self.api + path,
                data=data,
                headers=headers,
                timeout=PATIENCE,
                allow_redirects=False,
            )
            content = answer.json()
        except (requests.RequestException, ValueError) as fault:
            raise Unreached(type(fault).__name__) from fault
        if answer.status_code in REFUSALS and method == "POST":
            raise Refused(f"{answer.status_code} {_code_of(content)}")
        if answer.status_code != 200 or not isinstance(content, dict):
            raise Unreached(f"{answer.status_code} {_code_of(content)}")
        return content


def _paid_of(intent: Mapping[str, Any], amount: Money) -> Paid | None:
    charge = intent["latest_charge"]
    entry = charge["balance_transaction"] if isinstance(charge, dict) else None
    if not isinstance(entry, dict):
        return None  # the fee is known a moment later
    paid_at = datetime.fromtimestamp(charge["created"], UTC)
    return Paid(intent["id"], amount, read_money(entry["fee"], entry["currency"]), paid_at)


def _read_refund(refund: Mapping[str, Any]) -> Returned:
    key = (refund.get("metadata") or {}).get("return") or ""
    amount = read_money(refund["amount"], refund["currency"])
    is_open = refund["status"] in {"pending", "requires_action"}
    is_out = refund["status"] == "succeeded"
    return Returned(ReturnKind.REFUND, refund["id"], amount, is_out, is_open, key=key)


def _read_dispute(dispute: Mapping[str, Any]) -> Returned:
    """A dispute moves money by entries of its own: out when it begins, back when it is won."""
    entries = dispute["balance_transactions"]
    fee = read_money(sum(entry["fee"] for entry in entries), dispute["currency"])
    out = -sum(entry["amount"] for entry in entries)
    amount = read_money(dispute["amount"], dispute["currency"])
    return Returned(ReturnKind.DISPUTE, dispute["id"], amount, out > 0, not entries, fee)


def _key_in(subject: Mapping[str, Any]) -> str:
    """Our key, which an invoice has from its subscription."""
    details = subject.get("subscription_details") or {}
    for metadata in (subject.get("metadata"), details.get("metadata")):
        if key := (metadata or {}).get("payment"):
            return str(key)
    return ""


def _references_in(subject: Mapping[str, Any]) -> tuple[str, ...]:
    """The page, payment, charge or mandate that an object is, or is about."""
    names = (subject.get(name) for name in ("id", "payment_intent", "invoice", "subscription"))
    return tuple(name for name in names if isinstance(name, str))


def _code_of(content: object) -> str:
    error = content.get("error") if isinstance(content, dict) else None
    return str(error.get("code") or error.get("type")) if isinstance(error, dict) else ""


def _stripe_minor(amount: Money) -> int:
    return amount.minor * WHOLE.get(amount.currency, 1)
