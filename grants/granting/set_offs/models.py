"""A set-off: how much of which refund is deducted from which instalment."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, InUsd, Key, Minor, Versioned, choice
from grants.deciding.awards.models import Award, OfAward
from grants.granting.recovery.models import RefundRequest
from grants.granting.set_offs.workflow import BINDING, SetOffState


class SetOff(InUsd, OfAward, Versioned, Base):
    """A part of a refund that a grantee does not send back: it is deducted from the next payment to
    it, on the same grant or on another one of the fund. What was proposed never changes.
    """

    __tablename__ = "set_off"
    __bound__ = (
        *("id", "award_id", "number", "instalment_number", "request_id", "amount_minor"),
        *("reason", "state", "proposed_at", "agreed_at"),
    )
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint(
            "state NOT IN ('agreed', 'deducted') OR agreed_at IS NOT NULL", name="agreed"
        ),
        Index(
            "uq_set_off_proposed",
            "request_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_set_off_request", "request_id"),
        Index("ix_set_off_state", "state", "id"),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    """The grant of the instalment."""
    number: Mapped[int]
    """Of the set-offs on payments of this grant, from 1."""
    instalment_number: Mapped[int]
    request_id: Mapped[int] = mapped_column(ForeignKey(RefundRequest.id))
    """The letter that asked for the refund."""
    amount_minor: Mapped[Minor]
    """USD cents."""
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[SetOffState] = mapped_column(choice(SetOffState))
    proposed_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    """When it was approved, and the grantee was told."""
    award: Mapped[Award] = relationship()
    request: Mapped[RefundRequest] = relationship()

    @property
    def lessens_payment(self) -> bool:
        """Is it among what is deducted from its instalment?"""
        return self.state in BINDING

    @property
    def reference(self) -> str:
        return f"{self.award.reference}/S{self.number}"
