"""What the fund needs of any provider of card payments.

A United Nations body has a contract with an acquirer of its own: another provider is another class
with these methods (docs/decisions/card-payments.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from grants.core.kernel.money import Money


class Forged(Exception):
    """What came was not signed by the provider, or too long ago."""


class Unreached(Exception):
    """The provider did not answer, or not as agreed; it is asked again later."""


class Refused(Exception):
    """The provider will not do it, whenever it is asked."""


class Progress(StrEnum):
    """How far a payment has come at the provider."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"
    """It was not paid, and cannot be paid any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid, and where the donor comes back to."""

    key: str
    """Ours: starting the same order again leads to the same page."""
    amount: Money
    description: str
    paid_url: str
    unpaid_url: str


@dataclass(frozen=True, slots=True)
class HostedPage:
    """Where the donor pays: a page of the provider, which alone sees the card."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A signed message of the provider: that something happened, and to which payment. What it is
    is asked of the provider, so that the order of messages does not matter.
    """

    event: str
    """The provider's number of the message; the same again is the same message."""
    kind: str
    made_at: datetime
    key: str = ""
    """Of the order, where the message names it."""
    references: tuple[str, ...] = ()
    """Of the page or the payment."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that succeeded."""

    reference: str
    amount: Money
    """What the donor paid."""
    fee: Money
    """What the provider keeps of it."""
    paid_at: datetime


class ReturnKind(StrEnum):
    """Why money of a payment goes back."""

    REFUND = "refund"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Returned:
    """Money of a payment that the provider gave back to the card, or did not."""

    kind: ReturnKind
    reference: str
    amount: Money
    is_out: bool
    """Has it left the account at the provider, and not come back?"""
    is_open: bool = False
    """May it still go either way? Then nothing has moved."""
    fee: Money | None = None
    """What the provider charged for it; nothing where it gave the fee back."""
    key: str = ""
    """Ours, where the fund asked for it."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the provider answers about a payment."""

    progress: Progress
    paid: Paid | None = None
    """None, too, of a paid one while the fee is not known yet."""
    returns: tuple[Returned, ...] = ()
    is_refused: bool = False
    """Has the card refused the charge of a mandate, and is it tried again?"""


class MandateProgress(StrEnum):
    """How far a mandate has come at the provider."""

    OPEN = "open"
    ACTIVE = "active"
    ENDED = "ended"
    """Nothing is charged any more; also where it was never given."""


@dataclass(frozen=True, slots=True)
class MandateStatus:
    """What the provider answers about a mandate."""

    progress: MandateProgress
    reference: str = ""
    """Of the mandate, once it was given."""
    charges: tuple[str, ...] = ()
    """References of its charges; `ask` says what became of each."""
    card_until: date | None = None
    """The last day on which the card is valid; told to the giver, never kept."""


class PayoutState(StrEnum):
    """How far a payout has come."""

    ON_THE_WAY = "on_the_way"
    PAID = "paid"
    FAILED = "failed"


class Moved(StrEnum):
    """Why money moved at the provider."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Movement:
    """A payment, a refund, a dispute or a fee that a payout contains."""

    kind: Moved
    reference: str
    """Of the payment; empty where it is about none."""
    amount: Money
    """More than nothing where the fund gained it."""
    fee: Money
    """What the provider kept besides."""

    @property
    def net(self) -> Money:
        return self.amount - self.fee

    @property
    def charged(self) -> Money:
        """What the provider charged, whether apart or as a fee."""
        return self.fee - self.amount if self.kind is Moved.FEE else self.fee


@dataclass(frozen=True, slots=True)
class Payout:
    """What the provider sent to the bank of the fund, or is about to."""

    reference: str
    amount: Money
    state: PayoutState
    arrives_on: date
    movements: tuple[Movement, ...] = ()


class Provider(Protocol):
    """A provider of card payments: one contract of one fund."""

    @property
    def name(self) -> str:
        """Short, in lower case, such as stripe."""

    @property
    def host(self) -> str:
        """Scheme and host of its pages, to which a form may lead; several with spaces between."""

    @property
    def currencies(self) -> tuple[str, ...]:
        """In which the fund takes cards and the provider pays out."""

    def start(self, order: Order) -> HostedPage:
        """Begin a payment; Unreached, or Refused."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Verify and read a message; Forged."""

    def ask(self, reference: str) -> Status:
        """How far the payment of a page, or the charge of a mandate, has come, and what of it went
        back; Unreached.
        """

    def start_mandate(self, order: Order) -> HostedPage:
        """Begin a mandate for the same amount every month, first charged at once; Unreached, or
        Refused.
        """

    def ask_mandate(self, page_reference: str) -> MandateStatus:
        """How far a mandate has come that was begun on this page; Unreached."""

    def stop_mandate(self, page_reference: str) -> None:
        """Charge nothing any more, whether the mandate was given on its page already or not. Again
        changes nothing; Unreached, or Refused.
        """

    def card_page(self, page_reference: str, back_url: str) -> str:
        """Where the giver of a mandate enters another card; Unreached, or Refused."""

    def refund(self, payment_reference: str, amount: Money, key: str) -> None:
        """Give money of a payment back to the card, once for each key of ours; Unreached, or
        Refused.
        """

    def payouts(self, since: datetime) -> tuple[Payout, ...]:
        """What was paid out since a moment, and of what each payout is made; Unreached."""

    def balances(self) -> tuple[Money, ...]:
        """What it holds of each currency, apart from payouts; Unreached."""


_BY_FUND: dict[str, Provider] = {}


def use_providers(by_fund: Mapping[str, Provider]) -> None:
    """The provider of each fund that takes cards, by the fund's code."""
    _BY_FUND.clear()
    _BY_FUND.update(by_fund)


def provider_of(fund_code: str) -> Provider | None:
    """The provider of a fund; None where it takes no cards."""
    return _BY_FUND.get(fund_code)
