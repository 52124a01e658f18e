"""Figures that are kept, so that a page costs the same after a million pledges.

Triggers name each pledge of which something has changed (`pledge_stale`); as the transaction
commits, its figures are worked out again (`keeping`). Readers work out for themselves what is
still named, so a figure is right whatever wrote to the database. `flask ledger verify` compares
all of it with the records.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.funds.models import Fund
from grants.core.kernel.bound import Unbound
from grants.core.kernel.db import Base, Currency, Key, Minor, choice
from grants.core.people.models import Organisation


class Figure(StrEnum):
    """What a sum is of. All in USD cents, but the last."""

    PLEDGED = "pledged"
    """In force, at the rate of the day of the pledge; by that day."""
    SIGNED = "signed"
    """The same, of pledges with a signed agreement."""
    RECEIVED = "received"
    """Deposits that stand, bank fees included; by value date."""
    RECEIVABLE = "receivable"
    """What the books expect on signed pledges; by the first day of the year in which it is due."""
    PROMISED = "promised"
    """What is to come on pledges without an agreement; by year, as above."""
    EARMARKED = "earmarked"
    """What of `received` came on pledges that are earmarked, however narrowly."""
    UNVALUED = "unvalued"
    """How many pledges have no value in USD, for want of a rate; by the day of the pledge."""


AT_ONCE = date(1, 1, 1)
"""The year of what is due without a date."""


class StalePledge(Base):
    """A pledge whose figures are to be worked out again. Written by triggers alone."""

    __tablename__ = "pledge_stale"
    __unbound__ = Unbound.FIGURE

    id: Mapped[Key]
    pledge_id: Mapped[int] = mapped_column(BigInteger)
    written_in: Mapped[int] = mapped_column(BigInteger, server_default=text("txid_current()"))


class PledgeFigure(Base):
    """What one pledge adds to one figure on one day."""

    __tablename__ = "pledge_figure"
    __unbound__ = Unbound.FIGURE

    pledge_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    figure: Mapped[Figure] = mapped_column(choice(Figure, "pledge_figure"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    amount: Mapped[Minor]


class PledgeOwed(Base):
    """What may come at once on an open pledge, all of it or one payment, each with every day on
    which a payment is due. By it a line of the bank finds its pledge among all of them.
    """

    __tablename__ = "pledge_owed"
    __unbound__ = Unbound.FIGURE
    __table_args__ = (
        Index("ix_pledge_owed_amount", "fund_id", "currency", "minor", "pledge_id"),
        Index(
            "ix_pledge_owed_donor",
            "donor_id",
            "pledge_id",
            postgresql_include=["fund_id", "currency", "minor", "due_on"],
        ),
        Index("ix_pledge_owed_due", "fund_id", "currency", "minor", "due_on", "pledge_id"),
        Index("ix_pledge_owed_pledge", "pledge_id"),
    )

    id: Mapped[Key]
    pledge_id: Mapped[int] = mapped_column(BigInteger)
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    donor_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id))
    currency: Mapped[Currency]
    minor: Mapped[Minor]
    due_on: Mapped[date | None]


class FundFigure(Base):
    """A fund's figure on a day is the sum of its rows, so that no writer waits for another. A job
    adds them up from time to time.
    """

    __tablename__ = "fund_figure"
    __unbound__ = Unbound.FIGURE
    __table_args__ = (
        Index(
            "ix_fund_figure_day",
            "fund_id",
            "figure",
            "on_day",
            postgresql_include=["amount"],
        ),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    figure: Mapped[Figure] = mapped_column(choice(Figure, "fund_figure"))
    on_day: Mapped[date]
    amount: Mapped[Minor]


class PledgeShare(Base):
    """What a pledge that the fund has taken up adds to the public line of its donor."""

    __tablename__ = "pledge_share"
    __unbound__ = Unbound.FIGURE

    pledge_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    donor_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    named: Mapped[bool]
    """May the public see the donor's name beside it?"""
    pledged_minor: Mapped[Minor]
    received_minor: Mapped[Minor]


class DonorTotal(Base):
    """What a donor gave to a fund, in USD cents: under its name, or without."""

    __tablename__ = "donor_total"
    __unbound__ = Unbound.FIGURE
    __table_args__ = (
        Index(
            "ix_donor_total_largest",
            "fund_id",
            "named",
            text("received_minor DESC"),
            text("pledged_minor DESC"),
            "donor_id",
        ),
    )

    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), primary_key=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), primary_key=True)
    named: Mapped[bool] = mapped_column(primary_key=True)
    pledges: Mapped[int]
    pledged_minor: Mapped[Minor]
    received_minor: Mapped[Minor]
