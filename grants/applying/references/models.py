"""A letter of reference that an applicant has asked another person for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.applications.models import Application, AttachedFile
from grants.core.database.db import Base, Key, Versioned
from grants.core.database.personal import Personal
from grants.core.people.viewer import Scope

LONGEST = 10_000
"""Characters of a letter."""


class LetterRequest(Versioned, Base):
    """One person is asked for one letter. At most one request of a question stands at a time."""

    __tablename__ = "letter_request"
    __personal__ = Personal.ACTED.of("asked_by_id") | Personal.CONTACT.of("name", "email", "letter")
    __bound__ = (
        "id",
        "application_id",
        "question",
        "name",
        "email",
        "language",
        "asked_at",
        "asked_by_id",
        "reminded_at",
        "answered_at",
        "declined_at",
        "taken_back_at",
        "letter",
        "file_id",
    )
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(answered_at, declined_at) <= 1 AND"
            " num_nonnulls(declined_at, taken_back_at) <= 1",
            name="one_end",
        ),
        CheckConstraint(
            "answered_at IS NULL OR letter IS NOT NULL OR file_id IS NOT NULL", name="answered_with"
        ),
        Index("ix_letter_request_application", "application_id", "question", "id"),
        Index(
            "uq_letter_request_standing",
            "application_id",
            "question",
            unique=True,
            postgresql_where=text("declined_at IS NULL AND taken_back_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    question: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(150))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(10))
    """In which the person is written to."""
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    """When the applicant asked another person instead, or took out the part of the form in which it
    was asked for; then its letter may have come before.
    """
    letter: Mapped[str | None] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("attached_file.id"))
    application: Mapped[Application] = relationship()
    file: Mapped[AttachedFile | None] = relationship(lazy="joined")

    @property
    def scope(self) -> Scope:
        return self.application.scope

    @property
    def is_waiting(self) -> bool:
        """Has the person neither written nor declined, and is still asked?"""
        return not (self.answered_at or self.declined_at or self.taken_back_at)

    @property
    def stands(self) -> bool:
        """Is it written, or still hoped for?"""
        return not (self.declined_at or self.taken_back_at)
