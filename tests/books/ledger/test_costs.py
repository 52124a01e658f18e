"""Direct costs, administration fees, and the opening balance of a fund that moves in."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.cash import source_and_use
from grants.books.ledger.costs import (
    book_administration_fee,
    book_direct_cost,
    bring_in_opening_balance,
)
from grants.books.ledger.financial import financial_year
from grants.books.ledger.queries import NotEnough, balances
from grants.books.ledger.receipts import receive_unidentified
from grants.books.ledger.verify import breaches
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, money, publish_rates, voucher


def test_costs_are_uses_of_their_own_and_carry_no_support_cost(
    session: Session, fund: Fund
) -> None:
    bring_in_opening_balance(session, voucher(fund, JANUARY, "opening"), money("100"))
    book_direct_cost(session, voucher(fund, FEBRUARY, "audit"), money("30"))
    book_administration_fee(session, voucher(fund, MARCH, "fee"), money("10"))
    told = source_and_use(session, fund, JANUARY, MARCH)
    assert (told.opening_balance, told.closing_balance) == (money("100"), money("60"))
    assert (told.use.direct_costs, told.use.administration_fees) == (money("30"), money("10"))
    assert told.use.total == money("40")
    year = financial_year(session, fund, JANUARY, MARCH)
    assert year.opening_net_assets == money("100")
    assert year.performance.surplus == money("-40")
    assert breaches(session) == []


def test_money_that_waits_for_its_owner_pays_no_cost(session: Session, fund: Fund) -> None:
    receive_unidentified(session, voucher(fund, JANUARY, "unknown"), money("100"))
    with pytest.raises(NotEnough, match=r"only 0\.00 USD"):
        book_direct_cost(session, voucher(fund, FEBRUARY, "audit"), money("1"))


def test_an_opening_balance_comes_before_everything(session: Session, fund: Fund) -> None:
    publish_rates(session)
    receive_unidentified(session, voucher(fund, FEBRUARY, "unknown"), money("5"))
    with pytest.raises(DomainError, match="expected an earlier date for the opening balance"):
        bring_in_opening_balance(session, voucher(fund, MARCH, "late"), money("100"))
    bring_in_opening_balance(session, voucher(fund, JANUARY, "one"), money("100"))
    bring_in_opening_balance(session, voucher(fund, JANUARY, "two"), money("9", "EUR"))
    assert balances(session, fund).opening_balance == money("110")


def test_the_same_cost_is_booked_once(session: Session, fund: Fund) -> None:
    bring_in_opening_balance(session, voucher(fund, JANUARY, "opening"), money("100"))
    paid = voucher(fund, date(2026, 2, 10), "audit")
    first = book_direct_cost(session, paid, money("30"))
    assert book_direct_cost(session, paid, money("30")) is first
