"""The editions in which a fund's results are published. Append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key
from grants.core.funds.models import Fund
from grants.core.people.owned import OfFund
from grants.granting.reporting.models import Report


class ResultsEdition(OfFund, Base):
    """What one edition added to the published counts of people: never changed, never taken back."""

    __tablename__ = "results_edition"
    __bound__ = ("id", "fund_id", "number", "published_at", "counts")
    __table_args__ = (UniqueConstraint("fund_id", "number"),)

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    number: Mapped[int]
    """From 1, for each fund."""
    published_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]]
    """The people of its own reports, merged so that no count is small (grants/granting/results/
    editions.py says in what shape)."""
    fund: Mapped[Fund] = relationship()


class EditionReport(Base):
    """A report that an edition counts; no other edition counts it again."""

    __tablename__ = "edition_report"
    __bound__ = ("report_id", "edition_id")

    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey(ResultsEdition.id), index=True)
