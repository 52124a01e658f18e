"""A reference that was asked for, or a visit: part of the diligence about an organisation."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation, Person
from grants.platform.documents.models import Document


class EnquiryKind(Term):
    """How one asked."""

    REFERENCE = "reference", _l("Reference")
    VISIT = "visit", _l("Site visit")
    INTERVIEW = "interview", _l("Interview")


class Finding(Term):
    """What the answer comes to."""

    GOOD = "good", _l("Positive")
    MIXED = "mixed", _l("With reservations")
    BAD = "bad", _l("Negative")


class Enquiry(Versioned, Base):
    """One reference or visit. It is answered once, and never changes afterwards. It holds for every
    fund here.
    """

    __tablename__ = "enquiry"
    __personal__ = Personal.ACTED.of("recorded_by_id") | Personal.RECORD.of("who")
    __bound__ = (
        "id",
        "organisation_id",
        "kind",
        "who",
        "asked_on",
        "answered_on",
        "finding",
        "text",
        "document_id",
        "recorded_by_id",
        "recorded_at",
    )
    __bound_from__ = "answered_on"
    __table_args__ = (
        CheckConstraint("length(who) > 0", name="who"),
        CheckConstraint(
            "(answered_on IS NULL) = (finding IS NULL)"
            " AND (answered_on IS NULL OR length(text) > 0)",
            name="answered_in_words",
        ),
        CheckConstraint("answered_on >= asked_on", name="answered_after_it_was_asked"),
        CheckConstraint(
            "kind = 'reference' OR answered_on IS NOT NULL", name="visit_with_its_report"
        ),
        Index("ix_enquiry_organisation", "organisation_id", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[EnquiryKind] = mapped_column(choice(EnquiryKind))
    who: Mapped[str] = mapped_column(String(200))
    """The person who was asked and their office; of a visit: who went."""
    asked_on: Mapped[date]
    """Of a visit: its day."""
    answered_on: Mapped[date | None]
    finding: Mapped[Finding | None] = mapped_column(choice(Finding))
    text: Mapped[str] = mapped_column(Text, default="")
    """What they answered, or what was seen."""
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
    document: Mapped[Document | None] = relationship()
    recorded_by: Mapped[Person | None] = relationship()
