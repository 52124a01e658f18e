"""Before a month is closed its page says what is still to be settled; afterwards who did what."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.periods import close
from grants.books.ledger.receipts import receive_deposit, receive_unidentified
from grants.books.periods.closing import warnings_for
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from tests.books.ledger.books import (
    CLERK,
    FEBRUARY,
    JANUARY,
    money,
    publish_rates,
    settle,
    voucher,
)
from tests.books.periods.test_pages import words
from tests.factories import staff
from tests.platform.web.client import SignInAs, StrictClient

NOVEMBER = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def books(session: Session, fund: Fund) -> Fund:
    """January with yen at a rate of its own, February with pounds at January's."""
    publish_rates(session)
    receive_deposit(session, voucher(fund, JANUARY), money("1000", "JPY"))
    receive_deposit(session, voucher(fund, FEBRUARY), money("10", "GBP"))
    receive_unidentified(session, voucher(fund, FEBRUARY, "receipt:1"), money("77"))
    settle(session)
    session.commit()
    return fund


@pytest.fixture
def finance(session: Session, sign_in_as: SignInAs, books: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.FINANCE_OFFICER))


def told(session: Session, fund: Fund, month: int) -> list[str]:
    with clock.at(NOVEMBER):
        return [found.text for found in warnings_for(session, fund, date(2026, month, 1))]


def test_a_settled_month_after_closed_ones_has_nothing_in_its_way(
    session: Session, books: Fund
) -> None:
    assert [one for one in told(session, books, 1) if "reconciled" not in one] == []


def test_open_months_money_in_suspense_and_missing_rates_are_named(
    session: Session, books: Fund
) -> None:
    found = told(session, books, 2)
    assert "Earlier months are still open: 2026-01." in found
    assert "Unidentified deposits of 77.00 USD remain at the end of the month." in found
    assert any(one.startswith("GBP was used, but no rate for it") for one in found)
    close(session, books, date(2026, 1, 1), CLERK)
    assert not any("Earlier" in one for one in told(session, books, 2))


def test_a_month_that_is_not_over_is_named(session: Session, books: Fund) -> None:
    assert "The month has not ended yet." in told(session, books, 11)


def test_the_page_names_them_and_keeps_who_closed_and_opened_it_and_why(
    finance: StrictClient,
) -> None:
    page = words(finance.get("/ledger/UNVTF/periods/2026-02").text)
    assert "Check before closing" in page
    assert "77.00 USD" in page
    finance.submit("/ledger/UNVTF/periods/2026-02/close", {"reason": "The sender is known."})
    finance.submit("/ledger/UNVTF/periods/2026-02/reopen", {"reason": "A late invoice."})
    page = words(finance.get("/ledger/UNVTF/periods/2026-02").text)
    for fact in ("closed", "reopened", "A late invoice.", "The sender is known.", "Finance"):
        assert fact in page
    assert "reopened" in words(finance.get("/ledger/UNVTF/periods").text)


def test_what_is_closed_is_not_closed_again(finance: StrictClient) -> None:
    finance.submit("/ledger/UNVTF/periods/2026-01/close")
    reply = finance.submit("/ledger/UNVTF/periods/2026-01/close")
    assert reply.status_code == 409


def test_a_bank_account_that_nobody_signed_off_is_named(
    finance: StrictClient,
) -> None:
    page = words(finance.get("/ledger/UNVTF/periods/2026-01").text)
    assert "is not reconciled and signed off" in page
