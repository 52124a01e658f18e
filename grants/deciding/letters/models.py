"""What letters say in the fund's words: how all of a kind begin and end, and one by one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.applications.models import Application
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.core.people.viewer import Scope


class LetterKind(Term):
    """Which letter it was sent with."""

    AWARD = "award", _l("Award letter")
    REGRET = "regret", _l("Letter of regret")
    RESERVE = "reserve", _l("Letter about the reserve list")


class Letter(Term):
    """A letter that tells an applicant the outcome."""

    AWARD = "award", _l("Award letter")
    RESERVE = "reserve", _l("Letter about the reserve list")
    REGRET = "regret", _l("Letter of regret")
    INELIGIBLE = "ineligible", _l("Letter on an application that is not eligible")
    NOT_INVITED = "not_invited", _l("Letter on a concept note that goes no further")


class LetterText(OfFund, Base):
    """How a fund begins and ends one of these letters in a language, from a moment on: a letter
    keeps the words of the moment of its decision. It never changes: other words are another row.
    """

    __tablename__ = "letter_text"
    __personal__ = Personal.ACTED.of("written_by_id")
    __bound__ = (
        "id",
        "fund_id",
        "letter",
        "language",
        "opening",
        "closing",
        "written_at",
        "written_by_id",
    )
    __table_args__ = (Index("ix_letter_text_fund", "fund_id", "letter", "language", "id"),)

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    letter: Mapped[Letter] = mapped_column(choice(Letter))
    language: Mapped[str] = mapped_column(String(8))
    opening: Mapped[str] = mapped_column(Text)
    """Before the facts and the reasons; empty for the standard words."""
    closing: Mapped[str] = mapped_column(Text)
    """After them; empty for the standard words."""
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class OutcomeLetter(Versioned, Base):
    """What a letter says in the fund's own words. A draft until the letter is sent: from then on it
    never changes. An application has one draft at most.
    """

    __tablename__ = "outcome_letter"
    __personal__ = Personal.ACTED.of("written_by_id")
    __bound__ = (
        "id",
        "application_id",
        "kind",
        "paragraph",
        "feedback",
        "sent_at",
        "written_by_id",
    )
    __bound_from__ = "sent_at"
    __table_args__ = (
        CheckConstraint("(sent_at IS NULL) = (kind IS NULL)", name="sent_as_a_kind"),
        CheckConstraint(
            "sent_at IS NOT NULL OR written_by_id IS NOT NULL", name="draft_has_an_author"
        ),
        Index("ix_outcome_letter_application", "application_id", "id"),
        Index(
            "uq_outcome_letter_draft",
            "application_id",
            unique=True,
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[LetterKind | None] = mapped_column(choice(LetterKind))
    paragraph: Mapped[str] = mapped_column(Text, default="")
    feedback: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Criterion key → what the applicant is told about it; without those that say nothing."""
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Nobody, where a letter was sent without any words of the secretariat."""
    sent_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship()
    written_by: Mapped[Person | None] = relationship()

    @property
    def scope(self) -> Scope:
        return self.application.scope

    @property
    def says_something(self) -> bool:
        return bool(self.paragraph or self.feedback)
