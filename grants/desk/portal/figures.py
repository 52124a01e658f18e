"""A fund in figures: what was promised, what came, what was given away, what is left. USD."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.queries import Balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.giving.totals.figures import Totals, fund_totals
from grants.granting.payments.queries import disbursed_by_month

BEGINNING = date(2000, 1, 1)
"""Before any fund here has paid a grant."""


@dataclass(frozen=True, slots=True)
class Year:
    """What came and what went in a calendar year."""

    year: int
    received: Money
    disbursed: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a fund."""

    pledged: Money
    committed: Money
    """By agreements that donors have signed."""
    received: Money
    unidentified: Money
    """Received from unidentified senders: not in `received`."""
    allocated: Money
    """Awards approved and not cancelled, without programme support cost."""
    disbursed: Money
    """Paid to grantees, less what they sent back."""
    available: Money
    """What may still be awarded, by the ledger."""
    unvalued: tuple[Money, ...]
    """Pledged in currencies without a rate, so in no sum."""
    years: tuple[Year, ...]


def standing(session: Session, fund: Fund, books: Balances) -> Standing:
    """All of it, as of now; `books` are the fund's balances."""
    totals = fund_totals(session, fund)
    return Standing(
        pledged=totals.pledged,
        committed=totals.signed,
        received=totals.received,
        unidentified=totals.unidentified,
        allocated=_allocated(session, fund),
        disbursed=books.grant_expense,
        available=books.available,
        unvalued=totals.unvalued,
        years=_years(session, fund, totals),
    )


def _allocated(session: Session, fund: Fund) -> Money:
    minor = session.scalar(
        select(func.coalesce(func.sum(Award.amount_minor), 0)).where(
            Award.fund_id == fund.id, Award.state != AwardState.CANCELLED
        )
    )
    return usd(int(minor or 0))


def _years(session: Session, fund: Fund, totals: Totals) -> tuple[Year, ...]:
    """From the first year with money to this one, none left out."""
    came = dict(totals.by_year)
    went: Counter[int] = Counter()
    for month in disbursed_by_month(session, fund.id, BEGINNING, clock.today()):
        went[month.first_day.year] += month.net.minor
    known = {*came, *went}
    if not known:
        return ()
    return tuple(
        Year(year, came.get(year, usd(0)), usd(went[year]))
        for year in range(min(known), clock.today().year + 1)
    )


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a fund plans to receive this year, and what of it has come. What it lacks is another
    figure: the funding gap.
    """

    year: int
    target: Money
    received: Money
    pledged: Money
    """Promised this year, whether it came or not."""
    grants: int
    """Running now."""


def appeal(session: Session, fund: Fund) -> Appeal:
    """This year's target and what followed, for the public."""
    today = clock.today()
    totals = fund_totals(session, fund, today.replace(month=1, day=1), today)
    running = session.scalar(
        select(func.count())
        .select_from(Award)
        .where(Award.fund_id == fund.id, Award.state == AwardState.AGREED)
    )
    return Appeal(
        today.year, usd(fund.annual_target_minor), totals.received, totals.pledged, running or 0
    )
