"""At which rate money that comes back in another currency counts: the one at which it was paid."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, round_minor, usd
from grants.core.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class PaidRate:
    """Dollars of a grant, what they were sent as, and the day of the last payment among them."""

    dollars: Money
    sent: Money
    until: date

    @property
    def rate(self) -> Decimal:
        """Units of the currency for 1 USD, to ten decimals."""
        return round(self.sent.decimal / self.dollars.decimal, 10).normalize()

    @property
    def plain_rate(self) -> str:
        return f"{self.rate:f}"

    def dollars_of(self, amount: Money) -> Money:
        """What so much of the currency counts as, in USD."""
        return usd(round_minor(Decimal(amount.minor) * self.dollars.minor / self.sent.minor))

    def sent_as(self, dollars: Money) -> Money:
        """What so many dollars were sent as."""
        minor = round_minor(Decimal(dollars.minor) * self.sent.minor / self.dollars.minor)
        return Money(minor, self.sent.currency)


RateOf = Callable[[Session, int, str | None], PaidRate | None]
PAID_RATE: Slot[RateOf] = Slot("granting.recovery.abroad.PAID_RATE")
"""What the room of payments knows of it."""


def paid_rate(session: Session, award_id: int, currency: str | None = None) -> PaidRate | None:
    """At which rate a grant was paid in a currency, without one in that of its last payment; None
    if it was not, or in dollars.
    """
    rates = (rate_of(session, award_id, currency) for rate_of in PAID_RATE)
    return next(filter(None, rates), None)


def require_paid_rate(session: Session, award_id: int, currency: str) -> PaidRate:
    """At which rate a grant was paid in a currency; DomainError where it was not."""
    rate = paid_rate(session, award_id, currency)
    if rate is None:
        raise DomainError(
            _(
                "No payment of this grant was made in %(currency)s. Enter the refund "
                "in the currency of the payment, or in USD.",
                currency=currency,
            )
        )
    return rate
