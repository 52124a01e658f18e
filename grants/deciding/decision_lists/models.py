"""The signed list of decisions of a session of the Board."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.people.models import Person
from grants.deciding.sessions.models import BoardSession
from grants.platform.documents.models import Document


class SignedDecisions(Base):
    """A list of decisions as it was signed, or where the signed paper is kept if there is no copy.
    A later one replaces it, and both are kept.
    """

    __tablename__ = "signed_decisions"
    __personal__ = Personal.ACTED.of("attached_by_id")
    __table_args__ = (
        CheckConstraint("document_id IS NOT NULL OR reason <> ''", name="copy_or_place"),
    )
    __bound__ = ("id", "meeting_id", "document_id", "attached_by_id", "attached_at", "reason")

    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("board_session.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    attached_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    attached_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it replaces an earlier one, or where the paper is kept; empty for the first copy."""
    document: Mapped[Document | None] = relationship()
    meeting: Mapped[BoardSession] = relationship()
    attached_by: Mapped[Person | None] = relationship()
