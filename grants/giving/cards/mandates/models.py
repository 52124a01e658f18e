"""A mandate of a giver at the provider of card payments, and the charges made by it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Currency, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.people.viewer import Scope
from grants.giving.cards.mandates.workflow import MAY_STOP, MandateState
from grants.giving.cards.models import CardPayment
from grants.giving.pledges.models import Pledge


class CardMandate(Versioned, Base):
    """A giver lets the provider charge the amount of a gift every month. The provider keeps the
    card; neither its number nor its expiry is known here.
    """

    __tablename__ = "card_mandate"
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
    )
    __unbound__ = Unbound.PROGRESS.of("page_reference", "page_url", "asked_at", "expiry_notice_on")
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_card_mandate_pledge", "pledge_id", "id"),
        Index("ix_card_mandate_fund", "fund_id", "id"),
        Index("ix_card_mandate_page", "page_reference"),
        Index("ix_card_mandate_reference", "reference"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """Ours, with which the provider names it."""
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    provider: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[Minor]
    """Of each month."""
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    state: Mapped[MandateState] = mapped_column(choice(MandateState))
    page_reference: Mapped[str | None] = mapped_column(String(200))
    """The provider's number of the page on which it was given; none until it has answered."""
    page_url: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str | None] = mapped_column(String(80))
    """The provider's number of the mandate, once it is given."""
    started_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    """When the provider last answered, or the page was begun."""
    expiry_notice_on: Mapped[date | None]
    """When the giver was told that the card expires soon; none while it does not."""
    fund: Mapped[Fund] = relationship()
    pledge: Mapped[Pledge] = relationship()
    charges: Mapped[list[CardPayment]] = relationship(order_by=CardPayment.id, viewonly=True)

    @property
    def scope(self) -> Scope:
        return self.pledge.scope

    @property
    def may_stop(self) -> bool:
        return self.state in MAY_STOP

    @property
    def received(self) -> list[CardPayment]:
        """The charges that were paid."""
        return [item for item in self.charges if item.is_received]

    @property
    def refused(self) -> CardPayment | None:
        """The charge that the card refused, and that the provider tries again."""
        open_ones = [item for item in self.charges if item.is_open]
        return next((item for item in open_ones if item.refused_at), None)
