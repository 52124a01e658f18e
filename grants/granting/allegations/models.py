"""Allegations, who reads them, and a trail of their own."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation, Person
from grants.core.people.owned import OfFund
from grants.granting.allegations.workflow import AllegationState


class Subject(Term):
    """What an allegation is of."""

    FRAUD = "fraud", _l("Fraud, corruption or theft")
    ABUSE = "abuse", _l("Sexual exploitation or abuse")
    OTHER = "other", _l("Other misconduct")


class Allegation(OfFund, Versioned, Base):
    """What was said to have happened in an organisation that a fund pays. Never a victim's name."""

    __tablename__ = "allegation"
    __personal__ = Personal.ACTED.of("reporter_id")
    __bound__ = (
        "id",
        "reference",
        "fund_id",
        "organisation_id",
        "subject",
        "text",
        "reporter_id",
        "state",
        "received_at",
    )
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text"),
        Index("ix_allegation_fund", "fund_id", "id"),
        Index("ix_allegation_organisation", "organisation_id", "state"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    subject: Mapped[Subject] = mapped_column(choice(Subject, "allegationsubject"))
    text: Mapped[str] = mapped_column(Text)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who entered it; None for a person who did not want to be named."""
    state: Mapped[AllegationState] = mapped_column(choice(AllegationState))
    received_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()
    organisation: Mapped[Organisation] = relationship()
    reporter: Mapped[Person | None] = relationship()
    entries: Mapped[list["AllegationEntry"]] = relationship(order_by="AllegationEntry.id")


class AllegationEntry(Base):
    """What was done about an allegation: its own trail, which the general one does not repeat.
    Append-only.
    """

    __tablename__ = "allegation_entry"
    __personal__ = Personal.ACTED.of("person_id")
    __bound__ = ("id", "allegation_id", "action", "text", "person_id", "at")

    id: Mapped[Key]
    allegation_id: Mapped[int] = mapped_column(ForeignKey("allegation.id"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class AllegationReader(Versioned, Base):
    """A person whom the fund manager named to read and examine the allegations of a fund."""

    __tablename__ = "allegation_reader"
    __personal__ = Personal.ABOUT.of("person_id")
    __bound__ = ("id", "fund_id", "person_id", "named_at", "ended_at")
    __table_args__ = (
        Index(
            "uq_allegation_reader_now",
            "fund_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    fund: Mapped[Fund] = relationship()
    person: Mapped[Person] = relationship()
