"""A session of the Board: its agenda, who attends, who votes how; opinions given before it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.applications.models import Application
from grants.core.database.db import Base, InUsd, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.deciding.sessions.workflow import SessionState
from grants.platform.documents.models import Document


class BoardSession(OfFund, Versioned, Base):
    """One session of a fund's Board. From its closing on nothing of it changes but the state and
    the signed minutes.
    """

    __tablename__ = "board_session"
    __bound__ = (
        "id",
        "fund_id",
        "reference",
        "state",
        "held_on",
        "place",
        "in_office",
        "quorum",
        "opened_at",
        "closed_at",
        "signed_document_id",
    )
    __table_args__ = (
        CheckConstraint("quorum BETWEEN 1 AND in_office", name="quorum"),
        CheckConstraint(
            "state NOT IN ('open', 'closed', 'signed') OR"
            " (quorum IS NOT NULL AND in_office IS NOT NULL AND opened_at IS NOT NULL)",
            name="opened_with_a_quorum",
        ),
        CheckConstraint(
            "state <> 'signed' OR signed_document_id IS NOT NULL", name="signed_with_the_paper"
        ),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[SessionState] = mapped_column(choice(SessionState))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    """Where, or by which means: a room, a video conference."""
    in_office: Mapped[int | None]
    """How many trustees there were when it was opened."""
    quorum: Mapped[int | None]
    """How many of them had to be present."""
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    signed_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    fund: Mapped[Fund] = relationship()
    signed_document: Mapped[Document | None] = relationship()
    items: Mapped[list["AgendaItem"]] = relationship(
        order_by="AgendaItem.id", back_populates="meeting"
    )


class AgendaItem(InUsd, Base):
    """One recommendation on the agenda of a session."""

    __tablename__ = "agenda_item"
    __bound__ = ("id", "meeting_id", "application_id", "amount_minor", "remarks", "put_off")
    __table_args__ = (
        UniqueConstraint("meeting_id", "application_id", name="uq_agenda_item_once"),
        CheckConstraint("amount_minor > 0", name="amount"),
    )

    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("board_session.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    amount_minor: Mapped[Minor]
    """USD cents that the Board is shown; set again when the session is opened."""
    remarks: Mapped[str] = mapped_column(Text, default="")
    """What the Board said, as the secretariat recorded it."""
    put_off: Mapped[str] = mapped_column(Text, default="")
    """Why the Board does not advise on it in this session; empty: it does."""
    meeting: Mapped[BoardSession] = relationship(back_populates="items")
    application: Mapped[Application] = relationship()
    votes: Mapped[list["Vote"]] = relationship(order_by="Vote.trustee_id")


class Seat(Base):
    """A trustee who was in office when a session was opened, and whether they attend."""

    __tablename__ = "board_seat"
    __personal__ = Personal.ABOUT.of("trustee_id")
    __bound__ = ("meeting_id", "trustee_id", "present")

    meeting_id: Mapped[int] = mapped_column(ForeignKey("board_session.id"), primary_key=True)
    trustee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    present: Mapped[bool]
    trustee: Mapped[Person] = relationship()


class Choice(Term):
    """How a trustee votes; RECUSED is noted when the session is closed, nobody chooses it."""

    FOR = "for", _l("For")
    AGAINST = "against", _l("Against")
    ABSTAIN = "abstain", _l("Abstain")
    RECUSED = "recused", _l("Recused")


BALLOT = (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN)
"""What can be voted."""


class Vote(Base):
    """How one trustee voted on one item."""

    __tablename__ = "board_vote"
    __personal__ = Personal.ABOUT.of("trustee_id")
    __bound__ = ("item_id", "trustee_id", "choice", "reason", "cast_at")
    __table_args__ = (
        CheckConstraint("choice <> 'against' OR length(reason) > 0", name="against_says_why"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), primary_key=True)
    trustee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    choice: Mapped[Choice] = mapped_column(choice(Choice))
    reason: Mapped[str] = mapped_column(Text, default="")
    cast_at: Mapped[datetime]
    trustee: Mapped[Person] = relationship()


class Leaning(Term):
    """What a trustee says before the session."""

    ENDORSE = "endorse", _l("Endorse")
    NOT_ENDORSE = "not_endorse", _l("Do not endorse")
    COMMENT = "comment", _l("Comment only")


class Opinion(Base):
    """What a trustee says of one application before the session."""

    __tablename__ = "board_opinion"
    __personal__ = Personal.ABOUT.of("trustee_id")
    __bound__ = ("application_id", "trustee_id", "leaning", "remarks", "given_at")
    __table_args__ = (
        CheckConstraint("leaning = 'endorse' OR length(remarks) > 0", name="says_why"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    trustee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    leaning: Mapped[Leaning] = mapped_column(choice(Leaning))
    remarks: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime]
    trustee: Mapped[Person] = relationship()
