"""The verification of an organisation: its state, the answers, and until when it holds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.organisations.verification.workflow import VerificationState
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.people.models import Organisation


class Verification(Versioned, Base):
    """One for each organisation; what happened to it is in the trail."""

    __tablename__ = "organisation_verification"
    __personal__ = Personal.ACTED.of("decided_by")
    __bound__ = (
        "id",
        "organisation_id",
        "state",
        "answers",
        "reason",
        "asked_at",
        "decided_at",
        "decided_by",
        "valid_until",
    )
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('verified', 'suspended') OR valid_until IS NOT NULL",
            name="verified_for_a_time",
        ),
        CheckConstraint(
            "state NOT IN ('returned', 'rejected', 'suspended') OR reason <> ''",
            name="decided_for_a_reason",
        ),
        Index("ix_organisation_verification_state", "state", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), unique=True)
    state: Mapped[VerificationState] = mapped_column(choice(VerificationState))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By key of the question: {"answer": yes or no, "note": where one looked}."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was returned, rejected or suspended, as the organisation reads it."""
    asked_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    valid_until: Mapped[date | None]
    organisation: Mapped[Organisation] = relationship()

    @property
    def scope(self) -> None:
        """Of no fund: a verified organisation is verified for all of them."""
        return

    @hybrid_property
    def is_verified(self) -> bool:
        return self.state == VerificationState.VERIFIED
