"""What a fund needs against what it has: by the year in which it is needed, and by window.

`Gap.missing` is the only figure of what a fund lacks: pages, dashboard and letters all use it.

docs/decisions/outreach.md says what counts. In USD; pledges without a signed agreement belong
beside it and never count (the rule of OCHA's Financial Tracking Service).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, total, usd
from grants.fundraising.funding_gap.planned_uses import PlannedUses, asked_for, awards_to_pay
from grants.giving.contributions.figures import valued_pledges
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import due_dates, outstanding, received_on
from grants.giving.pledges.workflow import PledgeState


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
    def pledged(self) -> Money:
        return total(year.pledged for year in self.years)

    @property
    def missing(self) -> Money:
        """What lacks when all that is signed has come; never less than nothing."""
        return max(self.need - self.funds, usd(0))

    @property
    def carried(self) -> list[Money]:
        """The balance at the end of each year, with that of the years before."""
        return [usd(sum_) for sum_ in accumulate(year.balance.minor for year in self.years)]


def gap_of(session: Session, fund: Fund) -> Gap:
    """The fund's need and funds as of now."""
    today = clock.today()
    awards = awards_to_pay(session, fund, today.year)
    requested = asked_for(session, fund, today.year)
    to_award, to_decide = (_sums(lines) for lines in (awards, requested))
    signed = _by_year(session, _receivable(session, fund), today.year)
    pledged = _by_year(session, _promised(session, fund), today.year)
    known = {*to_award, *to_decide, *signed, *pledged, today.year}
    hand = _on_hand(session, fund)
    years = [
        Year(
            year,
            usd(to_award[year]),
            usd(to_decide[year]),
            hand if year == today.year else usd(0),
            usd(signed[year]),
            usd(pledged[year]),
        )
        for year in range(today.year, max(known) + 1)
    ]
    return Gap(today, years, _windows(awards, requested))


def _sums(lines: Iterable[PlannedUses]) -> Counter[int]:
    sums = Counter[int]()
    for line in lines:
        sums[line.year] += line.cents
    return sums


def missing(session: Session, fund: Fund) -> Money:
    """What the fund lacks: for letters."""
    return gap_of(session, fund).missing


def _windows(awards: Iterable[PlannedUses], requested: Iterable[PlannedUses]) -> list[Window]:
    sums: dict[str, list[int]] = {}
    for place, lines in enumerate((awards, requested)):
        for line in lines:
            sums.setdefault(line.window, [0, 0])[place] += line.cents
    return [Window(name, usd(sums[name][0]), usd(sums[name][1])) for name in sorted(sums)]


def _on_hand(session: Session, fund: Fund) -> Money:
    """Cash that awards may be paid of: without suspense and the operating reserve."""
    books = balances(session, fund)
    return books.available + books.commitments + books.reserved


def _receivable(session: Session, fund: Fund) -> Iterator[tuple[Pledge, int]]:
    """Signed pledges with the USD cents that the books still expect on each."""
    subject = func.concat("pledge:", Pledge.id)
    rows = session.execute(
        select(Pledge, func.sum(Posting.usd_minor))
        .join(Posting, Posting.subject == subject)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            Pledge.fund_id == fund.id,
            Entry.fund_id == fund.id,
            Posting.account == Account.CONTRIBUTIONS_RECEIVABLE,
        )
        .group_by(Pledge.id)
    )
    return ((pledge, int(cents)) for pledge, cents in rows if cents)


def _promised(session: Session, fund: Fund) -> Iterator[tuple[Pledge, int]]:
    """Standing pledges without an agreement, with the USD cents still to come on each."""
    valued = valued_pledges(Pledge.fund_id == fund.id, Pledge.state != PledgeState.SIGNED)
    query = select(Pledge, valued.c.cents).join(valued, valued.c.id == Pledge.id)
    rows = [(pledge, int(cents)) for pledge, cents in session.execute(query) if cents]
    came = received_on(session, [pledge for pledge, _cents in rows])
    for pledge, cents in rows:
        left = outstanding(pledge, came[pledge.id])
        yield pledge, cents * left.minor // pledge.standing.minor


def _by_year(session: Session, owed: Iterable[tuple[Pledge, int]], this_year: int) -> Counter[int]:
    """USD cents by the year in which they are due; late or undated ones are due now."""
    found, sums = list(owed), Counter[int]()
    dues = due_dates(session, [pledge for pledge, _cents in found])
    for pledge, cents in found:
        left = [due for due in dues[pledge.id] if not due.paid]
        if not left:
            sums[this_year] += cents
            continue
        parts = usd(cents).allocate([due.left.minor for due in left])
        for due, part in zip(left, parts, strict=True):
            sums[max(due.due_on.year, this_year)] += part.minor
    return sums
