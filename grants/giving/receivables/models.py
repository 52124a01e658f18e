"""A proposed allowance: what finance reckoned for a year's end, and what became of it."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.books.ledger.models import Entry
from grants.core.database.db import Base, Key, Minor, Versioned, choice
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.people.owned import OfFund
from grants.giving.receivables.workflow import AllowanceState


class AllowanceRun(OfFund, Versioned, Base):
    """The allowance for doubtful receivables at a year's end, from proposal to posting.

    What was reckoned stays as it was proposed, with the percentages of that day.
    """

    __tablename__ = "allowance_run"
    __bound__ = (
        "id",
        "fund_id",
        "as_of",
        "state",
        "percents",
        "lines",
        "receivable_minor",
        "allowance_minor",
        "change_minor",
        "entry_id",
    )
    __table_args__ = (
        CheckConstraint(
            "extract(month FROM as_of) = 12 AND extract(day FROM as_of) = 31", name="year_end"
        ),
        CheckConstraint(
            "state NOT IN ('posted', 'reversed') OR entry_id IS NOT NULL", name="posted_in_books"
        ),
        Index("ix_allowance_run_newest", "fund_id", "id"),
        Index(
            "uq_allowance_run_waiting",
            "fund_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    as_of: Mapped[date]
    """31 December: the day it is booked on."""
    state: Mapped[AllowanceState] = mapped_column(choice(AllowanceState))
    percents: Mapped[dict[str, str]]
    """Percent of each band of age, as the fund had set them."""
    lines: Mapped[list[dict[str, Any]]]
    """By pledge: {"subject", "pledge", "doubtful": "12.00 EUR"}, those with none left out."""
    receivable_minor: Mapped[Minor]
    """USD cents receivable at the end of the day."""
    allowance_minor: Mapped[Minor]
    """USD cents that the allowance is to be."""
    change_minor: Mapped[Minor]
    """USD cents more (or less) than the books held when it was proposed."""
    entry_id: Mapped[int | None] = mapped_column(ForeignKey(Entry.id), index=True)
    fund: Mapped[Fund] = relationship()
    entry: Mapped[Entry | None] = relationship()

    @property
    def receivable(self) -> Money:
        return usd(self.receivable_minor)

    @property
    def allowance(self) -> Money:
        return usd(self.allowance_minor)

    @property
    def change(self) -> Money:
        return usd(self.change_minor)
