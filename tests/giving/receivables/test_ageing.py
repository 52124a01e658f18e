"""How old a receivable is: reckoned from promised payments, without a database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.money import Money, total, usd
from grants.giving.pledges.schedule import Due
from grants.giving.receivables.ageing import ages_of, band_of, spread
from grants.giving.receivables.workflow import Band

SIGNED = date(2020, 5, 1)
PERCENTS = {"not_due": "0", "first_year": "5", "second_year": "25", "third_year": "60"}


@pytest.mark.parametrize(
    ("day", "band"),
    [
        (date(2024, 2, 28), Band.NOT_DUE),
        (date(2024, 2, 29), Band.FIRST_YEAR),
        (date(2025, 2, 28), Band.FIRST_YEAR),
        (date(2025, 3, 1), Band.SECOND_YEAR),
        (date(2026, 2, 28), Band.SECOND_YEAR),
        (date(2027, 2, 28), Band.THIRD_YEAR),
        (date(2027, 3, 1), Band.LATER),
        (date(2040, 1, 1), Band.LATER),
    ],
)
def test_a_band_begins_on_the_anniversary_of_the_due_date(day: date, band: Band) -> None:
    assert band_of(date(2024, 2, 29), day) is band


def test_the_day_before_an_anniversary_is_the_band_before() -> None:
    due = date(2023, 6, 15)
    assert band_of(due, date(2024, 6, 14)) is Band.FIRST_YEAR
    assert band_of(due, date(2024, 6, 15)) is Band.SECOND_YEAR


def test_money_pays_the_first_promised_payments_first() -> None:
    dues = [Due(date(2024 + at, 1, 1), usd(100)) for at in range(3)]
    assert spread(dues, SIGNED, usd(150)) == [
        Due(date(2025, 1, 1), usd(50)),
        Due(date(2026, 1, 1), usd(100)),
    ]


def test_without_promised_payments_all_was_due_at_the_signature() -> None:
    assert spread([], SIGNED, usd(7)) == [Due(SIGNED, usd(7))]


def test_more_than_is_promised_was_due_with_the_first_payment() -> None:
    dues = [Due(date(2024, 1, 1), usd(100))]
    assert spread(dues, SIGNED, usd(130)) == [
        Due(date(2024, 1, 1), usd(30)),
        Due(date(2024, 1, 1), usd(100)),
    ]


amounts = st.integers(1, 10**9)


@given(
    parts=st.lists(amounts, max_size=12),
    owed=st.integers(-(10**10), 10**10),
    cents=st.integers(0, 10**10),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    conditional=st.booleans(),
)
def test_bands_add_up_to_what_is_owed_in_both_currencies(
    parts: list[int], owed: int, cents: int, currency: str, *, conditional: bool
) -> None:
    """Also when more was paid than promised, which is put right on a later day."""
    day = date(2026, 12, 31)
    cents = -cents if owed < 0 else cents
    dues = [
        Due(date(2020, 1, 1) + timedelta(200 * at), Money(part, currency))
        for at, part in enumerate(parts)
    ]
    owed_money = Money(owed, currency)
    open_ = spread(dues, SIGNED, owed_money)
    ages = ages_of(open_, usd(cents), day, PERCENTS, conditional=conditional)
    assert total((age.amount for age in ages), currency) == owed_money
    assert total(age.usd for age in ages) == usd(cents if owed else 0)
    for age in ages:
        assert 0 <= age.doubtful.minor <= max(age.amount.minor, 0)
        assert age.doubtful == age.amount.share(
            Decimal(0 if conditional or owed < 0 else PERCENTS.get(age.band, "0"))
        )
