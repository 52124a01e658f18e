"""What a fund's contributions add up to in USD: for its public page, dashboard and statements."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import CTE, ColumnElement, Numeric, case, cast, exists, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.books.ledger.models import ExchangeRate
from grants.core.funds.models import Fund
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, exponent, known_currencies, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import ACCEPTED, STANDING, PledgeState


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


def fund_totals(
    session: Session, fund: Fund, since: date | None = None, until: date | None = None
) -> Totals:
    """What was pledged, signed and received, in all or over the days of a period."""
    valued = valued_pledges(Pledge.fund_id == fund.id, *_within(Pledge.pledged_on, since, until))
    signed = valued.c.state == PledgeState.SIGNED
    pledged, agreed, unknown = session.execute(
        select(
            func.coalesce(func.sum(valued.c.cents), 0),
            func.coalesce(func.sum(valued.c.cents).filter(signed), 0),
            func.count().filter(valued.c.cents.is_(None)),
        ).select_from(valued)
    ).one()
    received, unidentified = _deposited(session, fund, since, until)
    without_rate = _without_rate(session, valued) if unknown else ()
    return Totals(usd(int(pledged)), usd(int(agreed)), received, unidentified, without_rate)


def _without_rate(session: Session, valued: CTE) -> tuple[Money, ...]:
    rows = session.execute(
        select(valued.c.currency, func.sum(valued.c.amount_minor))
        .where(valued.c.cents.is_(None))
        .group_by(valued.c.currency)
        .order_by(valued.c.currency)
    )
    return tuple(Money(int(minor), currency) for currency, minor in rows)


def _deposited(
    session: Session, fund: Fund, since: date | None, until: date | None
) -> tuple[Money, Money]:
    """Received on pledges, and waiting in suspense; in USD, by value date."""
    known = Deposit.pledge_id.is_not(None)
    came, unknown = session.execute(
        select(
            func.coalesce(func.sum(Deposit.usd_minor).filter(known), 0),
            func.coalesce(func.sum(Deposit.usd_minor).filter(~known), 0),
        ).where(Deposit.fund_id == fund.id, STANDS, *_within(Deposit.value_on, since, until))
    ).one()
    return usd(int(came)), usd(int(unknown))


def _within(
    column: InstrumentedAttribute[date], since: date | None, until: date | None
) -> list[ColumnElement[bool]]:
    first = [column >= since] if since else []
    return first + ([column <= until] if until else [])


def received_by_year(session: Session, fund: Fund) -> list[tuple[int, Money]]:
    """What was received on pledges in each year that brought something, the oldest first."""
    year = extract("year", Deposit.value_on)
    rows = session.execute(
        select(year, func.sum(Deposit.usd_minor))
        .where(Deposit.fund_id == fund.id, Deposit.pledge_id.is_not(None), STANDS)
        .group_by(year)
        .order_by(year)
    )
    return [(int(of), usd(int(cents))) for of, cents in rows]


@dataclass(frozen=True, slots=True)
class PublicDonor:
    """A donor as the public may see it; without a name, all who do not want to be named."""

    name: str | None
    kind: DonorKind | None
    country: str | None
    donors: int
    pledged: Money
    received: Money


def taken_up() -> ColumnElement[bool]:
    """The fund said yes to a pledge, or took money on it. Before that it is a stranger's word, and
    the public does not learn who gives.
    """
    paid = exists().where(Deposit.pledge_id == Pledge.id, STANDS)
    return Pledge.state.in_(ACCEPTED) | paid


def public_donors(session: Session, fund: Fund, most: int = 200) -> list[PublicDonor]:
    """Who gives to a fund, in USD, the largest receipts first; by pledges the fund has taken up.

    A pledge whose donor does not want to be named counts in one line without a name, and never
    towards the donor's own line.
    """
    valued = valued_pledges(Pledge.fund_id == fund.id, taken_up())
    came = (
        select(Deposit.pledge_id, func.sum(Deposit.usd_minor).label("cents"))
        .where(Deposit.fund_id == fund.id, STANDS)
        .group_by(Deposit.pledge_id)
        .subquery()
    )
    each = (
        select(
            case((valued.c.public_name & Organisation.public_name, Organisation.id)).label("named"),
            valued.c.donor_id,
            func.coalesce(valued.c.cents, 0).label("pledged"),
            func.coalesce(came.c.cents, 0).label("received"),
        )
        .join_from(valued, Organisation, Organisation.id == valued.c.donor_id)
        .outerjoin(came, came.c.pledge_id == valued.c.id)
        .subquery()
    )
    pledged, received = func.sum(each.c.pledged), func.sum(each.c.received)
    rows = session.execute(
        select(
            Organisation, func.count(each.c.donor_id.distinct()), pledged, received, each.c.named
        )
        .outerjoin_from(each, Organisation, Organisation.id == each.c.named)
        .group_by(each.c.named, Organisation.id)
        .order_by(each.c.named.is_(None), received.desc(), pledged.desc(), each.c.named)
        .limit(most)
    )
    return [
        PublicDonor(
            donor.name if donor else None,
            donor.kind if donor else None,
            donor.country if donor else None,
            int(donors),
            usd(int(promised)),
            usd(int(paid)),
        )
        for donor, donors, promised, paid, _named in rows
    ]


def valued_pledges(*conditions: ColumnElement[bool]) -> CTE:
    """Pledges in force, each with its `cents`: the amount in force in USD at the rate of the day
    it was made, half-even as the books round; at the currency's first rate if it had none by then,
    null without any.
    """
    unit = case(
        {code: 10 ** exponent(code) for code in sorted(known_currencies()) if exponent(code) != 2},
        value=Pledge.currency,
        else_=100,
    )
    standing = (Pledge.amount_minor - Pledge.given_up_minor).label("amount_minor")
    exact = cast(standing, Numeric) * 100 / (unit * _rate_of_the_day())
    worked_out = (
        select(
            *(Pledge.id, Pledge.donor_id, Pledge.state, Pledge.public_name),
            *(Pledge.currency, standing),
            case((Pledge.currency != FUNCTIONAL_CURRENCY, exact)).label("exact"),
        )
        .where(Pledge.state.in_(STANDING), *conditions)
        .cte("worked_out")
        .prefix_with("MATERIALIZED")
    )
    column = worked_out.c
    tie_went_odd = (column.exact - func.floor(column.exact) == Decimal("0.5")) & (
        func.round(column.exact) % 2 == 1
    )
    half_even = func.round(column.exact) - case((tie_went_odd, 1), else_=0)
    in_usd = column.currency == FUNCTIONAL_CURRENCY
    cents = case((in_usd, column.amount_minor), else_=half_even).label("cents")
    return select(worked_out, cents).cte("valued").prefix_with("MATERIALIZED")


def _rate_of_the_day() -> ColumnElement[Decimal | None]:
    rates = select(ExchangeRate.rate).where(ExchangeRate.currency == Pledge.currency)
    by_then = (
        rates.where(ExchangeRate.effective_on <= Pledge.pledged_on)
        .order_by(ExchangeRate.effective_on.desc())
        .limit(1)
        .correlate(Pledge)
        .scalar_subquery()
    )
    first = rates.order_by(ExchangeRate.effective_on).limit(1).correlate(Pledge).scalar_subquery()
    return func.coalesce(by_then, first)
