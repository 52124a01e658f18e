"""From asking to having, by quarter: donors contacted, then pledged, signed, received, and what is
still to come. Each is counted in the quarter in which it happened.

USD as the fund's own figures have it (grants.giving.contributions.figures).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.giving.contributions.figures import valued_pledges
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.outreach.models import OutreachContact
from grants.giving.pledges.models import Pledge
from grants.giving.totals.to_come import promises, receivables

BACK, AHEAD = 5, 3
"""Quarters before the current one, and after it."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """What happened in three months."""

    first: date
    contacted: int
    """Donors with whom the fund was in contact."""
    pledged: Money
    signed: Money
    received: Money
    to_come: Money
    """Due from donors; in the current quarter with all that is overdue, or has no date."""

    @property
    def number(self) -> int:
        return (self.first.month + 2) // 3

    @property
    def current(self) -> bool:
        return self.first == quarter_of(clock.today())


def quarter_of(day: date) -> date:
    """The first day of the quarter."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def quarters_later(first: date, number: int) -> date:
    """The first day of a quarter so many later; earlier, if negative."""
    months = first.year * 12 + first.month - 1 + 3 * number
    return date(months // 12, months % 12 + 1, 1)


def pipeline_of(session: Session, fund: Fund) -> Sequence[Quarter]:
    """The quarters around today, the earliest first."""
    today = quarter_of(clock.today())
    days = [quarters_later(today, number) for number in range(-BACK, AHEAD + 1)]
    contacted = _contacted_donors(session, fund, days[0])
    pledged = _worth_by_quarter(session, fund, Pledge.pledged_on, days[0])
    signed = _worth_by_quarter(session, fund, Pledge.agreement_signed_on, days[0])
    received, to_come = _received_cents(session, fund, days[0]), _cents_to_come(session, fund)
    return [
        Quarter(
            day,
            contacted.get(day, 0),
            *(usd(cents.get(day, 0)) for cents in (pledged, signed, received, to_come)),
        )
        for day in days
    ]


def _quarter_day(day: InstrumentedAttribute[Any]) -> ColumnElement[date]:
    return cast(func.date_trunc(literal_column("'quarter'"), day), Date)


def _contacted_donors(session: Session, fund: Fund, since: date) -> Mapping[date, int]:
    kind = OutreachContact
    rows = session.execute(
        select(_quarter_day(kind.held_on), func.count(kind.donor_id.distinct()))
        .where(kind.fund_id == fund.id, kind.held_on >= since)
        .group_by(_quarter_day(kind.held_on))
    )
    return dict(rows.all())


def _worth_by_quarter(
    session: Session, fund: Fund, day: InstrumentedAttribute[Any], since: date
) -> Mapping[date, int]:
    """Pledges in force by the quarter of this day of theirs; without a rate they count nothing."""
    valued = valued_pledges(Pledge.fund_id == fund.id, day >= since)
    rows = session.execute(
        select(_quarter_day(day), func.sum(func.coalesce(valued.c.cents, 0)))
        .join(valued, valued.c.id == Pledge.id)
        .group_by(_quarter_day(day))
    )
    return {first: int(cents) for first, cents in rows}


def _received_cents(session: Session, fund: Fund, since: date) -> Mapping[date, int]:
    day = Deposit.value_on
    rows = session.execute(
        select(_quarter_day(day), func.sum(Deposit.usd_minor))
        .where(Deposit.fund_id == fund.id, day >= since, STANDS, Deposit.pledge_id.is_not(None))
        .group_by(_quarter_day(day))
    )
    return {first: int(cents) for first, cents in rows}


def _cents_to_come(session: Session, fund: Fund) -> Mapping[date, int]:
    today, cents = clock.today(), Counter[date]()
    for payment in (*receivables(session, fund), *promises(session, fund)):
        cents[quarter_of(max(payment.due_on, today))] += payment.cents
    return cents
