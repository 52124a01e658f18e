"""A certificate, and the copies that were kept under it. Both are append-only."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation, Person
from grants.core.people.owned import OfFund


class Certificate(OfFund, Base):
    """The certifying officer certifies the figures of one document for one period."""

    __tablename__ = "certificate"
    __personal__ = Personal.ACTED.of("person_id") | Personal.LAW.of("certified_by")
    __bound__ = (
        "id",
        "fund_id",
        "year",
        "number",
        "document",
        "reference",
        "period",
        "organisation_id",
        "certified_on",
        "certified_at",
        "person_id",
        "certified_by",
        "supersedes_id",
    )
    __table_args__ = (
        UniqueConstraint("fund_id", "year", "number"),
        UniqueConstraint("supersedes_id"),
        UniqueConstraint("id", "document", "reference", "period"),
        ForeignKeyConstraint(
            ["supersedes_id", "document", "reference", "period"],
            [f"certificate.{name}" for name in ("id", "document", "reference", "period")],
            name="fk_certificate_supersedes_one_of_the_same",
        ),
        Index(
            "uq_certificate_first",
            "document",
            "reference",
            "period",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
        ),
        Index("ix_certificate_newest", "fund_id", "id"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("supersedes_id <> id", name="supersedes_another"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    year: Mapped[int]
    number: Mapped[int]
    document: Mapped[str] = mapped_column(String(40))
    """Its name in the catalogue of documents."""
    reference: Mapped[str] = mapped_column(String(120))
    """Of the record it is about: a fund, "donor/fund", a grant."""
    period: Mapped[str] = mapped_column(String(21), default="")
    """As "2026-01-01/2026-12-31"; empty for a document of no period."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id), index=True)
    """Whom it is written to, where it is written to a person."""
    certified_on: Mapped[date]
    certified_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    certified_by: Mapped[str] = mapped_column(String(120))
    """The name as it was."""
    supersedes_id: Mapped[int | None] = mapped_column(BigInteger)
    """The certificate of the same document whose figures have changed since."""
    fund: Mapped[Fund] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    copies: Mapped[list["Copy"]] = relationship(
        back_populates="certificate", order_by="Copy.language"
    )
    supersedes: Mapped["Certificate | None"] = relationship(
        remote_side="Certificate.id",
        primaryjoin="Certificate.supersedes_id == Certificate.id",
        foreign_keys="Certificate.supersedes_id",
        back_populates="superseded_by",
    )
    superseded_by: Mapped["Certificate | None"] = relationship(
        primaryjoin="Certificate.id == foreign(Certificate.supersedes_id)",
        foreign_keys="Certificate.supersedes_id",
        back_populates="supersedes",
        uselist=False,
    )

    @property
    def serial(self) -> str:
        """The certificate's number, as people quote it: UNVTF-C-2026-0001."""
        return f"{self.fund.code}-C-{self.year}-{self.number:04d}"


class Copy(Base):
    """The document in one language, as it was certified. Its bytes are in the store of files."""

    __tablename__ = "certificate_copy"
    __bound__ = ("certificate_id", "language", "sha256", "size", "facts")
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    certificate_id: Mapped[int] = mapped_column(ForeignKey(Certificate.id), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    """Bytes."""
    facts: Mapped[str] = mapped_column(Text)
    """Its figures as JSON text, to compare today's with."""
    certificate: Mapped[Certificate] = relationship(back_populates="copies")
