"""What moved between two days is the same from the months that are kept as from every posting."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.receipts import book_interest, receive_deposit
from grants.books.ledger.reversal import reverse
from grants.books.ledger.turnover import BEGINNING, END, turned_over, whole_months
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from tests.books.ledger.books import money, publish_rates, voucher
from tests.books.ledger.test_reversals import WRONG

DAYS = st.dates(date(2026, 1, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), (date(2026, 1, 1), date(2026, 4, 1))),
        (date(2026, 1, 2), date(2026, 3, 30), (date(2026, 2, 1), date(2026, 3, 1))),
        (date(2025, 12, 31), date(2026, 2, 28), (date(2026, 1, 1), date(2026, 3, 1))),
        (BEGINNING, date(2026, 2, 27), (BEGINNING, date(2026, 2, 1))),
        (date(2026, 1, 31), END, (date(2026, 2, 1), END)),
    ],
)
def test_whole_months_lie_between_two_days(
    since: date, until: date, months: tuple[date, date]
) -> None:
    assert whole_months(since, until) == months


@pytest.mark.parametrize("days", [0, 1, 14, 27])
def test_within_one_month_there_is_no_whole_one(days: int) -> None:
    since = date(2026, 3, 3)
    first, after = whole_months(since, since + timedelta(days))
    assert first >= after


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(booked=st.lists(DAYS, max_size=12), spans=st.lists(st.tuples(DAYS, DAYS), max_size=8))
def test_kept_and_posted_are_the_same_for_any_two_days(
    session: Session, fund: Fund, booked: list[date], spans: list[tuple[date, date]]
) -> None:
    with session.begin_nested() as trial:
        publish_rates(session)
        other = establish(session, Charter("OTHER", {"en": "Other"}, {"en": "Other"}))
        for number, day in enumerate(booked):
            entry = receive_deposit(session, voucher(fund, day), money("7", "EUR"))
            book_interest(session, voucher(other, day), money("3"))
            if number % 3 == 0:
                reverse(session, entry, date(2026, 5, 31), WRONG)
        for since, until in [*(sorted(span) for span in spans), (BEGINNING, END)]:
            kept = turned_over(session, fund.id, since, until)
            assert {place: cents for place, cents in kept.items() if cents} == posted(
                session, fund, since, until
            )
        trial.rollback()


def posted(session: Session, fund: Fund, since: date, until: date) -> dict[object, int]:
    rows = session.execute(
        select(Entry.event, Posting.account, func.sum(Posting.usd_minor))
        .join(Posting)
        .where(Entry.fund_id == fund.id, Entry.booked_on.between(since, until))
        .group_by(Entry.event, Posting.account)
    )
    return {(event, account): int(cents) for event, account, cents in rows if cents}
