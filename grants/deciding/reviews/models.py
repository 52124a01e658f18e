"""One reviewer's judgement of one application."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, exists, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from grants.applying.applications.models import Application
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.deciding.reviews.workflow import WAITING, ReviewState


class FormerReview(Base):
    """A review as it was submitted, before it was reopened. Never changed."""

    __tablename__ = "former_review"
    __personal__ = Personal.ACTED.of("reopened_by_id")
    __bound__ = (
        "id",
        "review_id",
        "scores",
        "comment",
        "total",
        "submitted_at",
        "reason",
        "reopened_at",
        "reopened_by_id",
    )
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    id: Mapped[Key]
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    scores: Mapped[dict[str, Any]]
    comment: Mapped[str] = mapped_column(Text)
    total: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    submitted_at: Mapped[datetime]
    reopened_at: Mapped[datetime]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    """Why it was reopened."""
    review: Mapped["Review"] = relationship()


class Review(OfFund, Versioned, Base):
    """A review: blind to the others' until it is submitted, locked then."""

    __tablename__ = "review"
    __personal__ = Personal.ABOUT.of("reviewer_id")
    __bound__ = (
        "id",
        "application_id",
        "reviewer_id",
        "state",
        "scores",
        "comment",
        "total",
        "declared_at",
        "submitted_at",
        "fund_id",
        "assigned_at",
        "saved_at",
        "sheet",
    )
    __bound_from__ = "submitted_at"
    __table_args__ = (
        CheckConstraint(
            "state <> 'submitted' OR (total IS NOT NULL AND submitted_at IS NOT NULL)",
            name="submitted_with_a_score",
        ),
        CheckConstraint(
            "state NOT IN ('declared', 'submitted', 'reopened') OR declared_at IS NOT NULL",
            name="declared_before_opening",
        ),
        Index(
            "uq_review_once",
            "application_id",
            "reviewer_id",
            unique=True,
            postgresql_where=text("state NOT IN ('recused', 'released')"),
        ),
        Index("ix_review_reviewer", "reviewer_id", "state"),
        Index(
            "ix_review_submitted",
            "application_id",
            postgresql_include=["reviewer_id", "total"],
            postgresql_where=text("state = 'submitted'"),
        ),
    )

    id: Mapped[Key] = mapped_column()
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    state: Mapped[ReviewState] = mapped_column(choice(ReviewState))
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Criterion key → {"score": 0–5 or null, "reason": text, "feedback": text for the applicant, if
    any}; a draft keeps what is there.
    """
    comment: Mapped[str] = mapped_column(Text, default="")
    """For the secretariat and the Board; never for the applicant."""
    total: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    """Weighted score out of 100, once submitted."""
    assigned_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    sheet: Mapped[str] = mapped_column(String(32), default="")
    """Mark of the opened page from which it was saved last."""
    application: Mapped[Application] = relationship()
    reviewer: Mapped[Person] = relationship()
    was_reopened: Mapped[bool] = column_property(
        exists()
        .where(FormerReview.review_id == id)  # noqa: A003 - the column above
        .correlate_except(FormerReview)
    )
    """Was it submitted and opened again, once or more?"""

    @property
    def is_waiting(self) -> bool:
        """Is something asked of the reviewer?"""
        begun = self.state in WAITING
        return begun and self.application.is_under_review

    @property
    def marked(self) -> int:
        """How many criteria have a mark."""
        return sum(1 for mark in self.scores.values() if mark["score"] is not None)


class ReviewPanel(Base):
    """What the reviewers of one application come to together: a further review because theirs lie
    far apart, and the note of their chair.
    """

    __tablename__ = "review_panel"
    __personal__ = Personal.ACTED.of("noted_by_id")
    __bound__ = ("application_id", "more", "chair", "note", "noted_by_id", "noted_at")
    __table_args__ = (
        CheckConstraint("more BETWEEN 0 AND 1", name="more"),
        CheckConstraint(
            "(noted_at IS NULL) = (note = '') AND (noted_at IS NULL) = (chair = '')",
            name="note_with_its_chair",
        ),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    more: Mapped[int] = mapped_column(default=0)
    """Reviews beyond the number that the call asks for."""
    chair: Mapped[str] = mapped_column(String(200), default="")
    """Who chaired the panel."""
    note: Mapped[str] = mapped_column(Text, default="")
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime | None]
