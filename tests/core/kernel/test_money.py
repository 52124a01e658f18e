"""Money: exact, of one currency, split without loss."""

from collections.abc import Callable
from decimal import Decimal
from operator import ge, gt, le, lt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.errors import DomainError, InvalidInput
from grants.core.kernel.money import Money, to_usd, usd

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1,234.50", "USD", 123450),
        ("1 234,50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1,234", "USD", 123400),
        ("1.005,5", "USD", 100550),
        ("1234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("1,234,567", "USD", 123456700),
        ("١٢٣٫٥", "USD", 12350),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, currency: str, minor: int) -> None:
    assert Money.parse(typed, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("10.5", "JPY"),
        ("1.234", "XYZ"),
        ("ten", "USD"),
        ("12,34,5", "USD"),
        ("", "USD"),
        ("1e5", "USD"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_a_sentence(typed: str, currency: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Money.parse(typed, currency)
    assert str(refused.value).endswith(".")


@given(st.integers(-(10**15), 10**15), CURRENCIES)
def test_an_amount_survives_being_written_and_read(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(str(money), currency) == money


@given(
    st.integers(0, 10**12),
    CURRENCIES,
    st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any),
)
def test_a_split_adds_up_exactly_and_gives_nothing_to_weight_0(
    minor: int, currency: str, weights: list[int]
) -> None:
    parts = Money(minor, currency).allocate(weights)
    assert sum(part.minor for part in parts) == minor
    assert all(not part for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(DomainError):
        Money(1, "USD") + Money(1, "EUR")


@pytest.mark.parametrize("compared", [lt, le, gt, ge])
def test_two_currencies_are_never_compared(compared: Callable[[Money, Money], bool]) -> None:
    with pytest.raises(DomainError):
        compared(Money(1, "EUR"), Money(2, "USD"))


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "cents"),
    [
        (10000, "EUR", "0.9", 11111),
        (150, "JPY", "150", 100),
        (1, "JPY", "200", 0),
        (3, "JPY", "200", 2),
        (5, "JPY", "200", 2),
        (1000, "KWD", "0.307", 326),
    ],
)
def test_a_foreign_amount_becomes_usd_half_even_once(
    minor: int, currency: str, rate: str, cents: int
) -> None:
    assert to_usd(Money(minor, currency), Decimal(rate)) == usd(cents)


def test_psc_is_rounded_half_even() -> None:
    assert usd(100).share(Decimal(13)) == usd(13)
    assert usd(50).share(Decimal(13)) == usd(6)
    assert usd(150).share(Decimal(13)) == usd(20)
