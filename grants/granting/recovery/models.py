"""A request for a refund: how much, why, and by when."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, InUsd, Key, Minor, Versioned, choice
from grants.core.kernel.money import Money, usd
from grants.deciding.awards.models import Award, OfAward
from grants.granting.recovery.abroad import PaidRate
from grants.granting.recovery.workflow import RefundCause, RequestState
from grants.platform.documents.models import Document


class RefundRequest(InUsd, OfAward, Versioned, Base):
    """One letter to a grantee that asks for money back. What it says never changes."""

    __tablename__ = "refund_request"
    __bound__ = (
        "id",
        "award_id",
        "number",
        "cause",
        "amount_minor",
        "reason",
        "due_on",
        "sent_at",
        "state",
        "received_minor",
        "abroad_currency",
        "abroad_minor",
        "set_off_minor",
        "transferred_on",
        "advice_id",
        "to_answer",
    )
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("received_minor BETWEEN 0 AND amount_minor", name="received"),
        CheckConstraint(
            "set_off_minor BETWEEN 0 AND amount_minor - received_minor", name="set_off"
        ),
        CheckConstraint("state <> 'settled' OR received_minor = amount_minor", name="settled"),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint(
            "(abroad_currency IS NULL) = (abroad_minor IS NULL) AND (abroad_currency IS NULL OR"
            " abroad_currency ~ '^[A-Z]{3}$' AND abroad_currency <> 'USD' AND abroad_minor > 0)",
            name="abroad",
        ),
        CheckConstraint("advice_id IS NULL OR transferred_on IS NOT NULL", name="advice"),
        Index("ix_refund_request_state", "state", "due_on"),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    number: Mapped[int]
    """Of the requests on this grant, from 1."""
    cause: Mapped[RefundCause] = mapped_column(choice(RefundCause))
    amount_minor: Mapped[Minor]
    """USD cents, without PSC."""
    reason: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    sent_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(choice(RequestState))
    received_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents of it that came back."""
    abroad_currency: Mapped[str | None] = mapped_column(String(3))
    """The currency in which the grant was paid, where that is not the dollar."""
    abroad_minor: Mapped[Minor | None]
    """What the letter asks for in it, in its minor units, instead of the dollars."""
    set_off_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    """USD cents of it that are agreed to be deducted from a payment which is not made yet."""
    transferred_on: Mapped[date | None]
    """The day on which the grantee says that it paid."""
    advice_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    """What its bank wrote about that payment."""
    to_answer: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The grantee asked, or says that it paid; the fund has not answered yet."""
    award: Mapped[Award] = relationship()
    advice: Mapped[Document | None] = relationship()

    @hybrid_property
    def is_awaited(self) -> bool:
        """Is the money still to come?"""
        return self.state == RequestState.SENT

    @property
    def awaits_answer(self) -> bool:
        """Is the fund to answer what the grantee asked or reported?"""
        return self.is_awaited and self.to_answer

    @property
    def outstanding(self) -> Money:
        """What has not come back of it."""
        return usd(self.amount_minor - self.received_minor)

    @property
    def set_off(self) -> Money:
        """What of it is to be deducted from a payment."""
        return usd(self.set_off_minor)

    @hybrid_property
    def to_send_minor(self) -> int:
        """USD cents that the grantee still has to send back."""
        return self.amount_minor - self.received_minor - self.set_off_minor

    @property
    def not_set_off(self) -> Money:
        """What the grantee still has to send back."""
        return usd(self.to_send_minor)

    @property
    def abroad(self) -> PaidRate | None:
        """What the letter asks for in the currency in which the grant was paid."""
        if self.abroad_currency is None or self.abroad_minor is None:
            return None
        sent = Money(self.abroad_minor, self.abroad_currency)
        return PaidRate(self.amount, sent, self.award.fund.day_of(self.sent_at))

    @property
    def outstanding_abroad(self) -> Money | None:
        """What the grantee still has to send back, in that currency."""
        return self.abroad.sent_as(self.not_set_off) if self.abroad else None

    @property
    def reference(self) -> str:
        """What the grantee's bank transfer is to say."""
        return f"{self.award.reference}/{self.number}"
