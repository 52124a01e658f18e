"""What a fund's contributions add up to in USD: for its public page, dashboard and funding gap."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.books.ledger.models import ExchangeRate
from grants.core.funds.models import Fund
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import STANDING
from grants.giving.totals.measure import Measured, Share, measure
from grants.giving.totals.models import (
    DonorTotal,
    Figure,
    FundFigure,
    PledgeFigure,
    PledgeShare,
    StalePledge,
)


@dataclass(frozen=True, slots=True)
class Totals:
    """A fund's contributions in USD. Pledged and signed at the rate of the day they were pledged,
    for information: the books know agreements at the rate of their signature. Received at the
    rate of each deposit's day, bank fees included.
    """

    pledged: Money
    """Confirmed and not taken back, signed or not; less what changes took away since."""
    signed: Money
    received: Money
    unidentified: Money
    unvalued: tuple[Money, ...] = ()
    """Pledged in currencies that have no rate at all, so in no sum."""


@dataclass(frozen=True, slots=True)
class Days:
    """A period; open on a side without a day."""

    since: date | None = None
    until: date | None = None

    def of(self, query: Any, column: InstrumentedAttribute[date]) -> Any:
        if self.since:
            query = query.where(column >= self.since)
        return query.where(column <= self.until) if self.until else query

    def holds(self, day: date) -> bool:
        return (not self.since or day >= self.since) and (not self.until or day <= self.until)


Sums = Mapping[tuple[Figure, int], int]
"""(figure, year) → USD cents."""


def sums(session: Session, fund: Fund, wanted: Collection[Figure], days: Days) -> Sums:
    """Figures of a fund over a period, by year: as kept, and what is stale worked out now."""
    stale = _stale(session)
    found = Counter(_read(session, FundFigure, days, FundFigure.fund_id == fund.id, wanted))
    if stale:
        mine = PledgeFigure.pledge_id.in_(stale) & (PledgeFigure.fund_id == fund.id)
        found.subtract(_read(session, PledgeFigure, days, mine, wanted))
        for one in stale.values():
            for (fund_id, figure, day), cents in one.lines.items():
                if fund_id == fund.id and figure in wanted and days.holds(day):
                    found[figure, day.year] += cents
    return {key: cents for key, cents in found.items() if cents}


def _read(
    session: Session, table: Any, days: Days, where: Any, wanted: Collection[Figure]
) -> dict[tuple[Figure, int], int]:
    year = cast(extract("year", table.on_day), Integer)
    query = select(table.figure, year, func.sum(table.amount)).where(
        where, table.figure.in_(wanted)
    )
    rows = session.execute(days.of(query, table.on_day).group_by(table.figure, year))
    return {(figure, int(of)): int(cents) for figure, of, cents in rows}


def _stale(session: Session) -> Mapping[int, Measured]:
    """Pledges whose kept figures are out of date, with their figures as of now."""
    ids = session.scalars(select(StalePledge.pledge_id).distinct()).all()
    if not ids:
        return {}
    none = Measured(Counter(), None)
    return dict.fromkeys(ids, none) | measure(session, ids)


def fund_totals(
    session: Session, fund: Fund, since: date | None = None, until: date | None = None
) -> Totals:
    """What was pledged, signed and received, in all or over the days of a period."""
    days = Days(since, until)
    wanted = (Figure.PLEDGED, Figure.SIGNED, Figure.RECEIVED, Figure.UNVALUED)
    of = Counter[Figure]()
    for (figure, _year), cents in sums(session, fund, wanted, days).items():
        of[figure] += cents
    return Totals(
        usd(of[Figure.PLEDGED]),
        usd(of[Figure.SIGNED]),
        usd(of[Figure.RECEIVED]),
        _unidentified(session, fund, days),
        _without_rate(session, fund, days) if of[Figure.UNVALUED] else (),
    )


def _without_rate(session: Session, fund: Fund, days: Days) -> tuple[Money, ...]:
    query = select(Pledge.currency, func.sum(Pledge.amount_minor - Pledge.given_up_minor)).where(
        Pledge.fund_id == fund.id, Pledge.state.in_(STANDING), ~_has_a_rate()
    )
    rows = session.execute(
        days.of(query, Pledge.pledged_on).group_by(Pledge.currency).order_by(Pledge.currency)
    )
    return tuple(Money(int(minor), currency) for currency, minor in rows)


def _has_a_rate() -> ColumnElement[bool]:
    known = select(ExchangeRate.currency)
    return (Pledge.currency == FUNCTIONAL_CURRENCY) | Pledge.currency.in_(known)


def _unidentified(session: Session, fund: Fund, days: Days) -> Money:
    """Waiting in suspense, by value date."""
    query = select(func.coalesce(func.sum(Deposit.usd_minor), 0)).where(
        Deposit.fund_id == fund.id, Deposit.pledge_id.is_(None), STANDS
    )
    return usd(int(session.scalar(days.of(query, Deposit.value_on)) or 0))


def received_by_year(session: Session, fund: Fund) -> list[tuple[int, Money]]:
    """What was received on pledges in each year that brought something, the oldest first."""
    found = sums(session, fund, (Figure.RECEIVED,), Days())
    return sorted((year, usd(cents)) for (_figure, year), cents in found.items())


@dataclass(frozen=True, slots=True)
class PublicDonor:
    """A donor as the public may see it; without a name, all who do not want to be named."""

    name: str | None
    kind: DonorKind | None
    country: str | None
    donors: int
    pledged: Money
    received: Money


def public_donors(session: Session, fund: Fund, most: int = 200) -> list[PublicDonor]:
    """Who gives to a fund, in USD, the largest receipts first; by pledges the fund has taken up.

    A pledge whose donor does not want to be named counts in one line without a name, and never
    towards the donor's own line.
    """
    corrected = _corrections(session, fund)
    named = {
        donor_id: total
        for donor_id, total in _largest(session, fund, most, corrected).items()
        if total[0]
    }
    order = sorted(named, key=lambda key: (-named[key][2], -named[key][1], key))[:most]
    donors = {
        one.id: one
        for one in session.scalars(select(Organisation).where(Organisation.id.in_(order)))
    }
    lines = [
        PublicDonor(
            *(donors[key].name, donors[key].kind, donors[key].country, 1),
            *(usd(cents) for cents in named[key][1:]),
        )
        for key in order
    ]
    return (lines + _unnamed(session, fund, corrected))[:most]


Total = tuple[int, int, int]
"""Pledges, and USD cents pledged and received."""
Corrections = Mapping[tuple[int, bool], Total]
"""(donor, named) → what is to be added to the kept total."""


def _plus(one: Total, other: Total) -> Total:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _corrections(session: Session, fund: Fund) -> Corrections:
    stale = _stale(session)
    found: dict[tuple[int, bool], Total] = defaultdict(lambda: (0, 0, 0))
    if not stale:
        return found
    kept = session.execute(
        select(
            *(PledgeShare.donor_id, PledgeShare.named),
            *(PledgeShare.pledged_minor, PledgeShare.received_minor),
        ).where(PledgeShare.pledge_id.in_(stale), PledgeShare.fund_id == fund.id)
    )
    for donor_id, named, pledged, received in kept:
        found[donor_id, named] = _plus(found[donor_id, named], (-1, -pledged, -received))
    for share in _shares(stale, fund):
        key = share.donor_id, share.named
        found[key] = _plus(found[key], (1, share.pledged, share.received))
    return found


def _shares(stale: Mapping[int, Measured], fund: Fund) -> Iterator[Share]:
    return (one.share for one in stale.values() if one.share and one.share.fund_id == fund.id)


def _largest(session: Session, fund: Fund, most: int, corrected: Corrections) -> dict[int, Total]:
    """The named donors that may be among the largest, corrected."""
    changed = [donor_id for donor_id, named in corrected if named]
    mine = _totals(fund, named=True)
    first = mine.order_by(
        DonorTotal.received_minor.desc(), DonorTotal.pledged_minor.desc(), DonorTotal.donor_id
    ).limit(most + len(changed))
    rows = list(session.execute(first))
    if changed:
        rows += session.execute(mine.where(DonorTotal.donor_id.in_(changed)))
    found = {row[0]: (row[1], row[2], row[3]) for row in rows}
    for donor_id in changed:
        kept = found.get(donor_id, (0, 0, 0))
        found[donor_id] = _plus(kept, corrected[donor_id, True])
    return found


def _totals(fund: Fund, *, named: bool) -> Any:
    return select(
        *(DonorTotal.donor_id, DonorTotal.pledges),
        *(DonorTotal.pledged_minor, DonorTotal.received_minor),
    ).where(DonorTotal.fund_id == fund.id, DonorTotal.named.is_(named), DonorTotal.pledges > 0)


def _unnamed(session: Session, fund: Fund, corrected: Corrections) -> list[PublicDonor]:
    """The line of all who do not want to be named, if there are any."""
    changed = {donor_id: total for (donor_id, named), total in corrected.items() if not named}
    hidden = _totals(fund, named=False).subquery()
    rest = select(
        func.count(), *(func.coalesce(func.sum(hidden.c[place]), 0) for place in (2, 3))
    ).where(hidden.c[0].not_in(changed))
    donors, pledged, received = (int(part) for part in session.execute(rest).one())
    if changed:
        mine = _totals(fund, named=False).where(DonorTotal.donor_id.in_(changed))
        kept: dict[int, Total] = {row[0]: (row[1], row[2], row[3]) for row in session.execute(mine)}
        for donor_id, more in changed.items():
            total = _plus(kept.get(donor_id, (0, 0, 0)), more)
            donors += bool(total[0])
            pledged, received = pledged + total[1], received + total[2]
    if not donors:
        return []
    return [PublicDonor(None, None, None, donors, usd(pledged), usd(received))]
