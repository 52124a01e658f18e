"""The end of a grant: what its organisation states, its audit, and a closing with a write-off."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, InUsd, Key, Minor, Versioned, choice
from grants.core.kernel.money import Money
from grants.deciding.awards.models import Award, OfAward
from grants.granting.closure.workflow import CertificateState, ForcedState
from grants.platform.documents.models import Document


class ClosingStatement(Base):
    """What the organisation states before its grant is closed: assets bought and lessons learnt."""

    __tablename__ = "closing_statement"
    __bound__ = ("award_id", "assets", "lessons", "submitted_at")

    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id), primary_key=True)
    assets: Mapped[list[dict[str, Any]]]
    """Each: {"what", "value": USD with two decimals, "becomes"}; none if nothing was bought."""
    lessons: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime]
    award: Mapped[Award] = relationship()

    @property
    def bought(self) -> list[tuple[str, Money, str]]:
        """Each asset: what it is, its value in USD, and what happens to it after the grant."""
        return [
            (asset["what"], Money.parse(asset["value"], "USD"), asset["becomes"])
            for asset in self.assets
        ]


class AuditCertificate(OfAward, Versioned, Base):
    """A certificate of audit that the organisation submitted. Another one is another row."""

    __tablename__ = "audit_certificate"
    __bound__ = ("id", "award_id", "document_id", "state", "submitted_at")
    __table_args__ = (
        Index(
            "uq_audit_certificate",
            "award_id",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'accepted')"),
        ),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    state: Mapped[CertificateState] = mapped_column(choice(CertificateState))
    submitted_at: Mapped[datetime]
    award: Mapped[Award] = relationship()
    document: Mapped[Document] = relationship()

    @hybrid_property
    def is_submitted(self) -> bool:
        """Is the fund to check it?"""
        return self.state == CertificateState.SUBMITTED


class ForcedClosing(InUsd, OfAward, Versioned, Base):
    """A proposal to close a grant although something is open, and to write off what the
    organisation still holds. What was proposed never changes.
    """

    __tablename__ = "forced_closing"
    __bound__ = (
        "id",
        "award_id",
        "amount_minor",
        "reason",
        "state",
        "proposed_at",
        "written_off_on",
    )
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("length(reason) > 0", name="reason"),
        Index(
            "uq_forced_closing",
            "award_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'approved')"),
        ),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    amount_minor: Mapped[Minor]
    """USD cents, without PSC, that are given up; 0 where only papers are missing."""
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[ForcedState] = mapped_column(choice(ForcedState))
    proposed_at: Mapped[datetime]
    written_off_on: Mapped[date | None]
    """When it was approved, booked, and the grant closed."""
    award: Mapped[Award] = relationship()
