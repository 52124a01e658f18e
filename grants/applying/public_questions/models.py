"""A question about an open call. Who asked is never published."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.calls.models import Call
from grants.core.database.db import Base, Key, Versioned
from grants.core.database.personal import Personal
from grants.core.people.viewer import Scope

LONGEST = 1500
"""Characters of a question."""
LONGEST_ANSWER = 4000


class PublicQuestion(Versioned, Base):
    """Asked by an applicant or by a person who has proved an address, answered once for all."""

    __tablename__ = "public_question"
    __personal__ = Personal.CONTACT.of("email")
    __bound__ = (
        "id",
        "call_id",
        "asked",
        "asked_at",
        "email",
        "language",
        "wording",
        "answer",
        "answered_at",
        "set_aside_at",
    )
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("answer IS NULL OR set_aside_at IS NULL", name="answered_or_set_aside"),
        Index("ix_public_question_call_id", "call_id", "id"),
    )

    id: Mapped[Key]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    asked: Mapped[str] = mapped_column(Text)
    """Word for word; only the secretariat reads it."""
    asked_at: Mapped[datetime]
    email: Mapped[str] = mapped_column(String(254))
    """Where the answer is sent."""
    language: Mapped[str] = mapped_column(String(10))
    wording: Mapped[str] = mapped_column(Text, default="")
    """As it is published: nothing in it tells who asked."""
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]
    """When the secretariat decided not to publish it, and wrote to the person who asked."""
    call: Mapped[Call] = relationship()

    @property
    def scope(self) -> Scope:
        return self.call.scope

    @property
    def waits(self) -> bool:
        """Has nobody dealt with it yet?"""
        return self.answer is None and self.set_aside_at is None
