"""A paper of an organisation, in one version."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, choice
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation
from grants.platform.documents.models import Document

SOON = timedelta(days=30)
"""So long before its end a paper is asked for again."""


class PaperKind(Term):
    """What a paper is. An application's question for files with the same key takes it over."""

    CERTIFICATE = "registration_certificate", _l("Registration certificate")
    STATUTES = "statutes", _l("Statutes")
    ACCOUNTS = "audited_accounts", _l("Audited accounts")
    PSEA = "psea_paper", _l("Policy against sexual exploitation and abuse")
    SAFEGUARDING = "safeguarding_policy", _l("Safeguarding policy")
    REFERENCE = "reference_letters", _l("Reference letter")


SEVERAL = frozenset({PaperKind.REFERENCE, PaperKind.ACCOUNTS})
"""Kinds of which an organisation keeps several; of any other, a new one replaces the one before."""


class OrganisationPaper(Base):
    """One version of a paper. It does not change; it ends when it is replaced or removed."""

    __tablename__ = "organisation_paper"
    __bound__ = (
        "id",
        "organisation_id",
        "kind",
        "document_id",
        "issued_on",
        "expires_on",
        "added_at",
        "ended_at",
    )
    __table_args__ = (
        CheckConstraint("expires_on > issued_on", name="expires_later"),
        Index("ix_organisation_paper_organisation", "organisation_id", "id"),
        Index("ix_organisation_paper_expires", "expires_on"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind))
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    """The last day on which it is valid; none: it does not expire."""
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    document: Mapped[Document] = relationship(lazy="joined")
    organisation: Mapped[Organisation] = relationship()

    @property
    def has_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < clock.today()

    @property
    def expires_soon(self) -> bool:
        """Whether the paper expires within a month, or has expired."""
        return self.expires_on is not None and self.expires_on <= clock.today() + SOON
