"""What moved between two days: whole months as the database keeps them, the rest from postings."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting, Turnover

Sums = Mapping[tuple[Event, Account], int]
"""Signed USD cents by event and account, debit positive. A reversal counts against its event."""

BEGINNING, END = date.min, date.max
DAY = timedelta(days=1)

Rows = Select[Event, Account, int]


def turned_over(session: Session, fund_id: int, since: date = BEGINNING, until: date = END) -> Sums:
    """The fund's movements from `since` to `until`, both days included."""
    first, after = whole_months(since, until)
    if first >= after:
        parts = [_single_days(fund_id, since, until)]
    else:
        parts = [_whole_months(fund_id, first, after)]
        if since < first:
            parts.append(_single_days(fund_id, since, first - DAY))
        if after <= until < END:
            parts.append(_single_days(fund_id, after, until))
    moved = union_all(*parts).subquery()
    event, account, cents = moved.c
    rows = session.execute(
        select(event, account, func.sum(cents)).group_by(event, account).order_by(None)
    )
    return {(event, account): int(cents) for event, account, cents in rows}


def whole_months(since: date, until: date) -> tuple[date, date]:
    """The first whole month between two days, and the month after the last whole one.

    There is none where the second is not after the first.
    """
    first = since if since.day == 1 else (since.replace(day=1) + 31 * DAY).replace(day=1)
    return first, until if until == END else (until + DAY).replace(day=1)


def _whole_months(fund_id: int, first: date, after: date) -> Rows:
    return select(Turnover.event, Turnover.account, Turnover.usd_minor).where(
        Turnover.fund_id == fund_id, Turnover.month >= first, Turnover.month < after
    )


def _single_days(fund_id: int, since: date, until: date) -> Rows:
    return (
        select(Entry.event, Posting.account, func.sum(Posting.usd_minor))
        .join(Posting)
        .where(Entry.fund_id == fund_id, Entry.booked_on.between(since, until))
        .group_by(Entry.event, Posting.account)
    )
