"""A round of thanks, with what the fund did; and the letter of each person thanked."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, Texts
from grants.core.database.personal import Personal
from grants.core.database.seals import token
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation, Person
from grants.core.people.owned import OfFund
from grants.core.people.viewer import Scope

PAGE = "page of thanks"
"""Purpose of the token in the address of the page of a letter."""


class ThanksRound(OfFund, Base):
    """One time at which a fund tells its donors what it did. Its facts stay as they were told."""

    __tablename__ = "thanks_round"
    __personal__ = Personal.ACTED.of("begun_by_id")
    __bound__ = ("id", "fund_id", "code", "facts", "words", "begun_by_id", "begun_at")

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """As UNVTF-T-2026-01."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The public figures of a year, as grants.fundraising.thanks.facts writes them."""
    words: Mapped[Texts]
    """What the fund says besides, by language; may be empty."""
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()
    begun_by: Mapped[Person | None] = relationship()

    @property
    def reference(self) -> str:
        """What pages call it."""
        return self.code


class ThanksLetter(Base):
    """One person who is thanked for a donor: once in a round at each address."""

    __tablename__ = "thanks_letter"
    __personal__ = Personal.CONTACT.of("name", "email")
    __unbound__ = Unbound.MADE_OF_IT
    __table_args__ = (
        UniqueConstraint("round_id", "email"),
        Index("ix_thanks_letter_to_send", "id", postgresql_where=text("sent_at IS NULL")),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(ForeignKey("thanks_round.id"))
    donor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    """In small letters."""
    language: Mapped[str] = mapped_column(String(10))
    pooled: Mapped[bool]
    """Did the donor give anything that was not earmarked?"""
    earmarked: Mapped[list[int]] = mapped_column(JSONB)
    """The pledges of the donor that were earmarked, by their numbers in the database."""
    sent_at: Mapped[datetime | None]
    """By e-mail; by post where e-mails to the address are returned."""
    round: Mapped[ThanksRound] = relationship()
    donor: Mapped[Organisation] = relationship()

    @property
    def scope(self) -> Scope:
        return self.round.scope

    @property
    def token(self) -> str:
        """What the address of the page carries: it may be passed on."""
        return token(PAGE, str(self.id))

    @property
    def path(self) -> str:
        return f"/thank-you/{self.token}"
