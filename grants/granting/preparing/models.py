"""What a grantee has prepared for its agreement."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.deciding.awards.models import Award, OfAward
from grants.granting.preparing.workflow import Part, PreparationState
from grants.platform.documents.models import Document
from grants.platform.questionnaires.saving import SavedAnswers


class Preparation(OfAward, Versioned, Base):
    """A grantee's budget at the awarded sum, or its answers about its finances. What was accepted
    never changes.
    """

    __tablename__ = "preparation"
    __bound__ = ("id", "award_id", "part", "state", "content", "submitted_at")
    __table_args__ = (
        UniqueConstraint("award_id", "part"),
        Index("ix_preparation_state", "state", "award_id"),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    part: Mapped[Part] = mapped_column(choice(Part, "preparationpart"))
    state: Mapped[PreparationState] = mapped_column(choice(PreparationState))
    content: Mapped[list[dict[str, Any]]]
    """Of a budget {"category", "description", "amount"}; of finances {"section", "typed"}, which is
    input name → texts: in order.
    """
    submitted_at: Mapped[datetime]
    award: Mapped[Award] = relationship()

    @hybrid_property
    def is_submitted(self) -> bool:
        """Is the fund to check it?"""
        return self.state == PreparationState.SUBMITTED


class FinanceDraft(SavedAnswers, Base):
    """The finance questionnaire as its writers left it, until it is submitted."""

    __tablename__ = "finance_draft"
    __personal__ = Personal.ACTED.of("saved_by_id")
    __unbound__ = Unbound.DRAFT

    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id), primary_key=True)


class FinanceFile(Base):
    """A file beside the finance questionnaire; what was submitted with it stays."""

    __tablename__ = "finance_file"
    __bound__ = ("id", "award_id", "document_id", "added_at", "removed_at")
    __table_args__ = (Index("ix_finance_file_award", "award_id", "id"),)

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    award: Mapped[Award] = relationship()
    document: Mapped[Document] = relationship(lazy="joined")


class AwardReply(OfAward, Versioned, Base):
    """What a grantee says of its award before the agreement: that it accepts it, or that another
    start suits it better. Neither binds: the agreement does.
    """

    __tablename__ = "award_reply"
    __bound__ = ("id", "award_id", "accepted_at", "start_asked", "asked_at", "to_answer")
    __table_args__ = (
        UniqueConstraint("award_id"),
        CheckConstraint("(start_asked IS NULL) = (asked_at IS NULL)", name="asked"),
        CheckConstraint(
            "NOT to_answer OR start_asked IS NOT NULL AND accepted_at IS NULL", name="to_answer"
        ),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    accepted_at: Mapped[datetime | None]
    start_asked: Mapped[date | None]
    """The start that it asked for last."""
    asked_at: Mapped[datetime | None]
    to_answer: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The fund has not decided about that start yet."""
    award: Mapped[Award] = relationship()
