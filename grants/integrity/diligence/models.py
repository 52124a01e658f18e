"""What was asked of a donor, what was found, who recommended and who decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation
from grants.core.people.owned import OfFund
from grants.integrity.diligence.workflow import DiligenceState
from grants.platform.documents.models import Document


class Outcome(Term):
    """What is recommended, and what can be decided."""

    CLEAR = "clear", _l("Clear: no concerns found")
    CONDITIONS = "clear_with_conditions", _l("Clear with conditions")
    REFUSE = "refuse", _l("Refuse")


class DueDiligence(OfFund, Versioned, Base):
    """One examination of a donor; a new one when it has run out. The newest decision holds."""

    __tablename__ = "due_diligence"
    __personal__ = Personal.ACTED.of("recommended_by", "decided_by") | Personal.RECORD.of("persons")
    __bound__ = (
        "id",
        "organisation_id",
        "fund_id",
        "state",
        "answers",
        "persons",
        "proposal",
        "recommendation",
        "recommended_by",
        "decision",
        "decided_by",
        "decided_on",
        "valid_until",
        "revocation",
        "begun_at",
        "criteria",
        "screened",
        "taken_over",
    )
    __table_args__ = (
        Index(
            "uq_due_diligence_undecided",
            "organisation_id",
            unique=True,
            postgresql_where=text("state IN ('open', 'recommended')"),
        ),
        Index("ix_due_diligence_organisation", "organisation_id", "id"),
        Index("ix_due_diligence_state", "state", "id"),
        CheckConstraint(
            "state NOT IN ('cleared', 'conditions')"
            " OR (decided_on IS NOT NULL AND valid_until > decided_on)",
            name="cleared_for_a_time",
        ),
        CheckConstraint(
            "state NOT IN ('conditions', 'refused') OR decision IS NOT NULL",
            name="decided_for_a_reason",
        ),
        CheckConstraint(
            "state <> 'revoked' OR revocation IS NOT NULL", name="revoked_for_a_reason"
        ),
        CheckConstraint(
            "state NOT IN ('conditions', 'refused') OR recommended_by <> decided_by",
            name="decided_by_another",
        ),
        CheckConstraint(
            "state <> 'cleared' OR taken_over OR recommended_by <> decided_by",
            name="cleared_by_another",
        ),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    """Whose people examine, by whose rules. The outcome holds for every fund here."""
    state: Mapped[DiligenceState] = mapped_column(choice(DiligenceState))
    begun_at: Mapped[datetime]
    criteria: Mapped[list[dict[str, Any]]]
    """What had to be answered: {"key"} of an Exclusion, or {"key", "label": {language: text}}."""
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By key of the criterion: {"found": yes or no, "evidence": where one looked, what it said}."""
    persons: Mapped[list[str]] = mapped_column(default=list)
    """Owners, directors and others who were screened with the donor."""
    screened: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The screening as it was when it was recommended: {"list", "checked_at", "matches"}."""
    proposal: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    recommendation: Mapped[str | None] = mapped_column(Text)
    recommended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str | None] = mapped_column(Text)
    """The conditions, or why it was refused."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    taken_over: Mapped[bool] = mapped_column(default=False)
    """From records before this system: nobody answered the criteria here."""
    revocation: Mapped[str | None] = mapped_column(Text)
    """What spoke against the donor after it was cleared."""
    organisation: Mapped[Organisation] = relationship()
    fund: Mapped[Fund] = relationship()
    files: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id")

    @property
    def found(self) -> list[str]:
        """The criteria that something was found on."""
        return [key for key, answer in self.answers.items() if answer.get("found")]


class Evidence(Base):
    """A file that an examination rests on."""

    __tablename__ = "due_diligence_evidence"
    __bound__ = ("id", "due_diligence_id", "document_id", "about")

    id: Mapped[Key]
    due_diligence_id: Mapped[int] = mapped_column(ForeignKey("due_diligence.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    about: Mapped[str] = mapped_column(String(200))
    """What it shows."""
    document: Mapped[Document] = relationship()


class DiligenceRules(Base):
    """How a fund examines; without a row the defaults hold."""

    __tablename__ = "due_diligence_rules"
    __bound__ = ("fund_id", "years", "examines_igos", "more_criteria")
    __table_args__ = (CheckConstraint("years BETWEEN 1 AND 10", name="years"),)

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    years: Mapped[int] = mapped_column(default=3)
    """How long a clearance holds."""
    examines_igos: Mapped[bool] = mapped_column(default=False)
    """Are intergovernmental organisations examined too?"""
    more_criteria: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """The fund's own, beyond the standard ones: {"key", "label": {language: text}}."""
