"""Months of a fund's books: open, closed, opened again with a reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, cast, func, select, text
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry, Period
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope


class PeriodClosed(DomainError):
    """The day's month is closed: book on an open day, or have it opened again."""


def month_of(day: date) -> date:
    """The period a day belongs to: the first of its month."""
    return day.replace(day=1)


def parse_month(typed: str) -> date:
    """Read a month written YYYY-MM; InvalidInput otherwise."""
    try:
        first = date.fromisoformat(f"{typed.strip()}-01")
        if first.year < date.max.year:  # of which the month after is a month, too
            return first
    except ValueError:
        pass
    raise InvalidInput(_("“%(text)s” is not a month. Enter a month such as 2026-03.", text=typed))


def _wait_for_month(session: Session, fund_id: int, month: date, lock: str) -> None:
    """Wait for a month: a person who books in it shares the lock, a person who closes it does not.

    The database takes the same lock when an entry is written (function `entry_period`).
    """
    session.execute(
        text(f"SELECT {lock}(:fund, :month)"),
        {"fund": fund_id, "month": month.year * 12 + month.month},
    )


def _find_period(session: Session, fund_id: int, month: date) -> Period | None:
    return session.scalar(
        select(Period)
        .where(Period.fund_id == fund_id, Period.month == month)
        .execution_options(populate_existing=True)
    )


def is_open(session: Session, fund: Fund, day: date) -> bool:
    """Is the day's month open? It stays so until this act ends."""
    month = month_of(day)
    _wait_for_month(session, fund.id, month, "pg_advisory_xact_lock_shared")
    period = _find_period(session, fund.id, month)
    return period is None or period.closed_at is None


def require_open(session: Session, fund: Fund, day: date) -> None:
    """DomainError if the day's month is closed; if not, nobody closes it before this act ends."""
    if not is_open(session, fund, day):
        raise PeriodClosed(
            _(
                "%(month)s is closed in the ledger of %(fund)s. Use a date in an open month, "
                "or have the month reopened.",
                month=f"{day:%Y-%m}",
                fund=fund.code,
            )
        )


def still_open(session: Session, fund: Fund, since: date, until: date) -> list[date]:
    """Months that are open among those from `since` to `until` and those before with entries.

    Nobody opens or closes one of the period's own months before this act ends.
    """
    in_period = list(_months_of(since, until))
    for month in in_period:
        _wait_for_month(session, fund.id, month, "pg_advisory_xact_lock_shared")
    entered = months(session, fund.id)
    closed = {month.first for month in entered if month.closed_at}
    earlier = {month.first for month in entered if month.first < in_period[0]}
    return sorted({*in_period, *earlier} - closed)


def _months_of(since: date, until: date) -> Iterator[date]:
    for number in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
        yield date(number // 12, number % 12 + 1, 1)


def close(session: Session, fund: Fund, month: date, act: Act) -> Period:
    """Close a month: no entry gets in any more. Waits for those being written.

    Conflict if it is closed already; needs the permission to close periods.
    """
    period = _for_change(session, fund, month, act)
    if period is None:
        period = Period(fund_id=fund.id, month=month_of(month))
        session.add(period)
    elif period.closed_at is not None:
        raise Conflict(_("%(month)s is already closed.", month=f"{month:%Y-%m}"))
    period.closed_at = session.scalar(select(func.clock_timestamp()))
    record(session, period, "close", act, month=f"{month:%Y-%m}", fund=fund.code)
    return period


def reopen(session: Session, fund: Fund, month: date, act: Act) -> Period:
    """Open a closed month again, for a reason that stays on record."""
    period = _for_change(session, fund, month, act)
    require_closed(session, fund, month)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    assert period is not None
    period.closed_at = None
    record(session, period, "reopen", act, month=f"{month:%Y-%m}", fund=fund.code)
    return period


def require_closed(session: Session, fund: Fund, month: date) -> None:
    """Conflict while this month is open."""
    if closed_at(session, fund.id, month) is None:
        raise Conflict(_("%(month)s is open.", month=f"{month:%Y-%m}"))


def _for_change(session: Session, fund: Fund, month: date, act: Act) -> Period | None:
    if not act.actor.may(Permission.LEDGER_CLOSE, Scope(fund_id=fund.id)):
        raise Forbidden(_("Your role does not allow this."))
    _wait_for_month(session, fund.id, month_of(month), "pg_advisory_xact_lock")
    return _find_period(session, fund.id, month_of(month))


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the books, by its first day."""

    first: date
    entries: int
    closed_at: datetime | None

    @property
    def closed_on(self) -> date | None:
        """The day it was closed."""
        return clock.day_of(self.closed_at) if self.closed_at else None


def months(session: Session, fund_id: int) -> Sequence[Month]:
    """Every month that has entries or was ever closed, the newest first."""
    of_day = cast(func.date_trunc("month", Entry.booked_on), Date).label("month")
    counted = (
        select(of_day, func.count().label("entries"))
        .where(Entry.fund_id == fund_id)
        .group_by(of_day)
        .subquery()
    )
    periods = select(Period).where(Period.fund_id == fund_id).subquery()
    first = func.coalesce(periods.c.month, counted.c.month)
    rows = session.execute(
        select(first, func.coalesce(counted.c.entries, 0), periods.c.closed_at)
        .select_from(counted)
        .join(periods, periods.c.month == counted.c.month, full=True)
        .order_by(first.desc())
    )
    return [Month(*row) for row in rows]


def closed_at(session: Session, fund_id: int, month: date) -> datetime | None:
    """When a month was closed; None while it is open."""
    period = _find_period(session, fund_id, month_of(month))
    return period.closed_at if period else None


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """A month was closed or opened again: which, what, when, by whom, why."""

    month: date
    action: str
    at: datetime
    actor: str
    reason: str | None


MOST_CHANGES = 100


def history(session: Session, fund_id: int, month: date | None = None) -> Sequence[PeriodChange]:
    """The last closings and openings of a fund's months, or of one of them, the newest first."""
    query = (
        select(Period.month, TrailRow.action, TrailRow.at, TrailRow.actor, TrailRow.reason)
        .join(Period, Period.id == TrailRow.subject_id)
        .where(TrailRow.subject == Period.__tablename__, Period.fund_id == fund_id)
        .order_by(TrailRow.id.desc())
        .limit(MOST_CHANGES)
    )
    if month is not None:
        query = query.where(Period.month == month_of(month))
    return [PeriodChange(*row) for row in session.execute(query)]
