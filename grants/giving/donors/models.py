"""What a fund keeps of a donor beyond its organisation, and the persons one writes to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from grants.core.database.db import Base, Key, choice
from grants.core.database.personal import Personal
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role


class ContactRole(Term):
    """What a contact is to the donor, and so what one writes to them about."""

    MINISTRY = "ministry", _l("Ministry")
    MISSION = "mission", _l("Permanent mission")
    RAPPORTEUR = "rapporteur", _l("National rapporteur")
    EXECUTIVE = "executive", _l("Head or board")
    PARTNERSHIPS = "partnerships", _l("Partnerships and grants")
    FINANCE = "finance", _l("Payments")
    OTHER = "other", _l("Other")


class Honorific(Term):
    """How a person is addressed before their name."""

    HER_EXCELLENCY = "her_excellency", _l("Her Excellency")
    HIS_EXCELLENCY = "his_excellency", _l("His Excellency")
    MS = "ms", _l("Ms")
    MR = "mr", _l("Mr")
    DOCTOR = "doctor", _l("Dr")
    PROFESSOR = "professor", _l("Professor")


EXCELLENCIES = frozenset({Honorific.HER_EXCELLENCY, Honorific.HIS_EXCELLENCY})
"""Addressed without their name."""


class Way(Term):
    """By what a contact likes to be reached."""

    EMAIL = "email", _l("E-mail")
    LETTER = "letter", _l("Letter")
    NOTE_VERBALE = "note_verbale", _l("Note verbale")
    PHONE = "phone", _l("Telephone")


class Donor(Base):
    """An organisation that gives, or is asked to. There is one for every donor of every kind."""

    __tablename__ = "donor"
    __bound__ = (
        "organisation_id",
        "language",
        "mailing_address",
        "notes",
        "known_since",
        "sender_confirmed_at",
    )
    __table_args__ = (
        Index(
            "ix_donor_unconfirmed",
            "organisation_id",
            postgresql_where=text("sender_confirmed_at IS NULL"),
        ),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), default="en")
    """Of letters to the donor as such; each contact has one of their own."""
    mailing_address: Mapped[str | None] = mapped_column(String(400))
    """Where letters go, if not to the organisation's own address."""
    notes: Mapped[str | None] = mapped_column(Text)
    """For the fund's people alone; the donor never reads it."""
    known_since: Mapped[datetime]
    sender_confirmed_at: Mapped[datetime | None]
    """Since when the fund knows that a Member State's sender speaks for it; other kinds of donor
    need no such confirmation.
    """
    clearance: Mapped[str | None] = query_expression()
    """The state of due diligence today, in queries that ask for it (`listed_donors`)."""
    organisation: Mapped[Organisation] = relationship()
    contacts: Mapped[list["Contact"]] = relationship(back_populates="donor", order_by="Contact.id")

    @property
    def known_on(self) -> date:
        """The day of it."""
        return clock.day_of(self.known_since)


class Contact(Base):
    """A person at a donor to whom the fund writes. Once they have followed an invitation, they sign
    in for it.
    """

    __tablename__ = "donor_contact"
    __personal__ = Personal.CONTACT.of("name", "email", "phone")
    __bound__ = (
        "id",
        "organisation_id",
        "name",
        "honorific",
        "function",
        "role",
        "email",
        "phone",
        "language",
        "way",
        "opted_out_at",
        "left_on",
        "invited_at",
        "replaces_id",
        "invited_as",
        "leaves_on",
        "signing_asked_at",
    )
    __table_args__ = (
        Index("ix_donor_contact_donor", "organisation_id", "id"),
        Index(
            "uq_donor_contact_email",
            "organisation_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("left_on IS NULL AND email IS NOT NULL"),
        ),
        CheckConstraint("way <> 'email' OR email IS NOT NULL", name="reached_by_email"),
        CheckConstraint("way <> 'phone' OR phone IS NOT NULL", name="reached_by_phone"),
        Index(
            "ix_donor_contact_signing",
            "id",
            postgresql_where=text("signing_asked_at IS NOT NULL"),
        ),
        Index(
            "ix_donor_contact_leaving",
            "leaves_on",
            postgresql_where=text("leaves_on IS NOT NULL AND left_on IS NULL"),
        ),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("donor.organisation_id"))
    name: Mapped[str] = mapped_column(String(120))
    honorific: Mapped[Honorific | None] = mapped_column(choice(Honorific, "honorific"))
    function: Mapped[str | None] = mapped_column(String(160))
    """As printed on their card: "First Secretary"."""
    role: Mapped[ContactRole] = mapped_column(choice(ContactRole), default=ContactRole.OTHER)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(10), default="en")
    way: Mapped[Way] = mapped_column(choice(Way, "contact_way"), default=Way.EMAIL)
    invited_at: Mapped[datetime | None]
    """When they were asked last to sign in for the donor."""
    invited_as: Mapped[Role | None] = mapped_column(choice(Role, "invited_as"))
    """In which role they were asked to, or which one they are to have."""
    signing_asked_at: Mapped[datetime | None]
    """Since when the fund is to confirm that they sign for a Member State; until then they do all
    else that their role lets them do.
    """
    leaves_on: Mapped[date | None]
    """The last day on which they act for the donor, where it is known before."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("donor_contact.id"), index=True)
    """Whose place they take once they have followed that invitation."""
    opted_out_at: Mapped[datetime | None]
    """Since when no appeal may be sent to them; letters about their own pledges still are."""
    left_on: Mapped[date | None]
    """Since when they no longer act for the donor."""
    donor: Mapped[Donor] = relationship(back_populates="contacts")

    def with_honorific(self, name: str) -> str:
        """A name as an envelope has it, in the current language: Her Excellency Ana Prado."""
        return f"{self.honorific.label} {name}" if self.honorific else name

    @property
    def salutation(self) -> str:
        """How a letter begins, in the current language and without the comma."""
        if self.honorific in EXCELLENCIES:
            return _("Excellency")
        return _("Dear %(name)s", name=self.with_honorific(self.name))

    @property
    def takes_appeals(self) -> bool:
        return self.left_on is None and self.opted_out_at is None
