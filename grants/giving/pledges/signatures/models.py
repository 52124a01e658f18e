"""An agreement as it went out to be signed, and each signature under it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.people.models import Person
from grants.core.people.viewer import Scope
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.signatures.workflow import OPEN, AgreementState, Party
from grants.platform.documents.models import Document
from grants.platform.signatures.models import SideSignature


class AgreementSigning(Versioned, Base):
    """One agreement on a pledge that is to be signed online. The PDF that went out never changes;
    offered again, it is another row.
    """

    __tablename__ = "agreement_signing"
    __bound__ = (
        "id",
        "pledge_id",
        "language",
        "state",
        "document_id",
        "facts_sha256",
        "sent_at",
        "signed_document_id",
    )
    __table_args__ = (
        CheckConstraint(
            "(state = 'signed') = (signed_document_id IS NOT NULL)", name="signed_with_a_copy"
        ),
        Index("ix_agreement_signing_pledge", "pledge_id", "id"),
        Index(
            "uq_agreement_signing_open",
            "pledge_id",
            unique=True,
            postgresql_where=text("state IN ('out', 'countersign')"),
        ),
    )

    id: Mapped[Key]
    pledge_id: Mapped[int] = mapped_column(ForeignKey(Pledge.id))
    language: Mapped[str] = mapped_column(String(10))
    state: Mapped[AgreementState] = mapped_column(choice(AgreementState))
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    """The PDF that is signed, exactly."""
    facts_sha256: Mapped[str] = mapped_column(String(64))
    """Of what the agreement said when it went out: nothing else is signed."""
    sent_at: Mapped[datetime]
    signed_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    """One PDF with both names and the stamps of both signatures."""
    pledge: Mapped[Pledge] = relationship()
    document: Mapped[Document] = relationship(foreign_keys=document_id)
    signed_document: Mapped[Document | None] = relationship(foreign_keys=signed_document_id)
    signatures: Mapped[list["AgreementSignature"]] = relationship(
        order_by="AgreementSignature.id", back_populates="signing"
    )

    @property
    def is_open(self) -> bool:
        """Is it still to be signed?"""
        return self.state in OPEN

    @property
    def turn(self) -> Party:
        """Whose signature is next."""
        return Party.FUND if self.state is AgreementState.COUNTERSIGN else Party.DONOR

    @property
    def scope(self) -> Scope:
        return self.pledge.scope

    @property
    def standing_signatures(self) -> list["AgreementSignature"]:
        """The signatures that count: none that was given back."""
        return [signature for signature in self.signatures if signature.returned_at is None]


class AgreementSignature(SideSignature, Base):
    """One side's signature: who, in which function, when, how, and under which PDF."""

    __tablename__ = "agreement_signature"
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
        "signed_at",
        "returned_at",
    )
    __table_args__ = (
        Index("ix_agreement_signature_signing", "signing_id"),
        Index(
            "uq_agreement_signature_standing",
            "signing_id",
            "side",
            unique=True,
            postgresql_where=text("returned_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    signing_id: Mapped[int] = mapped_column(ForeignKey(AgreementSigning.id))
    side: Mapped[Party] = mapped_column(choice(Party))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    signing: Mapped[AgreementSigning] = relationship(back_populates="signatures")
