"""A grantee's report on a span of its grant. Counts of people, never names."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.awards.models import Award
from grants.kernel.db import Base, Key, Minor, Versioned, choice
from grants.people.viewer import Scope
from grants.reporting.workflow import ReportState


class ReportKind(StrEnum):
    """Interim reports come while the grant runs; the final one closes it."""

    INTERIM = "interim"
    FINAL = "final"


class Report(Versioned, Base):
    """One narrative and financial report."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("covers_from < covers_to", name="period"),
        CheckConstraint("spent_minor >= 0", name="spent"),
        Index("ix_report_state_due", "state", "due_on"),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    number: Mapped[int]
    kind: Mapped[ReportKind] = mapped_column(choice(ReportKind))
    state: Mapped[ReportState] = mapped_column(choice(ReportState))
    covers_from: Mapped[date]
    covers_to: Mapped[date]
    due_on: Mapped[date]
    narrative: Mapped[str] = mapped_column(Text, default="")
    challenges: Mapped[str] = mapped_column(Text, default="")
    beneficiaries: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Sex → age band → {"new": count}; and "forms": form of exploitation → count."""
    services: Mapped[dict[str, int]] = mapped_column(default=dict)
    """Service → people served in this period."""
    expenditure: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Budget category → USD with two decimals."""
    spent_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents spent in this period: the sum of the expenditure."""
    submitted_at: Mapped[datetime | None]
    award: Mapped[Award] = relationship()

    @property
    def scope(self) -> Scope:
        return self.award.scope
