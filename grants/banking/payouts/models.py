"""What a provider of card payments says of its payouts: a copy, read again each hour."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Currency, Key, Minor, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, total
from grants.core.people.viewer import Scope
from grants.giving.cards.providers import Moved, Movement, PayoutState


class CardPayout(Base):
    """One transfer of a provider to the bank of the fund, and what it is made of."""

    __tablename__ = "card_payout"
    __personal__ = Personal.OTHER.of("provider")
    __unbound__ = Unbound.PROGRESS
    __table_args__ = (
        UniqueConstraint("fund_id", "provider", "reference"),
        Index("ix_card_payout_day", "fund_id", "arrives_on", "id"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    provider: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(80))
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    state: Mapped[PayoutState] = mapped_column(choice(PayoutState))
    arrives_on: Mapped[date]
    movements: Mapped[list[dict[str, Any]]]
    """Kind, reference of the payment, amount and fee of each, in minor units."""
    read_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id)

    @property
    def parts(self) -> list[Movement]:
        """What it is made of."""
        return [
            Movement(
                Moved(part["kind"]),
                part["reference"],
                Money(part["amount"], self.currency),
                Money(part["fee"], self.currency),
            )
            for part in self.movements
        ]

    @property
    def fees(self) -> Money:
        """What the provider kept of it."""
        return total((part.charged for part in self.parts), self.currency)

    @property
    def unexplained(self) -> Money:
        """By how much it differs from what it is made of."""
        return self.amount - total((part.net for part in self.parts), self.currency)


class CardBalance(Base):
    """What a provider holds for a fund in a currency, and has not put into a payout yet."""

    __tablename__ = "card_balance"
    __personal__ = Personal.OTHER.of("provider")
    __unbound__ = Unbound.PROGRESS
    __table_args__ = (UniqueConstraint("fund_id", "provider", "currency"),)

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    provider: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    read_at: Mapped[datetime]
