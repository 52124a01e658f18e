"""What a fund's contributions add up to in USD: for its public page, dashboard and funding gap."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.books.ledger.models import ExchangeRate
from grants.core.funds.models import Fund
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.contributions.figures import taken_up, valued_pledges
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import STANDING, PledgeState
from grants.giving.totals.to_come import promised_by_year, receivable_by_year


class Figure(StrEnum):
    """What a sum is of, in USD cents."""

    PLEDGED = "pledged"
    """In force, at the rate of the day of the pledge; by that day."""
    SIGNED = "signed"
    """The same, of pledges with a signed agreement."""
    RECEIVED = "received"
    """Deposits that stand, bank fees included; by value date."""
    RECEIVABLE = "receivable"
    """What the books expect on signed pledges, by the year in which it is due."""
    PROMISED = "promised"
    """What is to come on pledges without an agreement, likewise."""


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


Sums = Mapping[tuple[Figure, int], int]
"""(figure, year) → USD cents."""


def sums(session: Session, fund: Fund, figures: Collection[Figure], days: Days) -> Sums:
    """Figures of a fund over a period, by year."""
    by_year: dict[Figure, Mapping[int, int]] = {}
    if {Figure.PLEDGED, Figure.SIGNED} & {*figures}:
        by_year |= _pledged_by_year(session, fund, days)
    if Figure.RECEIVED in figures:
        by_year[Figure.RECEIVED] = _received_by_year(session, [fund.id], days)
    if Figure.RECEIVABLE in figures:
        by_year[Figure.RECEIVABLE] = receivable_by_year(session, fund)
    if Figure.PROMISED in figures:
        by_year[Figure.PROMISED] = promised_by_year(session, fund)
    return {
        (figure, year): cents
        for figure in figures
        for year, cents in by_year[figure].items()
        if cents
    }


def _pledged_by_year(session: Session, fund: Fund, days: Days) -> dict[Figure, Mapping[int, int]]:
    query = days.of(_PLEDGED, Pledge.pledged_on)
    rows = session.execute(query, {"fund_id": fund.id}).all()
    return {
        Figure.PLEDGED: {year: int(cents or 0) for year, cents, _signed in rows},
        Figure.SIGNED: {year: int(cents or 0) for year, _pledged, cents in rows},
    }


def _received_by_year(session: Session, funds: Collection[int], days: Days) -> Mapping[int, int]:
    """What came on pledges to these funds together."""
    year, cents = _year_of(Deposit.value_on), func.sum(Deposit.usd_minor)
    query = (
        select(year, cents)
        .join(Pledge, Pledge.id == Deposit.pledge_id)
        .where(Pledge.fund_id.in_(funds), STANDS)
        .group_by(year)
    )
    rows = session.execute(days.of(query, Deposit.value_on)).all()
    return {of: int(received) for of, received in rows}


def _year_of(day: InstrumentedAttribute[date]) -> ColumnElement[int]:
    return cast(extract("year", day), Integer)


_VALUED = valued_pledges(Pledge.fund_id == bindparam("fund_id", type_=BigInteger))
_SIGNED = func.sum(_VALUED.c.cents).filter(_VALUED.c.state == PledgeState.SIGNED)
_PLEDGED = (
    select(_year_of(Pledge.pledged_on), func.sum(_VALUED.c.cents), _SIGNED)
    .join(_VALUED, _VALUED.c.id == Pledge.id)
    .group_by(_year_of(Pledge.pledged_on))
)


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
    figures = (Figure.PLEDGED, Figure.SIGNED, Figure.RECEIVED)
    by_year = sums(session, fund, {*figures, *also}, days)
    of = Counter[Figure]()
    for (figure, _year), cents in by_year.items():
        of[figure] += cents
    return Totals(
        usd(of[Figure.PLEDGED]),
        usd(of[Figure.SIGNED]),
        usd(of[Figure.RECEIVED]),
        _unidentified_money(session, fund, days),
        _without_rate(session, fund, days),
        _received_years(by_year),
        {key: cents for key, cents in by_year.items() if key[0] in also},
    )


def _without_rate(session: Session, fund: Fund, days: Days) -> tuple[Money, ...]:
    query = select(Pledge.currency, func.sum(Pledge.amount_minor - Pledge.given_up_minor)).where(
        Pledge.fund_id == fund.id,
        Pledge.state.in_(STANDING),
        Pledge.currency != FUNCTIONAL_CURRENCY,
        Pledge.currency.not_in(select(ExchangeRate.currency)),
    )
    rows = session.execute(
        days.of(query, Pledge.pledged_on).group_by(Pledge.currency).order_by(Pledge.currency)
    )
    return tuple(Money(int(minor), currency) for currency, minor in rows)


def _unidentified_money(session: Session, fund: Fund, days: Days) -> Money:
    """Waiting in suspense, by value date."""
    query = select(func.coalesce(func.sum(Deposit.usd_minor), 0)).where(
        Deposit.fund_id == fund.id, Deposit.pledge_id.is_(None), STANDS
    )
    return usd(int(session.scalar(days.of(query, Deposit.value_on))))


def received_by_year(session: Session, fund: Fund) -> list[tuple[int, Money]]:
    """What was received on pledges in each year that brought something, the oldest first."""
    return _received_years(sums(session, fund, (Figure.RECEIVED,), Days()))


def received_in_all(session: Session, funds: Collection[Fund]) -> Money:
    """What was received on pledges to these funds together."""
    by_year = _received_by_year(session, [fund.id for fund in funds], Days())
    return usd(sum(by_year.values()))


def _received_years(by_year: Sums) -> list[tuple[int, Money]]:
    years = sorted(year for figure, year in by_year if figure is Figure.RECEIVED)
    return [(year, usd(by_year[Figure.RECEIVED, year])) for year in years]


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
    donors: dict[bool, list[Any]] = {True: [], False: []}
    for is_named, *line in session.execute(_by_donor(fund)):
        donors[is_named].append(line)
    lines = [
        PublicDonor(name, kind, country, 1, usd(int(pledged)), usd(int(received)))
        for name, kind, country, pledged, received in donors[True][skip:][:most]
    ]
    if unnamed := donors[False]:
        sums_of = (usd(sum(int(line[place]) for line in unnamed)) for place in (-2, -1))
        lines.append(PublicDonor(None, None, None, len(unnamed), *sums_of))
    return lines


def _by_donor(fund: Fund) -> Any:
    """What each donor gave under its name or without, the largest receipts first."""
    share = _pledge_shares(fund).subquery().c
    pledged, received = func.sum(share.pledged), func.sum(share.received)
    return (
        select(share.named, Organisation.name, Organisation.kind, Organisation.country)
        .add_columns(pledged, received)
        .join(Organisation, Organisation.id == share.donor_id)
        .group_by(share.named, Organisation.id)
        .order_by(received.desc(), pledged.desc(), Organisation.id)
    )


def _pledge_shares(fund: Fund) -> Any:
    """What each pledge that the fund has taken up adds to the line of its donor, in USD cents; and
    whether the public may see the donor's name beside it.
    """
    valued = valued_pledges(Pledge.fund_id == fund.id)
    came = (
        select(Deposit.pledge_id, func.sum(Deposit.usd_minor).label("cents"))
        .where(Deposit.pledge_id.is_not(None), STANDS)
        .group_by(Deposit.pledge_id)
        .subquery()
    )
    return (
        select(
            Pledge.donor_id,
            (Pledge.public_name & Organisation.public_name).label("named"),
            func.coalesce(valued.c.cents, 0).label("pledged"),
            func.coalesce(came.c.cents, 0).label("received"),
        )
        .join(valued, valued.c.id == Pledge.id)
        .join(Organisation, Organisation.id == Pledge.donor_id)
        .outerjoin(came, came.c.pledge_id == Pledge.id)
        .where(taken_up())
    )
