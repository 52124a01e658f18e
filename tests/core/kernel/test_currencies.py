"""Currencies by ISO 4217: decimals of every one in use; withdrawn ones are read and not taken."""

from datetime import date

import pytest
from babel.numbers import get_currency_precision

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.iso4217 import DECIMALS, WITHDRAWN
from grants.core.kernel.money import Money, currencies, exponent, known_currencies, require_in_use

TWO_BY_ISO_AND_NONE_BY_CLDR = {
    *("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER")
}


@pytest.mark.parametrize("currency", sorted(currencies()))
def test_the_decimals_of_a_currency_are_those_of_iso(currency: str) -> None:
    expected = get_currency_precision(currency)
    if currency in TWO_BY_ISO_AND_NONE_BY_CLDR:
        assert expected == 0, "Unicode agrees by now: drop it from this list"
        expected = 2
    assert exponent(currency) == (3 if currency == "IQD" else expected)
    whole = Money.parse("12", currency)
    assert whole.minor == 12 * 10 ** exponent(currency)
    assert Money.parse(str(whole), currency) == whole


def test_every_code_in_use_stands_once() -> None:
    assert len(DECIMALS) == 165
    assert not set(DECIMALS) & set(WITHDRAWN)
    assert {"XAU", "XDR", "XTS", "XXX"}.isdisjoint(currencies())


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("12.50", "RSD", 1250), ("100.500", "IQD", 100500), ("1.0005", "CLF", 10005)],
)
def test_amounts_that_unicode_would_round_are_read(typed: str, currency: str, minor: int) -> None:
    assert Money.parse(typed, currency) == Money(minor, currency)


@pytest.mark.parametrize("currency", sorted(WITHDRAWN))
def test_a_withdrawn_currency_is_refused_for_new_money_and_read_in_old(currency: str) -> None:
    assert currency not in currencies()
    assert currency in known_currencies()
    assert str(Money(100, currency))
    with pytest.raises(InvalidInput, match="withdrawn"):
        require_in_use(currency, date(2026, 11, 25))


@pytest.mark.parametrize(
    ("currency", "last"),
    [("HRK", date(2023, 1, 31)), ("BGN", date(2026, 1, 31)), ("DEM", date(2002, 3, 31))],
)
def test_a_history_may_hold_a_currency_until_it_was_withdrawn(currency: str, last: date) -> None:
    require_in_use(currency, last)
    with pytest.raises(InvalidInput, match="withdrawn"):
        require_in_use(currency, date.fromordinal(last.toordinal() + 1))


@pytest.mark.parametrize("code", ["XAU", "XTS", "usd", "EURO", ""])
def test_what_is_no_money_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="not a currency"):
        require_in_use(code, date(2020, 1, 1))
