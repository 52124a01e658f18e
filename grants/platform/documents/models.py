"""A file a person submitted, and who opened it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import gettext
from grants.core.people.models import Person


class ScanState(StrEnum):
    """The state of the check for malicious content; only a clean file can be downloaded by
    others.
    """

    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"


class Document(Base):
    """One upload. Its content is in the store under its SHA-256; its name is only a label."""

    __tablename__ = "document"
    __personal__ = Personal.ACTED.of("uploaded_by_id") | Personal.OTHER.of("name", "scanned_by")
    __bound__ = (
        "id",
        "sha256",
        "name",
        "media_type",
        "size",
        "uploaded_by_id",
        "organisation_id",
        "uploaded_at",
        "scan",
        "scanned_by",
    )
    __table_args__ = (
        CheckConstraint("size >= 0", name="size"),
        Index("ix_document_waiting", "id", postgresql_where=text("scan = 'pending'")),
    )

    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of what is kept: a picture is kept without its EXIF data."""
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    """Bytes."""
    scan: Mapped[ScanState] = mapped_column(choice(ScanState), default=ScanState.PENDING)
    scanned_by: Mapped[str | None] = mapped_column(String(60))
    """The virus scanner that found it clean; none: only its content was checked."""
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """Whose file it is, for the quota; who may see it is decided by the record it hangs on."""
    uploaded_at: Mapped[datetime]


class Opening(Base):
    """A person was given a file: an upload, or a document that is made when it is asked for. The
    database refuses to change a line; it is deleted when its time is over.
    """

    __tablename__ = "document_opening"
    __personal__ = Personal.ABOUT.of("person_id") | Personal.OTHER.of("name")
    __unbound__ = Unbound.LOG
    __table_args__ = (
        Index("ix_document_opening_fund", "fund_id", "id"),
        Index("ix_document_opening_person", "person_id", "id"),
        Index("ix_document_opening_document", "document_id", "id"),
        Index("ix_document_opening_at", "opened_at", "id"),
    )

    id: Mapped[Key]
    opened_at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(250))
    """The name under which it went out."""
    address: Mapped[str] = mapped_column(String(400))
    """The page from which it came, without its query."""
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    """Whose record it belongs to; none: an organisation's, of no fund's own."""
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The upload; none: it is made from records when it is asked for."""
    person: Mapped[Person] = relationship()

    @property
    def title(self) -> str:
        """The name for a reader: that of a paper, kept in English, in the reader's language."""
        kind, _space, reference = self.name.rpartition(" ")
        return f"{gettext(kind)} {reference}" if kind and not self.document_id else self.name
