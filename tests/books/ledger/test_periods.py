"""A closed month takes no entry; it is opened again with a reason, and both are on record."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.periods import close, months, parse_month, reopen
from grants.books.ledger.receipts import receive_deposit
from grants.books.ledger.reversal import reverse
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput
from grants.core.people.permissions import Role
from grants.core.people.viewer import Standing, Viewer
from tests.books.ledger.books import CLERK, FEBRUARY, JANUARY, money, voucher
from tests.books.ledger.test_reversals import WRONG

MONTH = date(2026, 1, 1)


def test_a_closed_month_takes_no_entry_and_no_reversal(session: Session, fund: Fund) -> None:
    entry = receive_deposit(session, voucher(fund, JANUARY), money("5"))
    close(session, fund, MONTH, CLERK)
    with pytest.raises(DomainError, match="2026-01 is closed in the ledger of UNVTF"):
        receive_deposit(session, voucher(fund, date(2026, 1, 31)), money("5"))
    with pytest.raises(DomainError, match="closed"):
        reverse(session, entry, JANUARY, WRONG)
    reverse(session, entry, FEBRUARY, WRONG)


def test_closing_concerns_one_month_of_one_fund(session: Session, fund: Fund) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other"}, {"en": "Other"}))
    close(session, fund, MONTH, CLERK)
    receive_deposit(session, voucher(fund, date(2026, 2, 1)), money("5"))
    receive_deposit(session, voucher(fund, date(2025, 12, 31)), money("5"))
    receive_deposit(session, voucher(other, JANUARY), money("5"))


def test_a_month_is_opened_again_for_a_reason_and_closed_anew(session: Session, fund: Fund) -> None:
    period = close(session, fund, MONTH, CLERK)
    with pytest.raises(DomainError, match="reason"):
        reopen(session, fund, MONTH, CLERK)
    reopen(session, fund, MONTH, Act(CLERK.actor, reason="A deposit came to light."))
    receive_deposit(session, voucher(fund, JANUARY), money("5"))
    close(session, fund, MONTH, CLERK)
    assert [(row.action, row.reason) for row in trail_of(session, "period", period.id)] == [
        ("close", None),
        ("reopen", "A deposit came to light."),
        ("close", None),
    ]
    close(session, fund, date(2026, 5, 1), CLERK)
    receive_deposit(session, voucher(fund, FEBRUARY), money("5"))
    assert [
        (month.first, month.entries, month.closed_at is not None)
        for month in months(session, fund.id)
    ] == [(date(2026, 5, 1), 0, True), (date(2026, 2, 1), 1, False), (MONTH, 1, True)]


def test_what_is_closed_is_not_closed_again_nor_what_is_open_opened(
    session: Session, fund: Fund
) -> None:
    with pytest.raises(Conflict, match="2026-01 is open"):
        reopen(session, fund, MONTH, WRONG)
    close(session, fund, MONTH, CLERK)
    with pytest.raises(Conflict, match="already closed"):
        close(session, fund, MONTH, CLERK)


def test_a_repetition_of_what_was_booked_before_the_closing_is_no_new_entry(
    session: Session, fund: Fund
) -> None:
    first = receive_deposit(session, voucher(fund, JANUARY, key="deposit:1"), money("5"))
    close(session, fund, MONTH, CLERK)
    again = receive_deposit(session, voucher(fund, JANUARY, key="deposit:1"), money("5"))
    assert again.id == first.id


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE_OFFICER}))
def test_only_finance_closes_and_opens_periods(session: Session, fund: Fund, role: Role) -> None:
    act = Act(Viewer("somebody", standings=(Standing(role, fund.id),)), "why")
    with pytest.raises(Forbidden):
        close(session, fund, MONTH, act)
    with pytest.raises(Forbidden):
        reopen(session, fund, MONTH, act)


def test_finance_of_one_fund_does_not_close_the_books_of_another(
    session: Session, fund: Fund
) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other"}, {"en": "Other"}))
    act = Act(Viewer("somebody", standings=(Standing(Role.FINANCE_OFFICER, fund.id),)))
    with pytest.raises(Forbidden):
        close(session, other, MONTH, act)
    close(session, fund, MONTH, act)


@pytest.mark.parametrize("typed", ["2026-13", "2026", "January", "2026-01-01", "9999-12", ""])
def test_a_month_is_written_with_its_year(typed: str) -> None:
    assert parse_month(" 2026-01 ") == MONTH
    with pytest.raises(InvalidInput, match="2026-03"):
        parse_month(typed)
