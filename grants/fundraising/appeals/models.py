"""The text of an appeal, and its mailings: one line for each donor's contact."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, Texts, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation, Person
from grants.core.people.viewer import Scope
from grants.giving.outreach.models import Campaign
from grants.platform.documents.models import Document


class Appeal(Versioned, Base):
    """What a campaign writes to donors, in each of its languages; English is always there."""

    __tablename__ = "appeal"
    __bound__ = ("campaign_id", "heading", "body", "written_at")

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    heading: Mapped[Texts]
    """Subject of the e-mail and of the letter."""
    body: Mapped[Texts]
    written_at: Mapped[datetime]
    campaign: Mapped[Campaign] = relationship()


class Post(Term):
    """The post by which an appeal goes out."""

    EMAIL = "email", _l("E-mail")
    LETTER = "letter", _l("Letter (PDF to print)")


class LeftOut(Term):
    """Why a person the campaign asks is sent nothing."""

    NOBODY = "nobody", _l("No contact person on record")
    NOT_CLEARED = "not_cleared", _l("Refused, or on hold pending due diligence")
    UNSUBSCRIBED = "unsubscribed", _l("Has unsubscribed from appeals")
    NO_CONSENT = "no_consent", _l("Individual who has not consented to appeals")
    OPTED_OUT = "opted_out", _l("Has asked not to receive appeals")
    UNDELIVERABLE = "undeliverable", _l("E-mails to the address are returned")
    NO_EMAIL = "no_email", _l("Has no e-mail address")
    WANTS_LETTERS = "wants_letters", _l("Prefers letters to e-mail")
    WRITTEN_TO = "written_to", _l("Already contacted in this campaign")
    HAS_PLEDGED = "has_pledged", _l("Has pledged since the campaign began")
    NEVER_GAVE = (
        "never_gave",
        _l("Has never contributed, and the text refers to a last contribution"),
    )


class Mailing(Base):
    """One time an appeal goes out. Its lines are settled when it begins; a job works them off."""

    __tablename__ = "mailing"
    __personal__ = Personal.ACTED.of("begun_by_id")
    __bound__ = (
        "id",
        "campaign_id",
        "number",
        "key",
        "post",
        "begun_by_id",
        "begun_at",
        "finished_at",
    )
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[Key]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Idempotency: the same button pressed twice begins one mailing."""
    post: Mapped[Post] = mapped_column(choice(Post))
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    campaign: Mapped[Campaign] = relationship()
    begun_by: Mapped[Person | None] = relationship()

    @property
    def scope(self) -> Scope:
        return self.campaign.scope

    @property
    def reference(self) -> str:
        """As UNVTF-C-2026-01-M2."""
        return f"{self.campaign.code}-M{self.number}"


class MailingLine(Base):
    """One letter of a mailing, worded for its reader; or a person left out, and why."""

    __tablename__ = "mailing_line"
    __personal__ = Personal.CONTACT.of("name", "email", "address")
    __unbound__ = Unbound.MADE_OF_IT
    __table_args__ = (
        UniqueConstraint("mailing_id", "number"),
        Index(
            "uq_mailing_line_contact_once",
            "campaign_id",
            "contact_id",
            unique=True,
            postgresql_where=text("excluded IS NULL AND contact_id IS NOT NULL"),
        ),
        Index(
            "uq_mailing_line_address_once",
            "campaign_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("excluded IS NULL AND email IS NOT NULL"),
        ),
        Index(
            "uq_mailing_line_donor_once",
            "campaign_id",
            "donor_id",
            unique=True,
            postgresql_where=text("excluded IS NULL AND contact_id IS NULL"),
        ),
        Index(
            "ix_mailing_line_to_do",
            "mailing_id",
            "number",
            postgresql_where=text("excluded IS NULL AND done_at IS NULL"),
        ),
        CheckConstraint(
            "(excluded IS NULL) = (heading IS NOT NULL AND body IS NOT NULL)", name="worded_or_not"
        ),
        CheckConstraint(
            "excluded IS NULL OR (done_at IS NULL AND document_id IS NULL)", name="left_out"
        ),
    )

    id: Mapped[Key]
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    """The mailing's own, for the rule that a campaign writes to nobody twice."""
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("donor_contact.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    """Of the contact, or of the donor where no contact is known."""
    function: Mapped[str | None] = mapped_column(String(160))
    email: Mapped[str | None] = mapped_column(String(254))
    """Of an e-mail's line only."""
    address: Mapped[str | None] = mapped_column(String(400))
    """Of a letter's line only."""
    language: Mapped[str] = mapped_column(String(10))
    """Of the text, which is the contact's where the appeal is written in it."""
    excluded: Mapped[LeftOut | None] = mapped_column(choice(LeftOut))
    heading: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The letter as it was printed."""
    done_at: Mapped[datetime | None]
    mailing: Mapped[Mailing] = relationship()
    donor: Mapped[Organisation] = relationship()
    document: Mapped[Document | None] = relationship()
