"""What the fund decided about the summary that a grantee wrote for the public."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.deciding.awards.models import Award, OfAward
from grants.granting.reporting.models import Report


class SummaryDecision(StrEnum):
    """Whether everyone reads it."""

    RELEASED = "released"
    WITHHELD = "withheld"


class PublicSummary(OfAward, Versioned, Base):
    """The last decision on the summary of a grant. The text stays in its final report; results are
    kept as they were released.
    """

    __tablename__ = "public_summary"
    __bound__ = ("id", "award_id", "report_id", "decision", "decided_at", "results")

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id), index=True)
    decision: Mapped[SummaryDecision] = mapped_column(choice(SummaryDecision))
    results: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    """Measured results that everyone reads beside it: rows of `MeasuredResult`."""
    decided_at: Mapped[datetime]
    award: Mapped[Award] = relationship()
    report: Mapped[Report] = relationship()
