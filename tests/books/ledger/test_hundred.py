"""What USD 100 became: by the ledger, to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.books.ledger.cash import source_and_use
from grants.books.ledger.hundred import BEGINNING, HUNDRED, hundred_of, shares_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from tests.factories import (
    a_closed_call,
    a_deposit,
    a_pledge,
    a_submitted_application,
    a_team,
    an_award,
    money_for_awards,
)


@given(st.lists(st.integers(0, 10**13), min_size=4, max_size=4).filter(any))
def test_the_shares_are_always_a_hundred(parts: list[int]) -> None:
    shares = shares_of(HUNDRED, parts)
    assert sum(shares) == HUNDRED
    for share, part in zip(shares, parts, strict=True):
        assert abs(share - HUNDRED * part / sum(parts)) < 1


def test_before_any_money_nothing_is_said(session: Session, fund: Fund) -> None:
    assert hundred_of(session, fund, clock.today()) is None


def test_the_parts_tie_to_the_ledger(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, Money.parse("90000", "USD"))
    a_deposit(session, fund, pledge, Money.parse("90000", "USD"))
    team = a_team(session)
    money_for_awards(session, fund)
    an_award(session, a_submitted_application(session, a_closed_call(session, fund)), team)
    became = hundred_of(session, fund, clock.today())
    assert became is not None
    figures = source_and_use(session, fund, BEGINNING, clock.today())
    assert sum(became.parts, usd(0)) == became.whole
    assert became.promised + became.free == figures.closing_balance
    assert became.promised > usd(0)
    assert sum(became.shares, usd(0)) == usd(HUNDRED)
    received = figures.source.contributions + figures.source.interest
    received += figures.source.unidentified_receipts + figures.opening_balance
    assert became.whole == received - figures.use.refunds_to_donors


@pytest.mark.parametrize("whole", [1, 3, 100])
def test_what_rounding_leaves_goes_to_the_largest_rest(whole: int) -> None:
    assert sum(shares_of(whole, [1, 1, 1])) == whole
