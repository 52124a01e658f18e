"""What grants took of earmarked contributions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.books.ledger.models import Entry
from grants.core.database.db import Base, Key, Minor, choice
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Term
from grants.deciding.awards.models import Award
from grants.giving.pledges.models import Pledge


class Stage(Term):
    """How far a grant is that takes from an earmarked contribution."""

    RESERVED = "reserved", _l("Reserved")
    """The award is approved."""
    SET_APART = "set_apart", _l("Set apart")
    """The agreement is signed."""
    SPENT = "spent", _l("Spent")
    """The instalment is paid."""


class EarmarkMovement(Base):
    """Money of one earmarked contribution that one grant took, or gave back. Append-only: what a
    grant has of a contribution at a stage is the sum of its movements.
    """

    __tablename__ = "earmark_movement"
    __bound__ = (
        "id",
        "pledge_id",
        "award_id",
        "stage",
        "usd_minor",
        "booked_on",
        "entry_id",
    )
    __table_args__ = (
        CheckConstraint("usd_minor <> 0", name="amount"),
        Index("ix_earmark_movement_pledge", "pledge_id", "booked_on"),
        Index("ix_earmark_movement_award", "award_id", "id"),
        Index(
            "ix_earmark_movement_entry_id",
            "entry_id",
            postgresql_where=text("entry_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    pledge_id: Mapped[int] = mapped_column(ForeignKey(Pledge.id))
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    stage: Mapped[Stage] = mapped_column(choice(Stage, "earmark_stage"))
    usd_minor: Mapped[Minor]
    """US cents, support cost included; less than 0 where the grant gave back."""
    booked_on: Mapped[date]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey(Entry.id))
    """The entry of the ledger that it follows; None where no money moved in the ledger."""
    pledge: Mapped[Pledge] = relationship()
    award: Mapped[Award] = relationship()

    @property
    def amount(self) -> Money:
        return usd(self.usd_minor)


class EarmarkChoice(Base):
    """A person chose the contribution that a grant takes from first. Append-only; the newest of a
    grant counts.
    """

    __tablename__ = "earmark_choice"
    __bound__ = ("id", "award_id", "pledge_id", "reason", "chosen_at")
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_earmark_choice_award", "award_id", "id"),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    pledge_id: Mapped[int] = mapped_column(ForeignKey(Pledge.id))
    reason: Mapped[str] = mapped_column(Text)
    chosen_at: Mapped[datetime]
