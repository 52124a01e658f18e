"""The trail: one row for each act, never changed, and the personal values that it only seals."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.people.models import Person

Hash = CHAR(64)
"""SHA-256 in hex."""


class TrailRow(Base):
    """One act: append-only (the database refuses UPDATE and DELETE)."""

    __tablename__ = "trail"
    __personal__ = Personal.ACTED.of("person_id") | Personal.OTHER.of("actor")
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
    mark: Mapped[str] = mapped_column("actor", String(120))
    """Who acted: "person 12", or what of the installation ("import"). No name is in the chain, so
    that a person's data can be erased and the chain still fits.
    """
    subject: Mapped[str] = mapped_column(String(40))
    """Kind of record: its table."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(60))
    source: Mapped[str | None] = mapped_column(String(40))
    target: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    actor: Mapped[str] = column_property(
        func.coalesce(
            select(Person.name)
            .where(Person.id == person_id)
            .correlate_except(Person)
            .scalar_subquery(),
            mark,
        )
    )
    """The name of the person who acted, as it is now; or what of the installation."""


class TrailValue(Base):
    """A personal value of an act, such as an address that was invited: the facts of the trail hold
    its salted hash. It is deleted when the person's data are erased; the hash then tells nothing.
    """

    __tablename__ = "trail_value"
    __personal__ = Personal.ENTRY.of("person_id", "email")
    __unbound__ = Unbound.SALTED

    id: Mapped[Key]
    hash: Mapped[str] = mapped_column(Hash, unique=True)
    salt: Mapped[str] = mapped_column(CHAR(32))
    value: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose it is, where the person has an account."""
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    """Whose it is, where only the address is there."""


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
