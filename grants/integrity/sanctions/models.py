"""Each list that was taken, everyone on it, who is compared with it, and what was found."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation
from grants.integrity.sanctions.workflow import HitState


class ListedKind(Term):
    """What the list calls a person."""

    INDIVIDUAL = "individual", _l("Person")
    ENTITY = "entity", _l("Organisation")


class SanctionsList(Base):
    """One file of the list that was taken. The newest is in force; none is changed or deleted."""

    __tablename__ = "sanctions_list"
    __personal__ = (
        Personal.ACTED.of("person_id") | Personal.LAW.of("actor") | Personal.OTHER.of("file_name")
    )
    __bound__ = (
        "id",
        "generated_at",
        "sha256",
        "taken_at",
        "standing",
        "file_name",
        "person_id",
        "actor",
        "added",
        "changed",
        "delisted",
    )

    id: Mapped[Key]
    generated_at: Mapped[datetime] = mapped_column(unique=True)
    """As the Security Council dated it."""
    sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    taken_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    standing: Mapped[int]
    """How many are on it."""
    added: Mapped[int]
    changed: Mapped[int]
    delisted: Mapped[int]
    """How many of the list before are no longer on it."""


class SanctionsFailure(Base):
    """Updates of the list that failed, from the first one until one succeeds: one record."""

    __tablename__ = "sanctions_failure"
    __personal__ = Personal.OTHER.of("file_name")
    __bound__ = ("id", "failed_at", "file_name", "why", "settled_at")

    id: Mapped[Key]
    failed_at: Mapped[datetime]
    """When the first of them failed."""
    file_name: Mapped[str] = mapped_column(String(200))
    """Of the newest of them, and why it failed."""
    why: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime | None]
    """When an update succeeded."""


class SanctionsEntry(Base):
    """A person or an organisation that is listed, or was: a delisted one is marked, and stays."""

    __tablename__ = "sanctions_entry"
    __personal__ = Personal.RECORD.of("name")
    __bound__ = (
        "id",
        "data_id",
        "kind",
        "reference",
        "name",
        "original",
        "aliases",
        "births",
        "papers",
        "countries",
        "listed_on",
        "updated_on",
        "delisted_at",
        "list_type",
        "addresses",
        "titles",
        "comments",
        "fingerprint",
        "first_list_id",
        "changed_list_id",
    )
    __table_args__ = (Index("ix_sanctions_entry_changed", "changed_list_id", "id"),)

    id: Mapped[Key]
    data_id: Mapped[str] = mapped_column(String(20), unique=True)
    """DATAID: the list's own number, which stays the same."""
    kind: Mapped[ListedKind] = mapped_column(choice(ListedKind))
    reference: Mapped[str] = mapped_column(String(40))
    """The permanent reference number, such as QDi.001."""
    list_type: Mapped[str] = mapped_column(String(80))
    """Which committee's: "Al-Qaida", "DPRK" …"""
    name: Mapped[str] = mapped_column(String(400))
    original: Mapped[str | None] = mapped_column(String(400))
    """The name in its own script."""
    aliases: Mapped[list[dict[str, str]]]
    """{"name", "quality"}: good, low, a.k.a., f.k.a."""
    births: Mapped[list[str]]
    """Dates or years, as the list states them."""
    papers: Mapped[list[dict[str, str]]]
    """{"kind", "number", "country"} of passports and identity papers."""
    addresses: Mapped[list[str]]
    countries: Mapped[list[str]]
    """ISO alpha-2 of nationalities, addresses and places, where they are known."""
    titles: Mapped[str | None] = mapped_column(String(400))
    comments: Mapped[str | None] = mapped_column(Text)
    listed_on: Mapped[date | None]
    updated_on: Mapped[date | None]
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Of all of the above: another one means that the entry was changed."""
    first_list_id: Mapped[int] = mapped_column(ForeignKey("sanctions_list.id"))
    changed_list_id: Mapped[int] = mapped_column(ForeignKey("sanctions_list.id"))
    """With which list it last came, changed or went."""
    delisted_at: Mapped[datetime | None]


class SanctionsWatch(Base):
    """An organisation that is compared with each new list."""

    __tablename__ = "sanctions_watch"
    __personal__ = Personal.RECORD.of("persons")
    __bound__ = ("organisation_id", "persons", "begun_at", "checked_at", "list_id")
    __deletable__ = True
    __table_args__ = (Index("ix_sanctions_watch_list", "list_id", "organisation_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    persons: Mapped[list[str]] = mapped_column(default=list)
    """Owners, directors and others whose names are compared too."""
    begun_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    list_id: Mapped[int | None] = mapped_column(ForeignKey("sanctions_list.id"))
    """With which list it was last compared."""
    organisation: Mapped[Organisation] = relationship()
    compared_with: Mapped[SanctionsList | None] = relationship()


class SanctionsHit(Versioned, Base):
    """A watched name that is like one on the list: what a person has to look at."""

    __tablename__ = "sanctions_hit"
    __personal__ = Personal.LAW.of("decided_by")
    __bound__ = (
        "id",
        "organisation_id",
        "entry_id",
        "state",
        "score",
        "grounds",
        "reason",
        "decided_at",
        "decided_by",
        "ours",
        "theirs",
        "fingerprint",
        "found_at",
    )
    __table_args__ = (
        UniqueConstraint("organisation_id", "entry_id"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint(
            "state IN ('open', 'lapsed') OR reason IS NOT NULL", name="decided_for_a_reason"
        ),
        Index("ix_sanctions_hit_state", "state", "id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("sanctions_entry.id"), index=True)
    state: Mapped[HitState] = mapped_column(choice(HitState))
    score: Mapped[int]
    """Of 100."""
    ours: Mapped[str] = mapped_column(String(400))
    """The watched name that is alike."""
    theirs: Mapped[str] = mapped_column(String(400))
    """The listed name or alias it is like."""
    grounds: Mapped[list[str]]
    """Codes of `Ground`: how they are alike, and what speaks for or against."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Of both sides as they were compared: a decision holds until it changes."""
    found_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was decided as it was, the last time."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    organisation: Mapped[Organisation] = relationship()
    entry: Mapped[SanctionsEntry] = relationship()

    @property
    def scope(self) -> None:
        """The scope of no fund: a person who may decide on matches does so for all."""
        return

    @hybrid_property
    def is_confirmed(self) -> bool:
        """Is the organisation the one on the list?"""
        return self.state == HitState.CONFIRMED

    @hybrid_property
    def is_of_another(self) -> bool:
        """Is another one on the list, as two people say?"""
        return self.state == HitState.DIFFERENT
