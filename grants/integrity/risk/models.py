"""The risk rating of an organisation, and the flags on its file."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation, Person
from grants.core.people.owned import OfFund
from grants.integrity.risk.workflow import FlagState
from grants.platform.documents.models import Document


class Risk(Term):
    """How likely a grant to an organisation goes wrong. It sets how the grant is paid."""

    LOW = "low", _l("Low")
    MEDIUM = "medium", _l("Medium")
    HIGH = "high", _l("High")


class RiskRating(OfFund, Base):
    """One rating; the newest of a fund holds. A rating never changes."""

    __tablename__ = "risk_rating"
    __personal__ = Personal.ACTED.of("rated_by_id")
    __bound__ = ("id", "organisation_id", "fund_id", "level", "reasons", "rated_at", "rated_by_id")
    __table_args__ = (
        CheckConstraint("length(reasons) > 0", name="reasons"),
        Index("ix_risk_rating_newest", "organisation_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    level: Mapped[Risk] = mapped_column(choice(Risk))
    reasons: Mapped[str] = mapped_column(Text)
    """What it rests on: audit reports, references, a visit, earlier grants."""
    rated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    rated_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
    fund: Mapped[Fund] = relationship()
    rated_by: Mapped[Person | None] = relationship()


class Capacity(Term):
    """How far an organisation can prevent sexual exploitation and abuse, and respond to it."""

    FULL = "full", _l("Full")
    MEDIUM = "medium", _l("Medium: to be improved")
    LOW = "low", _l("Low: to be improved before work begins")


class SafeguardingAssessment(OfFund, Base):
    """One assessment of protection from sexual exploitation and abuse (PSEA). The newest holds in
    every fund, until it expires; an assessment never changes.
    """

    __tablename__ = "safeguarding_assessment"
    __personal__ = Personal.ACTED.of("assessed_by_id")
    __bound__ = (
        "id",
        "organisation_id",
        "fund_id",
        "capacity",
        "reasons",
        "measures",
        "assessed_on",
        "valid_until",
        "document_id",
        "assessed_at",
        "assessed_by_id",
    )
    __table_args__ = (
        CheckConstraint("length(reasons) > 0", name="reasons"),
        CheckConstraint("capacity = 'full' OR length(measures) > 0", name="measures"),
        CheckConstraint("assessed_on < valid_until", name="validity"),
        Index("ix_safeguarding_assessment_newest", "organisation_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    """Whose people assessed it."""
    capacity: Mapped[Capacity] = mapped_column(choice(Capacity))
    reasons: Mapped[str] = mapped_column(Text)
    """What it rests on: policies, training, ways to complain, how cases were handled."""
    measures: Mapped[str] = mapped_column(Text, default="")
    """What the organisation has agreed to improve, and by when."""
    assessed_on: Mapped[date]
    valid_until: Mapped[date]
    """The last day on which it holds."""
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    """The evidence."""
    assessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assessed_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
    fund: Mapped[Fund] = relationship()
    document: Mapped[Document] = relationship()
    assessed_by: Mapped[Person | None] = relationship()

    @property
    def holds(self) -> bool:
        """Does it hold today?"""
        return self.valid_until >= clock.today()


class Severity(Term):
    """How much a flag weighs. A red one stops awards, agreements and payments in every fund."""

    OBSERVATION = "observation", _l("Observation")
    YELLOW = "yellow", _l("Yellow")
    RED = "red", _l("Red")


class Concern(Term):
    """What a flag is about."""

    FINANCE = "finance", _l("Financial management")
    SAFEGUARDING = "safeguarding", _l("Safeguarding and protection from exploitation and abuse")
    GOVERNANCE = "governance", _l("Governance and legal status")
    DELIVERY = "delivery", _l("Delivery and reporting")
    REPUTATION = "reputation", _l("Reputation and references")
    OTHER = "other", _l("Other")


class Flag(OfFund, Versioned, Base):
    """A concern about an organisation that decisions on it must not miss."""

    __tablename__ = "flag"
    __bound__ = (
        "id",
        "organisation_id",
        "fund_id",
        "state",
        "severity",
        "concern",
        "text",
        "raised_at",
    )
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text"),
        Index("ix_flag_organisation", "organisation_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    """Whose people raised it. It is seen in every fund here."""
    state: Mapped[FlagState] = mapped_column(choice(FlagState))
    severity: Mapped[Severity] = mapped_column(choice(Severity))
    concern: Mapped[Concern] = mapped_column(choice(Concern))
    text: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
    fund: Mapped[Fund] = relationship()
