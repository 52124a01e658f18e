"""Organisations, persons, memberships. A victim is never a person here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, choice
from grants.core.database.personal import Personal
from grants.core.database.seals import Sealed
from grants.core.funds.models import Fund
from grants.core.kernel.taxonomies import DonorKind, InboxMail, LegalStatus, RegionalGroup
from grants.core.people.permissions import OUTSIDE, Role


class Organisation(Base):
    """A person who gives to a fund or applies to it; an individual donor is an organisation of
    one.
    """

    __tablename__ = "organisation"
    __personal__ = Personal.OTHER.of("name", "public_name", "telephone") | Personal.RECORD.of(
        "key_persons", "referees"
    )
    __bound__ = (
        "id",
        "code",
        "name",
        "kind",
        "country",
        "registration_number",
        "merged_into_id",
        "other_names",
        "key_persons",
        "registered_on",
        "website",
        "address",
        "survivor_led",
        "legal_status",
        "assists_since",
        "mission",
        "paid_staff",
        "volunteers",
        "budgets",
        "partner_portal",
        "safeguards",
        "referees",
        "public_name",
        "merged_at",
        "created_at",
        "telephone",
        "may_be_named",
    )
    __table_args__ = (
        Index("ix_organisation_name_lower", text("lower(name)")),
        Index("ix_organisation_name", "name", "id"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        CheckConstraint("paid_staff >= 0 AND volunteers >= 0", name="people"),
        Index("ix_organisation_words", text("plain_words(name)"), postgresql_using="gin"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """What statements and the command line call it."""
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[DonorKind] = mapped_column(choice(DonorKind))
    country: Mapped[str | None] = mapped_column(String(2))
    """ISO 3166 alpha-2; none for an intergovernmental organisation."""
    other_names: Mapped[list[str]] = mapped_column(default=list)
    """Acronyms, former and trade names, names in other scripts."""
    key_persons: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    """{"name", "role"} of those who lead it or sign for it; screened with its names."""
    registration_number: Mapped[str | None] = mapped_column(String(80))
    registered_on: Mapped[date | None]
    website: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(400))
    telephone: Mapped[str | None] = mapped_column(String(40))
    """The number of its office; by it the fund asks whether an account is really its own."""
    survivor_led: Mapped[bool] = mapped_column(default=False)
    legal_status: Mapped[LegalStatus | None] = mapped_column(choice(LegalStatus))
    assists_since: Mapped[int | None]
    """The year since which it has directly assisted victims of trafficking."""
    mission: Mapped[str | None] = mapped_column(Text)
    paid_staff: Mapped[int | None]
    volunteers: Mapped[int | None]
    budgets: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    """{"year", "currency", "amount"} of the last financial years."""
    partner_portal: Mapped[str | None] = mapped_column(String(12))
    """Its number in the UN Partner Portal."""
    safeguards: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Policies ("psea_policy", "child_policy": yes or no) and how it keeps people safe, in words.
    """
    referees: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    """{"organisation", "name", "email"} of those who know its work."""
    may_be_named: Mapped[bool | None]
    """May the public read that it has a grant? None while it has not said."""
    public_name: Mapped[bool] = mapped_column(default=True)
    """May the public see that this organisation gives?"""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The organisation that it turned out to be: this record is closed."""
    merged_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Person(Base):
    """A person who signs in: a contact of a donor or an applicant, or one of the fund's people."""

    __tablename__ = "person"
    __personal__ = Personal.SELF.of("email", "name")
    __bound__ = ("id", "email", "name", "password_hash", "created_at")
    __unbound__ = Unbound.PREFERENCE.of("language", "roomy", "shortcuts", "inbox_mail")
    __table_args__ = (Index("uq_person_email_lower", text("lower(email)"), unique=True),)

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(10), default="en")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """Argon2id; none until the person has chosen one."""
    roomy: Mapped[bool] = mapped_column(default=False)
    """Rows of lists with more space, rather than as many as a screen holds."""
    shortcuts: Mapped[bool] = mapped_column(default=True)
    """Do single keys lead to pages and records?"""
    inbox_mail: Mapped[InboxMail] = mapped_column(
        choice(InboxMail), default=InboxMail.DAILY, server_default="daily"
    )
    """How often they are told by e-mail of cases that concern them."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", order_by="Membership.id"
    )


class Membership(Base):
    """A person's role: with a fund (none = every fund), or within an organisation."""

    __tablename__ = "membership"
    __personal__ = Personal.ABOUT.of("person_id")
    __bound__ = (
        "id",
        "person_id",
        "role",
        "fund_id",
        "organisation_id",
        "begun_at",
        "ended_at",
        "from_on",
        "until_on",
        "regional_group",
    )
    __table_args__ = (
        CheckConstraint(
            "(organisation_id IS NOT NULL) = (role IN ({}))".format(
                ", ".join(f"'{role.value}'" for role in sorted(OUTSIDE))
            ),
            name="outside_roles_belong_to_an_organisation",
        ),
        CheckConstraint("until_on >= from_on", name="until_after_from"),
        CheckConstraint("regional_group IS NULL OR role = 'trustee'", name="group_of_a_trustee"),
        Index(
            "uq_membership_standing",
            "person_id",
            "role",
            text("coalesce(fund_id, 0)"),
            text("coalesce(organisation_id, 0)"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """When it was given; it is held from `from_on`, or at once where that is empty."""
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    """The last day on which it is held; none: until it is ended."""
    ended_at: Mapped[datetime | None]
    regional_group: Mapped[RegionalGroup | None] = mapped_column(choice(RegionalGroup))
    """Whose States a trustee comes from."""
    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation | None] = relationship()
    fund: Mapped[Fund | None] = relationship()


class Expertise(Base):
    """What a reviewer can judge: languages, regions and kinds of aid; and the own country."""

    __tablename__ = "expertise"
    __personal__ = Personal.ABOUT.of("person_id")
    __bound__ = ("person_id", "languages", "regions", "aid", "country")

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    languages: Mapped[list[str]] = mapped_column(default=list)
    """Codes of the languages in which the person reads an application."""
    regions: Mapped[list[str]] = mapped_column(default=list)
    """Regional groups (RegionalGroup) whose countries the person knows."""
    aid: Mapped[list[str]] = mapped_column(default=list)
    """Kinds of aid (Service) that the person knows."""
    country: Mapped[str | None] = mapped_column(String(2))
    """Where the person comes from; a call may ask for reviewers from other countries."""


class Link(Sealed, Base):
    """A one-time link sent by e-mail: it proves that a person reads an address."""

    __tablename__ = "link"
    __personal__ = Personal.ENTRY.of("email")
    __sealed__ = ("token_hash", "purpose", "email", "facts", "made_at", "expires_at", "used_at")
    __open_while__ = "used_at"
    __unbound__ = Unbound.SEALED
    __table_args__ = (Index("ix_link_email", text("lower(email)"), "purpose"),)

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256; the token itself is only in the e-mail."""
    purpose: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignIn(Sealed, Base):
    """One signed-in browser, which its owner can see and end."""

    __tablename__ = "sign_in"
    __personal__ = Personal.ENTRY.of("person_id") | Personal.OTHER.of("browser", "network")
    __sealed__ = ("token_hash", "person_id", "begun_at", "proved_at")
    __open_while__ = "ended_at"
    __unbound__ = Unbound.SEALED
    __table_args__ = (Index("ix_sign_in_network", "person_id", "network"),)

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(200))
    network: Mapped[str] = mapped_column(String(64), default="")
    """Where it signed in: guesses made elsewhere do not slow this person down here."""
    proved_at: Mapped[datetime | None]
    """When a second factor was last used in it."""
    ended_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A try that failed, counted for a while against its account and its network."""

    __tablename__ = "sign_in_attempt"
    __personal__ = Personal.ENTRY.of("email")
    __unbound__ = Unbound.PASSING
    __table_args__ = (
        Index("ix_sign_in_attempt_email", "email", "at"),
        Index("ix_sign_in_attempt_address", "address", "at"),
        Index("ix_sign_in_attempt_at", "at"),
    )

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))
    """The network that it came from."""
    at: Mapped[datetime]
