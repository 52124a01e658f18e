"""What goes out to be signed, each signature under it, and how a fund has it done."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.deciding.awards.models import Award, OfAward
from grants.granting.signing.workflow import OPEN, Side, SigningState
from grants.platform.documents.models import Document
from grants.platform.signatures.models import SideSignature

DAYS_TO_SIGN = 30
"""Where a fund begins."""


class SigningRules(OfFund, Versioned, Base):
    """How a fund has its agreements and amendments signed; without a row the usual way holds."""

    __tablename__ = "signing_rules"
    __bound__ = (
        "fund_id",
        "first",
        "needs_clearance",
        "days_to_sign",
        "asks_budget",
        "asks_finance",
    )
    __table_args__ = (CheckConstraint("days_to_sign BETWEEN 0 AND 365", name="days_to_sign"),)

    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), primary_key=True)
    first: Mapped[Side] = mapped_column(choice(Side), default=Side.GRANTEE)
    """Which side signs first."""
    needs_clearance: Mapped[bool] = mapped_column(default=False)
    """It goes out only after legal clearance."""
    days_to_sign: Mapped[int] = mapped_column(default=DAYS_TO_SIGN)
    """So many days after it went out it lapses; 0: never."""
    asks_budget: Mapped[bool] = mapped_column(default=False)
    """The grantee revises its budget to the awarded sum before the agreement goes out."""
    asks_finance: Mapped[bool] = mapped_column(default=False)
    """The grantee answers the finance questionnaire before the agreement goes out."""
    fund: Mapped[Fund] = relationship()

    @property
    def id(self) -> int:
        """As the trail names it."""
        return self.fund_id


class Signing(OfAward, Versioned, Base):
    """One paper that is to be signed. The PDF that went out never changes; another is another row.

    A grant has one at a time that is not finished.
    """

    __tablename__ = "signing"
    __bound__ = (
        "id",
        "award_id",
        "kind",
        "reference",
        "language",
        "state",
        "first",
        "needs_clearance",
        "document_id",
        "facts_sha256",
        "drawn_at",
        "sent_at",
        "sign_by",
        "signed_document_id",
    )
    __unbound__ = Unbound.PROGRESS.of("reminded_for")
    __table_args__ = (
        CheckConstraint(
            "state IN ('clearance', 'sent_back', 'withdrawn') OR sent_at IS NOT NULL",
            name="sent_before_it_is_signed",
        ),
        CheckConstraint(
            "(state = 'signed') = (signed_document_id IS NOT NULL)", name="signed_with_a_copy"
        ),
        Index("ix_signing_award", "award_id", "id"),
        Index(
            "uq_signing_open",
            "award_id",
            unique=True,
            postgresql_where=text("state IN ('clearance', 'out', 'countersign')"),
        ),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    kind: Mapped[str] = mapped_column(String(20))
    """What is signed: the name of a kind in `papers.KINDS`, such as "agreement"."""
    reference: Mapped[str] = mapped_column(String(60))
    """Of the record that it is about, in the catalogue of papers."""
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[SigningState] = mapped_column(choice(SigningState))
    first: Mapped[Side] = mapped_column(choice(Side, "signing_side"))
    needs_clearance: Mapped[bool]
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    """The PDF that is signed, exactly."""
    facts_sha256: Mapped[str] = mapped_column(String(64))
    """Of what the paper said when it was drawn: nothing else is signed."""
    drawn_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sign_by: Mapped[date | None]
    """The last day on which the grantee may sign; None: it does not lapse."""
    reminded_for: Mapped[date | None]
    """The day of the last reminder."""
    signed_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    """One PDF with both names and the stamps of both signatures."""
    award: Mapped[Award] = relationship()
    document: Mapped[Document] = relationship(foreign_keys=document_id)
    signed_document: Mapped[Document | None] = relationship(foreign_keys=signed_document_id)
    signatures: Mapped[list["Signature"]] = relationship(
        order_by="Signature.id", back_populates="signing"
    )

    @property
    def is_open(self) -> bool:
        """Is it still to be signed?"""
        return self.state in OPEN

    @hybrid_property
    def awaits_clearance(self) -> bool:
        return self.state == SigningState.CLEARANCE

    @property
    def turn(self) -> Side:
        """Whose signature is next."""
        return self.first.other if self.state is SigningState.COUNTERSIGN else self.first

    @property
    def standing_signatures(self) -> list["Signature"]:
        """The signatures that count: none that was given back."""
        return [signature for signature in self.signatures if signature.returned_at is None]


class Signature(SideSignature, Base):
    """One side's signature: who, in which function, when, how, and under which PDF."""

    __tablename__ = "signature"
    __personal__ = Personal.ABOUT.of("person_id") | Personal.LAW.of("name")
    __bound__ = (
        "id",
        "signing_id",
        "side",
        "person_id",
        "name",
        "function",
        "way",
        "sha256",
        "document_id",
        "signed_at",
        "returned_at",
    )
    __table_args__ = (
        CheckConstraint("(way = 'upload') = (document_id IS NOT NULL)", name="upload_has_a_file"),
        Index("ix_signature_signing", "signing_id"),
        Index(
            "uq_signature_standing",
            "signing_id",
            "side",
            unique=True,
            postgresql_where=text("returned_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    signing_id: Mapped[int] = mapped_column(ForeignKey(Signing.id))
    side: Mapped[Side] = mapped_column(choice(Side, "signature_side"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    """Who signed here, or uploaded the signed copy."""
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    """The signed copy, where one was uploaded."""
    signing: Mapped[Signing] = relationship(back_populates="signatures")
    document: Mapped[Document | None] = relationship()
