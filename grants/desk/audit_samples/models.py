"""Payments that an auditor has drawn at random. Append-only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.owned import OfFund


class AuditSample(OfFund, Base):
    """Which payments to grantees were drawn, and what anyone needs to draw them again."""

    __tablename__ = "audit_sample"
    __personal__ = Personal.ACTED.of("drawn_by_id")
    __bound__ = (
        "id",
        "fund_id",
        "drawn_by_id",
        "drawn_at",
        "paid_from",
        "paid_until",
        "size",
        "seed",
        "instalments",
    )
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("paid_from <= paid_until", name="period"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drawn_at: Mapped[datetime]
    paid_from: Mapped[date]
    paid_until: Mapped[date]
    """Payments of these days, both included, were in the draw."""
    size: Mapped[int]
    """How many were to be drawn; fewer if there were fewer."""
    seed: Mapped[str] = mapped_column(String(32))
    """Made by the system, so that nobody chooses what is drawn (`service.rank_of`)."""
    instalments: Mapped[list[Any]]
    """Instalment.id of each payment drawn, in the order of the draw."""
    fund: Mapped[Fund] = relationship()
    drawn_by: Mapped[Person] = relationship()
