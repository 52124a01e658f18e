"""Every receivable by age, for a file: read as they are kept, or else aged from the books."""

from collections.abc import Generator, Iterable
from contextlib import closing
from datetime import date
from heapq import merge
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Result, Select, func, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.db import hold
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.giving.pledges.models import Pledge
from grants.giving.receivables import kept
from grants.giving.receivables.ageing import AgedPledge
from grants.giving.receivables.models import AgedReceivable
from grants.giving.receivables.queries import ageing
from grants.giving.receivables.workflow import Band

ATTEMPTS = 3
"""Readings of what is kept before a file is aged from the books: payments may come between."""
AT_ONCE = 500
"""Rows fetched at a time."""
R = AgedReceivable
_PLEDGE = attrgetter("pledge")


class Line(NamedTuple):
    """What a file says of one receivable."""

    pledge: str
    donor: str
    due_since: date
    owed: Money
    usd: Money
    by_band: tuple[Money, ...]
    doubtful_usd: Money


def how_many(session: Session, fund: Fund, on: date) -> tuple[int, bool]:
    """How many receivables there are, and if they can be read as they are kept; of those that are
    to be aged from the books, how many pledges.
    """
    if totals := kept.totals_on(session, fund, on):
        return totals.count, True
    pledges = select(func.count()).select_from(Pledge).where(Pledge.fund_id == fund.id)
    return session.scalar(pledges) or 0, False


def lines_on(session: Session, fund: Fund, on: date) -> Generator[Line]:
    """Each receivable of a fund at the end of a day, in the order of the references of the pledges.
    Those that are kept are read part by part, all as they were at one moment.

    DomainError unless they are, to the cent, what the books hold.
    """
    for _attempt in range(ATTEMPTS):
        totals = kept.totals_on(session, fund, on)
        if totals is None:
            break
        hold(session)
        found = session.execute(_every(fund, totals))  # as they are now, whenever they are fetched
        if kept.still_holds(session, fund, totals):
            return _kept(session, found, kept.own_of(fund, totals.changed))
        found.close()
    return (line_of(one) for one in ageing(session, fund, on).pledges)


def _every(fund: Fund, totals: kept.AgedTotals) -> Select[Any]:
    """What a Line says, amounts in minor units."""
    return (
        select(R.reference, Organisation.name, R.due_since, R.currency, R.owed_minor, R.usd_minor)
        .add_columns(*(getattr(R, band.value) for band in Band), R.doubtful)
        .join(Pledge, Pledge.id == R.pledge_id)
        .outerjoin(Pledge.donor)
        .where(kept.stands(fund, totals.changed))
        .order_by(R.reference)
        .execution_options(yield_per=AT_ONCE)
    )


def _kept(session: Session, found: Result[Any], own: Iterable[AgedReceivable]) -> Generator[Line]:
    """The lines that are kept, with those that were worked out now in their places."""
    names = kept.donors_of(session, [row.pledge_id for row in own])
    now = [_line(row, names.get(row.pledge_id)) for row in own]
    with closing(found):
        lines = (_line(row, row.name) for row in found)
        yield from merge(lines, sorted(now, key=_PLEDGE), key=_PLEDGE)


def _line(row: Any, donor: str | None) -> Line:
    return Line(
        pledge=row.reference,
        donor=donor or "",
        due_since=row.due_since,
        owed=Money(row.owed_minor, row.currency),
        usd=usd(row.usd_minor),
        by_band=tuple(usd(getattr(row, band.value)) for band in Band),
        doubtful_usd=usd(row.doubtful),
    )


def line_of(one: AgedPledge) -> Line:
    """What a file says of a receivable that was aged now."""
    return Line(
        pledge=one.pledge,
        donor=one.donor,
        due_since=one.due_since,
        owed=one.owed,
        usd=one.usd,
        by_band=tuple(one.usd_in(band) for band in Band),
        doubtful_usd=one.doubtful_usd,
    )
