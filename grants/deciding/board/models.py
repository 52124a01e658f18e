"""What the secretariat proposes, and what the Board says to it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.applications.models import Application
from grants.core.database.db import Base, InUsd, Minor, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.platform.documents.models import Document


class Recommendation(InUsd, Base):
    """What the secretariat proposes for one application: how much, and why."""

    __tablename__ = "recommendation"
    __personal__ = Personal.ACTED.of("recommended_by_id")
    __bound__ = (
        "application_id",
        "amount_minor",
        "rationale",
        "override",
        "recommended_by_id",
        "recommended_at",
        "departure",
    )
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    amount_minor: Mapped[Minor]
    """USD cents."""
    rationale: Mapped[str] = mapped_column(Text)
    override: Mapped[str] = mapped_column(Text, default="")
    """Why it goes beyond what was asked for, the call's highest sum, or the pass mark."""
    departure: Mapped[str] = mapped_column(Text, default="")
    """Why it is recommended before others that are ranked above it."""
    recommended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recommended_at: Mapped[datetime]
    application: Mapped[Application] = relationship()


class Endorsement(Term):
    """The Board of Trustees advises; it does not decide."""

    ENDORSED = "endorsed", _l("Endorsed")
    ENDORSED_WITH_REMARKS = "endorsed_with_remarks", _l("Endorsed with remarks")
    NOT_ENDORSED = "not_endorsed", _l("Not endorsed")


class Advice(InUsd, Base):
    """The Board's advice on one recommendation, as recorded from its session."""

    __tablename__ = "advice"
    __personal__ = Personal.ACTED.of("recorded_by_id")
    __bound__ = (
        "application_id",
        "session_on",
        "amount_minor",
        "endorsement",
        "remarks",
        "recorded_by_id",
        "recorded_at",
        "votes_for",
        "votes_against",
        "abstentions",
        "recusals",
        "minutes_document_id",
    )
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("endorsement = 'endorsed' OR length(remarks) > 0", name="remarks"),
        CheckConstraint(
            "num_nulls(votes_for, votes_against, abstentions, recusals) IN (0, 4)", name="votes"
        ),
        CheckConstraint("votes_for IS NULL OR minutes_document_id IS NULL", name="one_source"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    session_on: Mapped[date]
    amount_minor: Mapped[Minor]
    """USD cents that the Board was shown; advice on another sum is no advice."""
    endorsement: Mapped[Endorsement] = mapped_column(choice(Endorsement))
    remarks: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    votes_for: Mapped[int | None]
    """In a session of the Board here; the four are empty for a session on paper."""
    votes_against: Mapped[int | None]
    abstentions: Mapped[int | None]
    recusals: Mapped[int | None]
    minutes_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The signed minutes of a session on paper."""
    minutes: Mapped[Document | None] = relationship()
