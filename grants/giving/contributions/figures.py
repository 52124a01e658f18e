"""What pledges are worth in USD, and which of them the public may know of."""

from decimal import Decimal

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Numeric,
    ScalarSelect,
    case,
    cast,
    exists,
    func,
    select,
    true,
)

from grants.books.ledger.models import ExchangeRate
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, exponent, known_currencies
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import ACCEPTED, STANDING


def taken_up() -> ColumnElement[bool]:
    """The fund said yes to a pledge, or took money on it. Before that it is a stranger's word, and
    the public does not learn who gives.
    """
    paid = exists().where(Deposit.pledge_id == Pledge.id, STANDS)
    return Pledge.state.in_(ACCEPTED) | paid


def received() -> ScalarSelect[int]:
    """What came on the pledge of a query in its currency, bank fees included; minor units."""
    sent = func.sum(Deposit.amount_minor + Deposit.bank_fee_minor)
    return (
        select(cast(func.coalesce(sent, 0), BigInteger))
        .where(Deposit.pledge_id == Pledge.id, STANDS)
        .correlate(Pledge)
        .scalar_subquery()
    )


def valued_pledges(*conditions: ColumnElement[bool]) -> CTE:
    """Pledges in force, each with its `cents`: the amount in force in USD at the rate of the day
    it was made, half-even as the books round; at the currency's first rate if it had none by then,
    null without any.
    """
    pledges = (
        select(*(Pledge.id, Pledge.donor_id, Pledge.state, Pledge.public_name, Pledge.currency))
        .add_columns((Pledge.amount_minor - Pledge.given_up_minor).label("amount_minor"), _RATE)
        .outerjoin(_BY_THEN, true())
        .where(Pledge.state.in_(STANDING), *conditions)
        .cte("pledges")
        .prefix_with("MATERIALIZED")
    ).c
    unit = case(_UNITS, value=pledges.currency, else_=100)
    exact = cast(pledges.amount_minor, Numeric) * 100 / (unit * pledges.rate)
    worked_out = (
        select(*(pledges.id, pledges.donor_id, pledges.state, pledges.public_name))
        .add_columns(pledges.currency, pledges.amount_minor)
        .add_columns(case((pledges.currency != FUNCTIONAL_CURRENCY, exact)).label("exact"))
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


_UNITS = {code: 10 ** exponent(code) for code in sorted(known_currencies()) if exponent(code) != 2}
_RATES = select(ExchangeRate.rate).where(ExchangeRate.currency == Pledge.currency)
_BY_THEN = (
    _RATES.where(ExchangeRate.effective_on <= Pledge.pledged_on)
    .order_by(ExchangeRate.effective_on.desc())
    .limit(1)
    .correlate(Pledge)
    .lateral("by_then")
)
"""Joined, so that PostgreSQL looks once for the pledges of a currency and a day."""
_FIRST = _RATES.order_by(ExchangeRate.effective_on).limit(1).correlate(Pledge).scalar_subquery()
_RATE = func.coalesce(_BY_THEN.c.rate, _FIRST).label("rate")
