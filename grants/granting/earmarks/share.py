"""How much of what a fund accepts in a year is earmarked: of the same pledges as its earmarks."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.giving.contributions.figures import valued_pledges
from grants.giving.pledges.earmarked import EarmarkShare
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import ACCEPTED
from grants.granting.earmarks.holdings import IS_EARMARKED


def accepted_in(
    session: Session, fund: Fund, year: int, *which: ColumnElement[bool]
) -> tuple[Money, Money]:
    """What of a year’s pledges the fund has accepted, in force, at the rate of the day each was
    made: what is earmarked, and all.
    """
    days = Pledge.pledged_on.between(date(year, 1, 1), date(year, 12, 31))
    return _earmarked_and_total(
        session, Pledge.fund_id == fund.id, Pledge.state.in_(ACCEPTED), days, *which
    )


def share_with(session: Session, pledge: Pledge) -> EarmarkShare:
    """The share of the year in which a pledge was made, as it is and with the pledge earmarked."""
    year, fund = pledge.pledged_on.year, pledge.fund
    bound, every = accepted_in(session, fund, year)
    others_bound, others = accepted_in(session, fund, year, Pledge.id != pledge.id)
    _bound, own = _earmarked_and_total(session, Pledge.id == pledge.id)
    return EarmarkShare(
        year, bound, every, others_bound + own, others + own, Decimal(fund.earmark_limit) / 100
    )


def _earmarked_and_total(session: Session, *which: ColumnElement[bool]) -> tuple[Money, Money]:
    valued = valued_pledges(*which)
    cents = func.coalesce(func.sum(valued.c.cents), 0)
    row = session.execute(
        select(func.coalesce(func.sum(valued.c.cents).filter(IS_EARMARKED), 0), cents).join_from(
            valued, Pledge, Pledge.id == valued.c.id
        )
    ).one()
    return usd(int(row[0])), usd(int(row[1]))
