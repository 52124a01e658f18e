"""A payment by card, and what its provider told of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Currency, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.people.viewer import Scope
from grants.giving.cards.providers import ReturnKind
from grants.giving.cards.workflow import CardState, ReturnState
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge


class CardPayment(Versioned, Base):
    """A donor went to the provider's page to pay a gift. Neither the card nor the name on it is
    known here.
    """

    __tablename__ = "card_payment"
    __personal__ = Personal.OTHER.of("provider")
    __bound__ = (
        "id",
        "key",
        "fund_id",
        "pledge_id",
        "provider",
        "amount_minor",
        "currency",
        "state",
        "reference",
        "started_at",
        "deposit_id",
        "mandate_id",
    )
    __unbound__ = Unbound.PROGRESS.of("page_reference", "page_url", "trouble", "refused_at")
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "(state = 'received') = (deposit_id IS NOT NULL)"
            " AND (state = 'received') <= (reference IS NOT NULL)",
            name="received_as_a_deposit",
        ),
        UniqueConstraint("mandate_id", "page_reference"),
        Index("ix_card_payment_pledge", "pledge_id", "id"),
        Index("ix_card_payment_fund", "fund_id", "id"),
        Index("ix_card_payment_page", "page_reference"),
        Index("ix_card_payment_reference", "reference"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """Ours, with which the provider names it."""
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    provider: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[Minor]
    """What the donor was asked for; what was paid is in the deposit."""
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    state: Mapped[CardState] = mapped_column(choice(CardState))
    page_reference: Mapped[str | None] = mapped_column(String(200))
    """The provider's number of the page, or of the charge of a mandate; none until it has
    answered.
    """
    page_url: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str | None] = mapped_column(String(80))
    """The provider's number of the payment, once it is paid."""
    started_at: Mapped[datetime]
    deposit_id: Mapped[int | None] = mapped_column(ForeignKey("deposit.id"), unique=True)
    trouble: Mapped[str] = mapped_column(Text, default="")
    """Why money that was paid cannot be entered in the books yet; empty if nothing is wrong."""
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("card_mandate.id"))
    """The monthly gift of which it is a charge; None for a payment by itself."""
    refused_at: Mapped[datetime | None]
    """When the provider said that the card refused the charge, and that it tries again."""
    fund: Mapped[Fund] = relationship()
    pledge: Mapped[Pledge] = relationship()
    deposit: Mapped[Deposit | None] = relationship()
    returns: Mapped[list["CardReturn"]] = relationship(
        back_populates="payment", order_by="CardReturn.id"
    )

    @hybrid_property
    def is_received(self) -> bool:
        """Has the card been charged, and is the money booked?"""
        return self.state == CardState.RECEIVED

    @hybrid_property
    def is_open(self) -> bool:
        """Is the card still to be charged?"""
        return self.state == CardState.STARTED

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id)


class CardReturn(Versioned, Base):
    """Money of a payment that goes back to the card: refunded by the fund, or taken back by the
    bank of the card holder, who disputes the payment.
    """

    __tablename__ = "card_return"
    __bound__ = (
        "id",
        "payment_id",
        "key",
        "kind",
        "reference",
        "amount_minor",
        "currency",
        "fee_minor",
        "state",
        "began_at",
    )
    __table_args__ = (
        CheckConstraint("amount_minor > 0 AND fee_minor >= 0", name="amounts"),
        UniqueConstraint("payment_id", "reference"),
        Index("ix_card_return_state", "state", "id"),
    )

    id: Mapped[Key]
    payment_id: Mapped[int] = mapped_column(ForeignKey("card_payment.id"))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """Ours, with which the provider knows a refund again."""
    kind: Mapped[ReturnKind] = mapped_column(choice(ReturnKind))
    reference: Mapped[str | None] = mapped_column(String(80))
    """The provider's number; none until it has answered."""
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    fee_minor: Mapped[Minor] = mapped_column(default=0)
    """What the provider charged for a dispute, as it is booked."""
    state: Mapped[ReturnState] = mapped_column(choice(ReturnState))
    began_at: Mapped[datetime]
    payment: Mapped[CardPayment] = relationship(back_populates="returns")

    @property
    def is_asked(self) -> bool:
        """Has nothing moved yet?"""
        return self.state is ReturnState.ASKED

    @property
    def scope(self) -> Scope:
        return self.payment.scope


class CardEvent(Base):
    """A signed message of a provider, once however often it was sent. What else stood in it, such
    as the name on the card, is not kept.
    """

    __tablename__ = "card_event"
    __personal__ = Personal.OTHER.of("provider")
    __bound__ = (
        "id",
        "fund_id",
        "provider",
        "event",
        "kind",
        "made_at",
        "received_at",
        "payment_id",
        "mandate_id",
    )
    __table_args__ = (
        UniqueConstraint("fund_id", "provider", "event"),
        Index("ix_card_event_payment", "payment_id"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    provider: Mapped[str] = mapped_column(String(20))
    event: Mapped[str] = mapped_column(String(100))
    """The provider's number of the message."""
    kind: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("card_payment.id"))
    """None where it is about something else, such as a payout."""
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("card_mandate.id"), index=True)
    """The mandate that it is about; None where it is about a payment that is known."""
