"""The answers to a call's eligibility checklist for one application."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grants.kernel.db import Base


class Check(Base):
    """One row of the checklist: met or not, and why not. A "no" needs its reason."""

    __tablename__ = "screening_check"
    __table_args__ = (
        CheckConstraint("met IS NOT false OR length(reason) > 0", name="a_no_has_its_reason"),
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
