"""A second provider, of these tests alone: it proves that the interface is one."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

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

SECRET = b"of the stub"


@dataclass
class StubProvider:
    """Remembers what was ordered, and answers what a test has set."""

    currencies: tuple[str, ...] = ("USD", "EUR")
    name: str = "stub"
    host: str = "https://pay.stub.example"
    is_up: bool = True
    refuses: bool = False
    forgets: bool = False
    """Does it know a key no more, as after a day?"""
    orders: dict[str, Order] = field(default_factory=dict)
    """By the reference of their page."""
    answers: dict[str, Status] = field(default_factory=dict)
    """By the reference of a page or a charge."""
    mandates: dict[str, MandateStatus] = field(default_factory=dict)
    """By the reference of their page."""

    paid_out: tuple[Payout, ...] = ()
    holds: tuple[Money, ...] = ()

    def start(self, order: Order) -> HostedPage:
        if not self.is_up:
            raise Unreached("the stub is down")
        if self.refuses:
            raise Refused("400 amount_too_small")
        page = f"page-{order.key}"
        self.orders[page] = order
        self.answers.setdefault(page, Status(Progress.OPEN))
        return HostedPage(page, f"{self.host}/{page}")

    def ask(self, reference: str) -> Status:
        if not self.is_up:
            raise Unreached("the stub is down")
        return self.answers[reference]

    def start_mandate(self, order: Order) -> HostedPage:
        page = self.start(order)
        self.mandates.setdefault(page.reference, MandateStatus(MandateProgress.OPEN))
        return page

    def ask_mandate(self, page_reference: str) -> MandateStatus:
        if not self.is_up:
            raise Unreached("the stub is down")
        return self.mandates[page_reference]

    def stop_mandate(self, page_reference: str) -> None:
        if self.refuses:
            raise Refused("400 page_completed")
        status = self.ask_mandate(page_reference)
        self.mandates[page_reference] = replace(status, progress=MandateProgress.ENDED)

    def card_page(self, page_reference: str, back_url: str) -> str:  # noqa: ARG002
        self.ask_mandate(page_reference)
        return f"{self.host}/card/{page_reference}"

    def charge(self, page: str, fee: int = 250, *, refused: bool = False) -> str:
        """A month has come: the card is charged, or refuses. The first charge gives the mandate."""
        status, amount = self.mandates[page], self.orders[page].amount
        charge = f"charge-{len(status.charges) + 1}-{page}"
        self.mandates[page] = replace(
            status,
            progress=MandateProgress.ACTIVE,
            reference=f"mandate-{page}"[:80],
            charges=(*status.charges, charge),
        )
        self.answers[charge] = Status(Progress.OPEN, is_refused=True)
        if not refused:
            self.take(charge, amount, fee)
        return charge

    def take(self, charge: str, amount: Money, fee: int = 250) -> None:
        """The charge is made, at the first attempt or a later one."""
        number = sha256(charge.encode()).hexdigest()[:20]
        paid = Paid(f"pay-{number}", amount, Money(fee, amount.currency), datetime.now(UTC))
        self.answers[charge] = Status(Progress.PAID, paid)

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:  # noqa: ARG002
        given = headers.get("Signature", "")
        if not hmac.compare_digest(given, signature_of(body)):
            raise Forged("another signature")
        message = json.loads(body)
        made_at = datetime.fromtimestamp(message["at"], UTC)
        return Notice(message["id"], "changed", made_at, references=(message["page"],))

    def pay(self, page: str, fee: int = 250, at: datetime | None = None) -> None:
        """The donor has paid on the page, less a fee in minor units."""
        amount = self.orders[page].amount
        fee_money = Money(fee, amount.currency)
        paid = Paid(f"pay-{page[5:]}", amount, fee_money, at or datetime.now(UTC))
        self.answers[page] = Status(Progress.PAID, paid)

    def refund(self, payment_reference: str, amount: Money, key: str) -> None:
        if not self.is_up:
            raise Unreached("the stub is down")
        page = f"page-{payment_reference[4:]}"
        if self.refuses:
            raise Refused("400 charge_already_refunded")
        status = self.answers[page]
        if not self.forgets and any(item.key == key for item in status.returns):
            return
        name = f"re-{len(status.returns) + 1}"
        item = Returned(ReturnKind.REFUND, name, amount, is_out=True, key=key)
        self.answers[page] = replace(status, returns=(*status.returns, item))

    def payouts(self, since: datetime) -> tuple[Payout, ...]:  # noqa: ARG002
        if not self.is_up:
            raise Unreached("the stub is down")
        return self.paid_out

    def balances(self) -> tuple[Money, ...]:
        return self.holds

    def close(self, page: str) -> None:
        """Nobody paid in time."""
        self.answers[page] = Status(Progress.CLOSED)


def signature_of(body: bytes) -> str:
    return hmac.new(SECRET, body, sha256).hexdigest()


def message(number: str, page: str) -> tuple[bytes, dict[str, str]]:
    """A signed message: its body and its headers."""
    body = json.dumps({"id": number, "page": page, "at": 1_796_000_000}).encode()
    return body, {"Signature": signature_of(body)}
