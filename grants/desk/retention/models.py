"""Periods of retention, legal holds, and purges."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Person
from grants.core.people.viewer import Scope
from grants.desk.retention.workflow import PurgeState


class RetentionClass(Term):
    """A kind of data with a period of its own."""

    SIGN_INS = "sign_ins", _l("Sign-in records: browsers, failed attempts, used links")
    ACCESS_LOG = "access_log", _l("Access log: who opened which file")
    MAIL = "mail", _l("E-mails sent: text and address")
    FORMER_CONTACTS = "former_contacts", _l("Contacts who no longer act for a donor")
    QUESTIONS = "questions", _l("Addresses of those who asked about a call")
    OUTSIDE = "outside", _l("Donors who announced a contribution outside the fund")
    LETTERS = "letters", _l("People who wrote letters of reference")
    REMARKS = "remarks", _l("Remarks by fund staff on a case")


class RetentionRule(Base):
    """For how many years a kind of data is kept here; without one the proposal holds."""

    __tablename__ = "retention_rule"
    __personal__ = Personal.ACTED.of("set_by_id")
    __bound__ = ("id", "kind", "years", "set_by_id", "set_at")
    __table_args__ = (CheckConstraint("years BETWEEN 1 AND 50", name="years"),)

    id: Mapped[Key]
    kind: Mapped[RetentionClass] = mapped_column(choice(RetentionClass), unique=True)
    years: Mapped[int]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


class LegalHold(Base):
    """Nothing about this person is purged or erased while it stands: an allegation, an audit."""

    __tablename__ = "legal_hold"
    __personal__ = Personal.ABOUT.of("person_id") | Personal.ACTED.of(
        "placed_by_id", "lifted_by_id"
    )
    __bound__ = (
        "id",
        "person_id",
        "reason",
        "placed_by_id",
        "placed_at",
        "lifted_by_id",
        "lifted_at",
    )
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted"),
        Index(
            "uq_legal_hold_standing",
            "person_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=person_id)


class Purge(Versioned, Base):
    """A list of what was due, confirmed by two persons; carried out whole, or not at all."""

    __tablename__ = "purge"
    __personal__ = Personal.ACTED.of("proposed_by_id", "confirmed_by_id")
    __bound__ = (
        "id",
        "kind",
        "before_on",
        "listed",
        "state",
        "proposed_by_id",
        "proposed_at",
        "confirmed_by_id",
        "confirmed_at",
        "purged",
        "rows",
        "done_at",
    )
    __table_args__ = (
        CheckConstraint("confirmed_by_id <> proposed_by_id", name="another_person_confirms"),
        CheckConstraint("state <> 'done' OR confirmed_by_id IS NOT NULL", name="confirmed"),
        Index(
            "uq_purge_open",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'confirmed')"),
        ),
    )

    id: Mapped[Key]
    kind: Mapped[RetentionClass] = mapped_column(choice(RetentionClass))
    before_on: Mapped[date]
    """What is older than this day was on the list."""
    listed: Mapped[int]
    """How many rows were on it."""
    state: Mapped[PurgeState] = mapped_column(choice(PurgeState))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    purged: Mapped[int | None]
    """How many went; fewer than were listed where a legal hold was placed since."""
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Which: by table, the first and the last number of rows that follow each other."""
    done_at: Mapped[datetime | None]
    proposed_by: Mapped[Person] = relationship(foreign_keys=proposed_by_id)
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=confirmed_by_id)

    @property
    def scope(self) -> Scope | None:
        return None
