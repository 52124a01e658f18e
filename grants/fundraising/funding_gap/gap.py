"""What a fund needs against what it has: by the year in which it is needed, and by window.

`Gap.missing` is the only figure of what a fund lacks: pages, dashboard and letters all use it.

docs/decisions/outreach.md says what counts. In USD; pledges without a signed agreement belong
beside it and never count (the rule of OCHA's Financial Tracking Service).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.books.ledger.queries import Balances, balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock, taxonomies
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.fundraising.funding_gap.planned_uses import Planned, PlannedUses, planned
from grants.giving.totals.figures import Days, Figure, Sums, sums

TO_COME = (Figure.RECEIVABLE, Figure.PROMISED)
"""Figures of what donors still are to pay."""


@dataclass(frozen=True, slots=True)
class Year:
    """Need and funds of one year. What is left over, or lacks, goes on into the next one."""

    year: int
    awards: Money
    """Approved awards that are still to be paid, with their PSC."""
    requested: Money
    """Eligible applications without an award, with the PSC an award of them would carry."""
    on_hand: Money
    """Money in the bank that may be spent on grants; all of it in the first year."""
    receivable: Money
    """Due from donors by signed agreements."""
    pledged: Money
    """Promised without a signed agreement: shown, not counted."""

    @property
    def need(self) -> Money:
        return self.awards + self.requested

    @property
    def funds(self) -> Money:
        return self.on_hand + self.receivable

    @property
    def balance(self) -> Money:
        """Funds less need of this year alone."""
        return self.funds - self.need


@dataclass(frozen=True, slots=True)
class Window:
    """The need of one window of the fund's cycle. Funds are not bound to windows."""

    window: str
    """Empty for grants from before this system."""
    awards: Money
    requested: Money

    @property
    def name(self) -> str:
        """The name of the window, as people read it."""
        return str(taxonomies.Window.of(self.window).label) if self.window else _("Earlier grants")

    @property
    def need(self) -> Money:
        return self.awards + self.requested


@dataclass(frozen=True, slots=True)
class Gap:
    """The state of a fund on a day: each year from this one on, and each window."""

    on: date
    years: Sequence[Year]
    windows: Sequence[Window]

    @property
    def awards(self) -> Money:
        return total(year.awards for year in self.years)

    @property
    def requested(self) -> Money:
        return total(year.requested for year in self.years)

    @property
    def need(self) -> Money:
        return self.awards + self.requested

    @property
    def funds(self) -> Money:
        return total(year.funds for year in self.years)

    @property
    def on_hand(self) -> Money:
        """Money in the bank that may be spent on grants."""
        return total(year.on_hand for year in self.years)

    @property
    def pledged(self) -> Money:
        return total(year.pledged for year in self.years)

    @property
    def missing(self) -> Money:
        """What lacks when all that is signed has come; never less than nothing."""
        return max(self.need - self.funds, usd(0))

    @property
    def met(self) -> Money:
        """What of the requested sums the funds reach, once all awards are paid."""
        return max(min(self.requested, self.funds - self.awards), usd(0))

    @property
    def carried(self) -> list[Money]:
        """The balance at the end of each year, with that of the years before."""
        return [usd(sum_) for sum_ in accumulate(year.balance.minor for year in self.years)]


def gap_of(
    session: Session,
    fund: Fund,
    books: Balances | None = None,
    to_come: Sums | None = None,
    uses: Planned | None = None,
) -> Gap:
    """The fund's need and funds as of now; `books` are its balances, `to_come` the figures TO_COME
    and `uses` what it plans to use, where they are known.
    """
    today = clock.today()
    uses = uses or planned(session, fund, today.year)
    to_award, to_decide = _sums_by_year(uses.awards), _sums_by_year(uses.requested)
    if to_come is None:
        to_come = sums(session, fund, TO_COME, Days())
    signed = _by_year(to_come, Figure.RECEIVABLE, today.year)
    pledged = _by_year(to_come, Figure.PROMISED, today.year)
    due_years = {*to_award, *to_decide, *signed, *pledged, today.year}
    hand = cash_for_grants(books or balances(session, fund))
    years = [
        Year(
            year,
            usd(to_award[year]),
            usd(to_decide[year]),
            hand if year == today.year else usd(0),
            usd(signed[year]),
            usd(pledged[year]),
        )
        for year in range(today.year, max(due_years) + 1)
    ]
    return Gap(today, years, _windows_of(uses.awards, uses.requested))


def _sums_by_year(lines: Iterable[PlannedUses]) -> Counter[int]:
    sums = Counter[int]()
    for line in lines:
        sums[line.year] += line.cents
    return sums


def missing(session: Session, fund: Fund) -> Money:
    """What the fund lacks: for letters."""
    return gap_of(session, fund).missing


def _windows_of(awards: Iterable[PlannedUses], requested: Iterable[PlannedUses]) -> list[Window]:
    sums: dict[str, list[int]] = {}
    for place, lines in enumerate((awards, requested)):
        for line in lines:
            sums.setdefault(line.window, [0, 0])[place] += line.cents
    return [Window(name, usd(sums[name][0]), usd(sums[name][1])) for name in sorted(sums)]


def cash_for_grants(books: Balances) -> Money:
    """Cash that awards may be paid of: without suspense and the operating reserve."""
    return books.available + books.commitments + books.reserved


def _by_year(figures: Sums, figure: Figure, this_year: int) -> Counter[int]:
    """USD cents by the year in which they are due; late or undated ones are due now."""
    due = Counter[int]()
    for (of, year), cents in figures.items():
        if of is figure:
            due[max(year, this_year)] += cents
    return due


def set_aside(session: Session, fund: Fund) -> Money:
    """What the calls that take applications now may award in all, USD."""
    now = clock.now()
    envelopes = select(func.coalesce(func.sum(Call.envelope_minor), 0)).where(
        Call.fund_id == fund.id,
        Call.is_open,
        Call.opens_at <= now,
        Call.deadline_at > now,
    )
    return usd(int(session.scalar(envelopes) or 0))
