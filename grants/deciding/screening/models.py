"""The answers to a call's eligibility checklist for one application."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.db import Base
from grants.core.database.personal import Personal


class Check(Base):
    """One row of the checklist: met or not, and why not. Kept half-done until it is decided."""

    __tablename__ = "screening_check"
    __personal__ = Personal.ACTED.of("checked_by_id")
    __bound__ = (
        "application_id",
        "criterion",
        "met",
        "reason",
        "checked_by_id",
        "decided_at",
        "suggested",
        "checked_at",
    )
    __bound_from__ = "decided_at"
    __table_args__ = (
        CheckConstraint(
            "decided_at IS NULL OR met OR (met IS NOT NULL AND length(reason) > 0)",
            name="decided_with_an_answer_and_a_reason_for_no",
        ),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(60), primary_key=True)
    met: Mapped[bool | None]
    """None: not looked at yet."""
    suggested: Mapped[bool | None]
    """What the answers themselves say, where the criterion can be computed."""
    reason: Mapped[str] = mapped_column(Text, default="")
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    """When the application was found eligible or not; from then on the row does not change."""
