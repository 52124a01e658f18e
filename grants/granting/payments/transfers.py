"""What an instalment is sent as where the grantee's account is in another currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Numeric, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from grants.books.ledger.rates import Quote, exchanged_on
from grants.core.database.db import Minor
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.core.texts.formats import plain_money


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount in another currency, and the rate that made it of the dollars."""

    amount: Money
    rate: Decimal
    """Units of the currency for 1 USD."""
    rate_on: date

    @property
    def plain_rate(self) -> str:
        return f"{self.rate:f}"

    @property
    def facts(self) -> dict[str, str]:
        """What the trail says of it."""
        return {"transfer": plain_money(self.amount), "rate": self.plain_rate}


class WithTransfer:
    """Columns that say what was sent; all empty where it was the dollars themselves."""

    transfer_currency: Mapped[str | None] = mapped_column(String(3))
    transfer_minor: Mapped[Minor | None]
    transfer_rate: Mapped[Decimal | None] = mapped_column(Numeric)
    """Units of the currency for 1 USD."""
    transfer_rate_on: Mapped[date | None]

    @property
    def transfer(self) -> Transfer | None:
        """What was sent instead of dollars."""
        if self.transfer_currency is None or self.transfer_minor is None:
            return None
        assert self.transfer_rate is not None
        assert self.transfer_rate_on is not None
        amount = Money(self.transfer_minor, self.transfer_currency)
        return Transfer(amount, self.transfer_rate, self.transfer_rate_on)

    @transfer.setter
    def transfer(self, transfer: Transfer | None) -> None:
        self.transfer_currency = transfer.amount.currency if transfer else None
        self.transfer_minor = transfer.amount.minor if transfer else None
        self.transfer_rate = transfer.rate if transfer else None
        self.transfer_rate_on = transfer.rate_on if transfer else None


TRANSFER_COLUMNS = ("transfer_currency", "transfer_minor", "transfer_rate", "transfer_rate_on")


def transfer_is_whole() -> Any:
    """All four columns or none, of a currency that is not the dollar."""
    currency, *others = TRANSFER_COLUMNS
    together = " AND ".join(f"({currency} IS NULL) = ({other} IS NULL)" for other in others)
    sound = f"{currency} ~ '^[A-Z]{{3}}$' AND {currency} <> 'USD' AND transfer_minor > 0"
    return CheckConstraint(f"{together} AND ({currency} IS NULL OR {sound})", name="transfer")


def transfer_on(
    session: Session, amount: Money, currency: str | None, day: date
) -> Transfer | None:
    """What dollars are sent as to an account in this currency on a day, by the rate that holds
    then; None to an account in dollars, or to one that is not known.

    DomainError where no rate holds.
    """
    if currency in {None, FUNCTIONAL_CURRENCY}:
        return None
    assert currency is not None
    valued = exchanged_on(session, amount, currency, day)
    quote: Quote | None = valued.quote
    if quote is None or valued.amount.minor <= 0:
        raise DomainError(
            _(
                "%(amount)s is less than the smallest unit of %(currency)s.",
                amount=amount,
                currency=currency,
            )
        )
    return Transfer(valued.amount, quote.rate, quote.effective_on)
