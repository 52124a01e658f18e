"""Which rate holds on a day, and what may be entered."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.books.ledger.positions import Position
from grants.books.ledger.rates import NewRate, Quote, add_rates, rate_on, value_at, value_on, worth
from grants.books.ledger.receipts import receive_deposit
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden, InvalidInput
from grants.core.kernel.money import Money
from grants.core.people.permissions import Role
from grants.core.people.viewer import Standing, Viewer
from tests.books.ledger.books import CLERK, MARCH, lines, money, voucher


def publish(session: Session, *rates: tuple[str, date, str], source: str = "UNORE") -> int:
    return add_rates(
        session, [NewRate(code, day, Decimal(rate)) for code, day, rate in rates], CLERK, source
    )


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2026, 2, 28), "0.90"),
        (date(2026, 3, 1), "0.91"),
        (date(2026, 3, 14), "0.91"),
        (date(2026, 3, 15), "0.92"),
        (date(2027, 1, 1), "0.92"),
    ],
)
def test_the_newest_rate_on_or_before_the_day_holds(session: Session, day: date, rate: str) -> None:
    publish(session, ("EUR", date(2026, 3, 15), "0.92"), ("EUR", date(2026, 2, 1), "0.90"))
    publish(session, ("EUR", date(2026, 3, 1), "0.91"))
    assert str(rate_on(session, "EUR", day).rate) == rate


def test_a_mid_month_revision_leaves_other_currencies_and_earlier_days_alone(
    session: Session,
) -> None:
    first, revised = date(2026, 3, 1), date(2026, 3, 16)
    publish(session, ("EUR", first, "0.91"), ("CHF", first, "0.88"))
    publish(session, ("EUR", revised, "0.95"))
    assert rate_on(session, "CHF", revised) == Quote(Decimal("0.88"), first, "UNORE")
    assert rate_on(session, "EUR", revised - timedelta(days=1)).effective_on == first


def test_a_rate_entered_later_does_not_touch_what_is_booked(session: Session, fund: Fund) -> None:
    publish(session, ("EUR", date(2026, 3, 1), "0.80"))
    entry = receive_deposit(session, voucher(fund, MARCH), money("8", "EUR"))
    publish(session, ("EUR", date(2026, 3, 5), "0.50"))
    assert lines(session, entry)[0] == ("cash", "8.00 EUR", "10.00", "0.80")


def test_before_the_first_rate_there_is_none(session: Session) -> None:
    publish(session, ("EUR", date(2026, 3, 1), "0.91"))
    with pytest.raises(DomainError, match="no exchange rate for EUR on or before 2026-02-28"):
        rate_on(session, "EUR", date(2026, 2, 28))
    with pytest.raises(InvalidInput, match="XYZ is not a currency"):
        rate_on(session, "XYZ", date(2026, 2, 28))


def test_entering_rates_again_changes_nothing(session: Session) -> None:
    rates = (("EUR", date(2026, 3, 1), "0.91"), ("JPY", date(2026, 3, 1), "147.3"))
    assert publish(session, *rates) == 2
    assert publish(session, *rates, ("CHF", date(2026, 3, 1), "0.88"), source="again") == 1
    assert publish(session, ("EUR", date(2026, 3, 1), "0.910")) == 0
    assert rate_on(session, "EUR", MARCH).source == "UNORE"


def test_a_rate_is_never_changed(session: Session) -> None:
    publish(session, ("EUR", date(2026, 3, 1), "0.91"))
    with pytest.raises(DomainError, match=r"EUR has the rate 0.91 from 2026-03-01; .* not 0.92"):
        publish(session, ("CHF", date(2026, 3, 1), "1"), ("EUR", date(2026, 3, 1), "0.92"))
    with pytest.raises(DomainError, match="never changed"):
        publish(session, ("GBP", date(2026, 3, 1), "0.8"), ("GBP", date(2026, 3, 1), "0.9"))
    with pytest.raises(DomainError, match="no exchange rate for CHF"):
        rate_on(session, "CHF", MARCH)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_is_a_number_above_0(session: Session, rate: str) -> None:
    with pytest.raises(DomainError, match="above 0"):
        publish(session, ("EUR", MARCH, rate))


def test_the_dollar_needs_no_row_and_has_no_other_rate_than_1(session: Session) -> None:
    assert publish(session, ("USD", MARCH, "1")) == 0
    assert value_on(session, money("5"), MARCH) == value_at(money("5"), None)
    with pytest.raises(DomainError, match="USD has the rate 1"):
        publish(session, ("USD", MARCH, "1.01"))


def test_worth_is_the_value_on_a_day_without_a_posting(session: Session) -> None:
    publish(session, ("EUR", date(2026, 3, 1), "0.80"))
    assert worth(session, money("8", "EUR"), MARCH) == money("10")


def test_only_those_who_may_enter_rates_do(session: Session, fund: Fund) -> None:
    def act(role: Role) -> Act:
        return Act(Viewer("somebody", standings=(Standing(role, fund.id),)))

    rates = [NewRate("EUR", MARCH, Decimal(1))]
    with pytest.raises(Forbidden):
        add_rates(session, rates, act(Role.FUND_MANAGER))
    assert add_rates(session, rates, act(Role.FINANCE_OFFICER)) == 1


def test_every_decimal_of_a_rate_is_kept(session: Session) -> None:
    publish(session, ("KWD", MARCH, "0.30712345678901"))
    assert f"{rate_on(session, 'KWD', MARCH).rate:f}" == "0.30712345678901"


@given(
    parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=12),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    rate=st.decimals("0.001", "5000", places=4),
)
def test_a_position_that_leaves_in_parts_leaves_nothing_behind(
    parts: list[int], currency: str, rate: Decimal
) -> None:
    quote = Quote(rate, MARCH, "UNORE")
    whole = value_at(Money(sum(parts), currency), quote)
    left = Position(whole.amount, whole.usd_minor, quote)
    for part in parts:
        out = left.part(Money(part, currency))
        left = Position(left.amount - out.amount, left.usd_minor - out.usd_minor, quote)
    assert (left.amount.minor, left.usd_minor) == (0, 0)
