"""A campaign and whom it asks, a contact with a donor, a pledge that a campaign brought."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Minor, Texts, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind, Term
from grants.core.people.models import Organisation, Person
from grants.core.people.owned import OfFund
from grants.giving.outreach.workflow import CampaignState
from grants.giving.pledges.models import Pledge
from grants.platform.documents.models import Document


class CampaignKind(Term):
    """What a campaign hangs on (paragraph 5: 30 July is the World Day)."""

    WORLD_DAY = "world_day", _l("World Day against Trafficking in Persons, 30 July")
    CONFERENCE = "conference", _l("Pledging conference")
    BILATERAL = "bilateral", _l("Bilateral letters")
    OTHER = "other", _l("Another appeal")


_PUBLIC = {DonorKind.MEMBER_STATE.value, DonorKind.IGO.value}
"""Kinds of donor that promise money under an agreement, in parts and for a purpose."""


class Campaign(OfFund, Versioned, Base):
    """One appeal to many donors: for which fund, how much it hopes for, whom it asks."""

    __tablename__ = "campaign"
    __personal__ = Personal.OTHER.of("name")
    __bound__ = (
        "id",
        "code",
        "fund_id",
        "state",
        "kind",
        "name",
        "public_text",
        "target_minor",
        "starts_on",
        "ends_on",
        "kinds",
        "regions",
        "roles",
        "made_at",
    )
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("target_minor >= 0", name="target"),
        Index("ix_campaign_fund_newest", "fund_id", "id"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """What its public link carries: /pledge/UNVTF?campaign=UNVTF-C-2026-01."""
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    state: Mapped[CampaignState] = mapped_column(choice(CampaignState))
    kind: Mapped[CampaignKind] = mapped_column(choice(CampaignKind))
    name: Mapped[Texts]
    public_text: Mapped[Texts]
    """What the public page says, by language; empty: the purpose of the fund."""
    target_minor: Mapped[Minor]
    """USD cents it hopes to raise; 0 where none was set."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kinds: Mapped[list[str]] = mapped_column(default=list)
    """Kinds of donor it asks (DonorKind); none: only donors chosen one by one."""
    regions: Mapped[list[str]] = mapped_column(default=list)
    """Regional groups those donors are in (RegionalGroup); none: all the world."""
    roles: Mapped[list[str]] = mapped_column(default=list)
    """Which of their contacts it writes to (ContactRole), such as national rapporteurs
    (paragraph 19); none: all who take appeals."""
    made_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()

    @hybrid_property
    def is_running(self) -> bool:
        return self.state == CampaignState.RUNNING

    @property
    def title(self) -> str:
        """The campaign's name in the reader's language."""
        return in_language(self.name)

    @property
    def target(self) -> Money:
        return usd(self.target_minor)

    @property
    def page(self) -> str:
        """The address of the public page of the campaign, from which readers give and pledge."""
        return f"/funds/{self.fund.code}/campaigns/{self.code}"

    @property
    def invites_states(self) -> bool:
        """May a State or an intergovernmental organisation answer it?"""
        return not self.kinds or bool(_PUBLIC & set(self.kinds))

    @property
    def path(self) -> str:
        """Where donors answer it: the pages of a pledge, or one page where it asks no State."""
        page = "pledge" if self.invites_states else "give"
        return f"/{page}/{self.fund.code}?campaign={self.code}"


class CampaignDonor(Base):
    """A donor that a person chose for a campaign, or left out of it, whatever its audience says."""

    __tablename__ = "campaign_donor"
    __bound__ = ("campaign_id", "donor_id", "wanted")
    __deletable__ = True

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    wanted: Mapped[bool]
    """True: asked in any case; False: not asked."""
    donor: Mapped[Organisation] = relationship()


class CampaignPledge(Base):
    """A pledge that a campaign brought: one campaign at most."""

    __tablename__ = "campaign_pledge"
    __bound__ = ("pledge_id", "campaign_id", "by_link", "joined_at")
    __deletable__ = True
    __table_args__ = (Index("ix_campaign_pledge_campaign", "campaign_id"),)

    pledge_id: Mapped[int] = mapped_column(
        ForeignKey("pledge.id", ondelete="CASCADE"), primary_key=True
    )
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    by_link: Mapped[bool]
    """Made by the person who followed the campaign's link; else joined by the fund's people."""
    joined_at: Mapped[datetime]
    pledge: Mapped[Pledge] = relationship()
    campaign: Mapped[Campaign] = relationship()


class Means(Term):
    """How a person was in contact with a donor."""

    NOTE_VERBALE = "note_verbale", _l("Note verbale")
    LETTER = "letter", _l("Letter")
    MEETING = "meeting", _l("Meeting")
    EMAIL = "email", _l("E-mail")
    CALL = "call", _l("Telephone call")


class Outcome(Term):
    """The outcome of a contact."""

    AWAITED = "awaited", _l("Awaiting a reply")
    INTERESTED = "interested", _l("Interested")
    ASKED_MORE = "asked_more", _l("Asked for more information")
    WILL_PLEDGE = "will_pledge", _l("Announced a pledge")
    THANKED = "thanked", _l("Thanked, no request made")
    DECLINED = "declined", _l("Will not contribute this time")


class OutreachContact(OfFund, Base):
    """One contact with a donor, as it was: never changed, but for the next step that is done."""

    __tablename__ = "outreach_contact"
    __personal__ = Personal.ACTED.of("by_id", "next_by_id") | Personal.RECORD.of("with_whom")
    __bound__ = (
        "id",
        "fund_id",
        "donor_id",
        "campaign_id",
        "key",
        "means",
        "held_on",
        "by_id",
        "with_whom",
        "outcome",
        "note",
        "document_id",
        "next_step",
        "next_on",
        "next_by_id",
        "done_at",
        "recorded_at",
    )
    __table_args__ = (
        CheckConstraint(
            "(next_step IS NULL) = (next_on IS NULL) AND (next_step IS NULL) = (next_by_id IS NULL)"
            " AND (done_at IS NULL OR next_step IS NOT NULL)",
            name="next_step_whole",
        ),
        Index("ix_outreach_contact_donor", "donor_id", "held_on"),
        Index("ix_outreach_contact_campaign", "campaign_id", "donor_id"),
        Index("ix_outreach_contact_day", "held_on", "id"),
        Index(
            "ix_outreach_contact_next",
            "next_by_id",
            "next_on",
            postgresql_where=text("next_step IS NOT NULL AND done_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    donor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """Of what the system records itself, so that it records it once."""
    means: Mapped[Means] = mapped_column(choice(Means))
    held_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who of the fund."""
    with_whom: Mapped[str] = mapped_column(String(200))
    """Who of the donor, by name or office."""
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "contact_outcome"))
    note: Mapped[str | None] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    next_step: Mapped[str | None] = mapped_column(String(300))
    next_on: Mapped[date | None]
    next_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
    """When the next step was done."""
    recorded_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()
    donor: Mapped[Organisation] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    by: Mapped[Person | None] = relationship(foreign_keys=by_id)
    next_by: Mapped[Person | None] = relationship(foreign_keys=next_by_id)
    document: Mapped[Document | None] = relationship()


class AppealConsent(Base):
    """A private person agreed to be sent appeals at an address: in which words, when and where."""

    __tablename__ = "appeal_consent"
    __personal__ = Personal.CONTACT.of("email")
    __bound__ = ("id", "email", "wording", "language", "source", "given_at")
    __table_args__ = (Index("uq_appeal_consent_once", "email", "source", unique=True),)

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254))
    """In small letters."""
    wording: Mapped[str] = mapped_column(Text)
    """What the person read and agreed to."""
    language: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(80))
    """Where: the reference of the gift."""
    given_at: Mapped[datetime]

    @property
    def reference(self) -> str:
        """What pages call it."""
        return self.source


class SuppressedAddress(Base):
    """An address that wants no appeals, as a salted hash: it names nobody, and outlives erasure.
    The first row only holds the salt.
    """

    __tablename__ = "suppressed_address"
    __bound__ = ("id", "digest", "salt", "since")

    id: Mapped[Key]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the salt and the address in small letters, by SHA-256."""
    salt: Mapped[str] = mapped_column(String(32))
    """One for all of the installation."""
    since: Mapped[datetime]

    @property
    def reference(self) -> str:
        """What pages call it."""
        return str(self.id)
