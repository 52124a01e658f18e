"""The trail: one row for each act, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.kernel.db import Base, Key


class TrailRow(Base):
    """One act: append-only (the database refuses UPDATE and DELETE)."""

    __tablename__ = "trail"
    __table_args__ = (Index("ix_trail_subject", "subject", "subject_id", "id"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    """The name as it was; for the system, what acted ("import")."""
    subject: Mapped[str] = mapped_column(String(40))
    """Kind of record: its table."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(60))
    source: Mapped[str | None] = mapped_column(String(40))
    target: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
