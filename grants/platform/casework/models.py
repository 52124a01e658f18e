"""The owner of a case, the remarks on it, and who follows it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.people.models import Person


class CaseOwner(Base):
    """Who looks after a record; one row for each record that ever had an owner."""

    __tablename__ = "case_owner"
    __personal__ = Personal.ABOUT.of("person_id") | Personal.ACTED.of("assigned_by_id")
    __bound__ = (
        "id",
        "kind",
        "subject_id",
        "fund_id",
        "person_id",
        "assigned_by_id",
        "assigned_at",
    )
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index("ix_case_owner_person", "person_id", "kind", "subject_id"),
    )

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(40))
    """The table of the record."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: nobody looks after it now."""
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime | None]
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class Remark(Base):
    """What one of the fund's people remarks on a case, for colleagues alone."""

    __tablename__ = "remark"
    __personal__ = Personal.ACTED.of("written_by_id") | Personal.RECORD.of("text")
    __bound__ = (
        "id",
        "kind",
        "subject_id",
        "fund_id",
        "text",
        "mentioned",
        "written_at",
        "written_by_id",
        "withdrawn_at",
    )
    __table_args__ = (Index("ix_remark_case", "kind", "subject_id", "id"),)

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    text: Mapped[str] = mapped_column(Text)
    mentioned: Mapped[list[Any]] = mapped_column(default=list)
    """The numbers of the persons whom it mentions."""
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    written_by: Mapped[Person] = relationship()


class CaseFollower(Base):
    """A person who wants to know what happens to a case, and how far they have read."""

    __tablename__ = "case_follower"
    __personal__ = Personal.ENTRY.of("person_id")
    __unbound__ = Unbound.PREFERENCE
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject_id"),
        Index("ix_case_follower_case", "kind", "subject_id"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[int] = mapped_column(BigInteger)
    """The newest row of the trail when the person began to follow it."""
    read_to: Mapped[int] = mapped_column(BigInteger)
    """The last place in the trail that the person has read."""
    mailed_to: Mapped[int] = mapped_column(BigInteger)
    """The last place in the trail that an e-mail told them of."""
