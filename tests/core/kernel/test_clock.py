"""Days and months as the fund counts them."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.clock import months_after, months_between

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(DAYS, st.integers(0, 2000))
def test_a_period_lasts_as_many_months_as_have_begun(first: date, days: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    months = months_between(first, last)
    assert last <= months_after(first, months)
    assert months == 0 or months_after(first, months - 1) < last


def test_a_period_from_first_to_last_of_a_month_is_whole_months() -> None:
    assert months_between(date(2027, 4, 1), date(2027, 9, 30)) == 6
    assert months_between(date(2027, 4, 1), date(2028, 9, 30)) == 18
    assert months_between(date(2027, 1, 31), date(2027, 2, 28)) == 1
    assert months_after(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert months_after(date(2027, 12, 15), 13) == date(2029, 1, 15)
