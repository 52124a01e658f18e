"""The trail: one row for each act, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key

Hash = CHAR(64)
"""SHA-256 in hex."""


class TrailRow(Base):
    """One act: append-only (the database refuses UPDATE and DELETE)."""

    __tablename__ = "trail"
    __unbound__ = Unbound.CHAIN
    __table_args__ = (
        Index("ix_trail_subject", "subject", "subject_id", "id"),
        Index("ix_trail_at", "at", "id"),
        Index("ix_trail_kind", "subject", "at", "id"),
        Index("ix_trail_person", "person_id", "at", "id"),
        Index(
            "ix_trail_rejected_from_reserve",
            "at",
            "subject_id",
            postgresql_where=text(
                "subject = 'application' AND action = 'reject' AND source = 'reserve'"
            ),
        ),
    )

    id: Mapped[Key]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
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


class TrailLink(Base):
    """The place of one trail row in the chain: append-only."""

    __tablename__ = "trail_link"
    __unbound__ = Unbound.CHAIN

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    row_id: Mapped[int] = mapped_column(ForeignKey("trail.id"), unique=True)
    previous: Mapped[str] = mapped_column(Hash)
    hash: Mapped[str] = mapped_column(Hash)
    placed_at: Mapped[datetime | None]
    """When the database put it there, by its own clock; rows of before November 2026 have none."""


class TrailHead(Base):
    """The end of the chain, and the lock of a person who appends to it. One row."""

    __tablename__ = "trail_head"
    __unbound__ = Unbound.CHAIN
    __table_args__ = (CheckConstraint("id = 1", "single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Hash)
