"""A donor's request to pay on another day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.people.viewer import Scope
from grants.giving.pledges.dates.workflow import DateState
from grants.giving.pledges.models import Pledge


class NewDate(Versioned, Base):
    """One promised payment that its donor would rather make on another day."""

    __tablename__ = "new_date"
    __bound__ = (
        "id",
        "pledge_id",
        "number",
        "due_on",
        "asked_on",
        "reason",
        "state",
        "asked_at",
        "answer",
        "decided_on",
    )
    __table_args__ = (
        CheckConstraint("asked_on <> due_on", name="another_day"),
        CheckConstraint("state = 'asked' OR decided_on IS NOT NULL", name="answered_on_a_day"),
        Index("ix_new_date_pledge", "pledge_id", "id"),
        Index(
            "ix_new_date_open",
            "pledge_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[Key]
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    number: Mapped[int]
    """Of the payment, in the plan that held when it was asked."""
    due_on: Mapped[date]
    """Until now."""
    asked_on: Mapped[date]
    """The day the donor asks for."""
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[DateState] = mapped_column(choice(DateState))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    """What the fund says to it; the donor reads it."""
    decided_on: Mapped[date | None]
    pledge: Mapped[Pledge] = relationship()

    @property
    def scope(self) -> Scope:
        return Scope(self.pledge.fund_id)
