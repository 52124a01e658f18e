"""What helping one person typically costs, from accepted reports: for who thinks of giving."""

from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.deciding.awards.models import Award
from grants.granting.reporting.models import Report

MONTHS = 36
"""How far back reports are read."""
GRANTS, PEOPLE = 3, 100
"""Fewer say nothing typical, and could tell of one organisation or a few people."""
DIGITS = 2
"""It is rounded to so many, so that no exact count can be worked out from it."""


def cost_of_help(session: Session, fund: Fund) -> Money | None:
    """USD that organisations spent for each person helped; None where there is too little to go
    by.
    """
    since = clock.months_after(clock.today(), -MONTHS)
    grants, cents, people = session.execute(
        select(
            func.count(Report.award_id.distinct()),
            func.coalesce(func.sum(Report.spent_minor), 0),
            func.coalesce(func.sum(Report.people), 0),
        )
        .join(Award, Award.id == Report.award_id)
        .where(
            Award.fund_id == fund.id,
            Report.is_accepted,
            Report.covers_to >= since,
        )
    ).one()
    if grants < GRANTS or people < PEOPLE or not cents:
        return None
    return _rounded(Decimal(int(cents)) / int(people))


def _rounded(cents: Decimal) -> Money:
    step = Decimal(1).scaleb(max(cents.adjusted() - DIGITS + 1, 2))  # whole dollars at least
    return usd(max(int((cents / step).quantize(Decimal(1), ROUND_HALF_UP) * step), 100))
