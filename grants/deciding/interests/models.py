"""What a trustee declares about one application."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.applications.models import Application
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.people.models import Person


class Interest(Base):
    """A trustee's declaration on one application: none, which opens it, or a conflict, which shuts
    it for good.
    """

    __tablename__ = "interest"
    __personal__ = Personal.ABOUT.of("trustee_id")
    __bound__ = ("id", "application_id", "trustee_id", "conflict", "nature", "declared_at")
    __table_args__ = (
        UniqueConstraint("application_id", "trustee_id", name="uq_interest_once"),
        CheckConstraint("conflict = (length(nature) > 0)", name="nature_of_a_conflict"),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    trustee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    conflict: Mapped[bool]
    nature: Mapped[str] = mapped_column(Text, default="")
    """Of the conflict, in the trustee's words; empty where there is none."""
    declared_at: Mapped[datetime]
    application: Mapped[Application] = relationship()
    trustee: Mapped[Person] = relationship()
