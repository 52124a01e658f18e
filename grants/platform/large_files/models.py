"""A file that a person has ordered because making it takes long."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.people.models import Person

KEPT = timedelta(days=7)
"""How long a file is kept after it was made."""


class LargeFile(Base):
    """What was asked for, and how far it is. The file is in the store: `large-files`, by `id`.

    It is no record of the fund: after a week it is gone, and can be made again.
    """

    __tablename__ = "large_file"
    __personal__ = Personal.ENTRY.of("person_id") | Personal.OTHER.of("name", "network")
    __unbound__ = Unbound.PASSING
    __table_args__ = (
        CheckConstraint("num_nulls(key, name, media_type, size) IN (0, 4)", name="made_whole"),
        CheckConstraint("ended_at IS NULL OR (key IS NULL) <> (why IS NULL)", name="one_end"),
        CheckConstraint("ended_at IS NOT NULL OR (key IS NULL AND why IS NULL)", name="no_end"),
        CheckConstraint("done BETWEEN 0 AND total", name="progress"),
        Index("ix_large_file_person", "person_id", "id"),
    )

    id: Mapped[Key]
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    """Who ordered it; None: a visitor."""
    network: Mapped[str | None] = mapped_column(String(64))
    """Of a visitor: where they ordered it from, so that one of them does not hold all orders."""
    address: Mapped[str]
    """What the person asked for: path and query."""
    language: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """Of so many rows so many are written; 0 of 0 where nobody can tell."""
    ended_at: Mapped[datetime | None]
    why: Mapped[str | None]
    """Why it could not be made."""
    key: Mapped[str | None] = mapped_column(String(64), index=True)
    """SHA-256 of what it was made from: where that is the same, so is the file."""
    name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None]
    """Bytes."""

    @property
    def is_waiting(self) -> bool:
        """Is it still to be made?"""
        return self.ended_at is None
