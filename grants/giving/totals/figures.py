"""What a fund's contributions add up to in USD: for its public page, dashboard and funding gap."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    cast,
    extract,
    func,
    literal,
    null,
    select,
    union_all,
)
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
    by_year: Sequence[tuple[int, Money]] = ()
    """Received in each year that brought something, the oldest first."""
    others: Mapping[tuple[Figure, int], int] = field(default_factory=dict)
    """Other figures that were asked for, by year, in USD cents."""


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
    return _sums(session, {fund.id}, wanted, days)[0]


def _sums(
    session: Session,
    funds: Collection[int],
    wanted: Collection[Figure],
    days: Days,
    also: Any = None,
) -> tuple[Sums, int]:
    """The same, and the one amount that `also` asks for; all in one question, which finds what is
    stale, too.
    """
    of_fund = _read(FundFigure, days, FundFigure.fund_id.in_(funds), wanted)
    stale_ids = select(null(), StalePledge.pledge_id, literal(0)).distinct()
    amount = select(null(), null(), literal(0) if also is None else also.scalar_subquery())
    found, stale_now, more = Counter[tuple[Figure, int]](), [], 0
    for figure, number, cents in session.execute(union_all(of_fund, stale_ids, amount)):
        if figure is not None:
            found[figure, number] += int(cents)
        elif number is not None:
            stale_now.append(number)
        else:
            more = int(cents)
    if stale_now:
        found.update(_changed(session, funds, wanted, days, _measured(session, stale_now)))
    return {key: cents for key, cents in found.items() if cents}, more


def _changed(
    session: Session,
    funds: Collection[int],
    wanted: Collection[Figure],
    days: Days,
    stale: Mapping[int, Measured],
) -> Counter[tuple[Figure, int]]:
    """What the figures of stale pledges are now, less what is kept of them."""
    found = Counter[tuple[Figure, int]]()
    mine = PledgeFigure.pledge_id.in_(stale) & PledgeFigure.fund_id.in_(funds)
    for figure, year, cents in session.execute(_read(PledgeFigure, days, mine, wanted)):
        found[figure, year] -= int(cents)
    for one in stale.values():
        for (fund_id, figure, day), cents in one.lines.items():
            if fund_id in funds and figure in wanted and days.holds(day):
                found[figure, day.year] += cents
    return found


def _read(table: Any, days: Days, where: Any, wanted: Collection[Figure]) -> Any:
    year = cast(extract("year", table.on_day), Integer)
    query = select(table.figure, year, func.sum(table.amount)).where(
        where, table.figure.in_(wanted)
    )
    return days.of(query, table.on_day).group_by(table.figure, year)


def _stale(session: Session) -> Mapping[int, Measured]:
    """Pledges whose kept figures are out of date, with their figures as of now."""
    ids = session.scalars(select(StalePledge.pledge_id).distinct()).all()
    return _measured(session, ids) if ids else {}


def _measured(session: Session, ids: Sequence[int]) -> Mapping[int, Measured]:
    none = Measured(Counter(), None)
    return dict.fromkeys(ids, none) | measure(session, ids)


def fund_totals(
    session: Session,
    fund: Fund,
    since: date | None = None,
    until: date | None = None,
    also: Collection[Figure] = (),
) -> Totals:
    """What was pledged, signed and received, in all or over the days of a period; `also` names
    other figures that are wanted.
    """
    days = Days(since, until)
    wanted = (Figure.PLEDGED, Figure.SIGNED, Figure.RECEIVED, Figure.UNVALUED, *also)
    found, unidentified = _sums(session, {fund.id}, wanted, days, _unidentified(fund, days))
    of = Counter[Figure]()
    for (figure, _year), cents in found.items():
        of[figure] += cents
    return Totals(
        usd(of[Figure.PLEDGED]),
        usd(of[Figure.SIGNED]),
        usd(of[Figure.RECEIVED]),
        usd(unidentified),
        _without_rate(session, fund, days) if of[Figure.UNVALUED] else (),
        _received(found),
        {key: cents for key, cents in found.items() if key[0] in also},
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


def _unidentified(fund: Fund, days: Days) -> Any:
    """Waiting in suspense, by value date, in USD cents."""
    query = select(func.coalesce(func.sum(Deposit.usd_minor), 0)).where(
        Deposit.fund_id == fund.id, Deposit.pledge_id.is_(None), STANDS
    )
    return days.of(query, Deposit.value_on)


def received_by_year(session: Session, fund: Fund) -> list[tuple[int, Money]]:
    """What was received on pledges in each year that brought something, the oldest first."""
    return _received(sums(session, fund, (Figure.RECEIVED,), Days()))


def received_for_a_purpose(session: Session, fund: Fund, on: date | None = None) -> Money:
    """What was received on earmarked pledges, up to a day or in all."""
    return usd(sum(sums(session, fund, (Figure.EARMARKED,), Days(until=on)).values()))


def received_in_all(session: Session, funds: Collection[Fund]) -> Money:
    """What was received on pledges to these funds together."""
    numbers = {fund.id for fund in funds}
    return usd(sum(_sums(session, numbers, (Figure.RECEIVED,), Days())[0].values()))


def _received(found: Sums) -> list[tuple[int, Money]]:
    received = (year for figure, year in found if figure is Figure.RECEIVED)
    return [(year, usd(found[Figure.RECEIVED, year])) for year in sorted(received)]


@dataclass(frozen=True, slots=True)
class PublicDonor:
    """A donor as the public may see it; without a name, all who do not want to be named."""

    name: str | None
    kind: DonorKind | None
    country: str | None
    donors: int
    pledged: Money
    received: Money


def public_donors(
    session: Session, fund: Fund, most: int = 200, skip: int = 0
) -> list[PublicDonor]:
    """Who gives to a fund, in USD, the largest receipts first; by pledges the fund has taken up.
    `most` named ones, beginning after `skip`.

    A pledge whose donor does not want to be named counts in one line without a name, the last one,
    and never towards the donor's own line.
    """
    corrected = _corrections(session, fund)
    named = {
        donor_id: total
        for donor_id, total in _largest(session, fund, skip + most, corrected).items()
        if total[0]
    }
    order = sorted(named, key=lambda key: (-named[key][2], -named[key][1], key))[skip:][:most]
    who = select(Organisation.id, Organisation.name, Organisation.kind, Organisation.country)
    donors = {row.id: row for row in session.execute(who.where(Organisation.id.in_(order)))}
    lines = [
        PublicDonor(
            *(donors[key].name, donors[key].kind, donors[key].country, 1),
            *(usd(cents) for cents in named[key][1:]),
        )
        for key in order
    ]
    return lines + _unnamed(session, fund, corrected)


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
