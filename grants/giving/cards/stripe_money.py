"""What Stripe says of money: amounts, payouts and what they are made of, balances.

https://docs.stripe.com/api/payouts and https://docs.stripe.com/api/balance_transactions
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from grants.core.kernel.money import Money
from grants.giving.cards.providers import Moved, Movement, Payout, PayoutState

WHOLE = {"ISK": 100, "UGX": 100}
"""Currencies that Stripe counts in hundredths though they have none."""
STATES = {
    "paid": PayoutState.PAID,
    "failed": PayoutState.FAILED,
    "canceled": PayoutState.FAILED,
}
"""Of a payout; the others are on the way."""
KINDS = {
    "charge": Moved.PAYMENT,
    "payment": Moved.PAYMENT,
    "refund": Moved.REFUND,
    "payment_refund": Moved.REFUND,
    "refund_failure": Moved.REFUND,
    "payment_failure_refund": Moved.REFUND,
    "stripe_fee": Moved.FEE,
}
"""Of a balance transaction, by its type."""
OWN = frozenset({"payout", "payout_cancel", "payout_failure"})
"""Movements that are the payout itself."""


def read_money(minor: int, currency: str) -> Money:
    code = currency.upper()
    return Money(int(minor) // WHOLE.get(code, 1), code)


def read_payout(payout: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> Payout:
    """A payout, with the balance transactions that it is made of."""
    return Payout(
        str(payout["id"]),
        read_money(payout["amount"], payout["currency"]),
        STATES.get(payout["status"], PayoutState.ON_THE_WAY),
        datetime.fromtimestamp(payout["arrival_date"], UTC).date(),
        tuple(_read_movement(entry) for entry in entries if entry["type"] not in OWN),
    )


def _read_movement(entry: Mapping[str, Any]) -> Movement:
    source = entry["source"] if isinstance(entry["source"], dict) else {}
    is_dispute = source.get("object") == "dispute"
    kind = Moved.DISPUTE if is_dispute else KINDS.get(entry["type"], Moved.OTHER)
    currency = entry["currency"]
    return Movement(
        kind,
        str(source.get("payment_intent") or ""),
        read_money(entry["amount"], currency),
        read_money(entry["fee"], currency),
    )


def read_balances(parts: Iterable[Mapping[str, Any]]) -> tuple[Money, ...]:
    """What Stripe holds in each currency, available already or not."""
    sums: dict[str, Money] = {}
    for part in parts:
        held = read_money(part["amount"], part["currency"])
        sums[held.currency] = sums.get(held.currency, Money(0, held.currency)) + held
    return tuple(sums.values())
