"""A schedule fits its award whatever the sum and the length."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.books.ledger.spending import with_support_cost
from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import total, usd
from grants.granting.agreements.schedule import PlannedInstalment, Schedule, check, propose
from grants.granting.reporting.models import ReportKind
from grants.granting.reporting.schedule import reports_until

START, END = date(2026, 3, 1), date(2026, 10, 31)
days = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(st.integers(1, 10**12), days, st.integers(1, 1500))
def test_what_is_proposed_always_fits_the_award(cents: int, start: date, length: int) -> None:
    end = start + timedelta(length)
    proposed = propose(usd(cents), start, end)
    check(proposed, usd(cents), start, end)
    assert proposed.amount == usd(cents)


@given(
    cents=st.integers(500_00, 10**8),
    length=st.integers(1, 900),
    percent=st.integers(2, 60).map(lambda half: Decimal(half) / 2),
)
def test_what_is_proposed_takes_no_more_than_the_award_reserved(
    cents: int, length: int, percent: Decimal
) -> None:
    proposed = propose(usd(cents), START, START + timedelta(length), percent)
    parts = [part.amount for part in proposed.instalments]
    assert total(parts) == usd(cents)
    assert with_support_cost(parts, percent) <= with_support_cost([usd(cents)], percent)


@given(st.integers(1, 10**9), days, st.integers(1, 900))
def test_a_schedule_survives_being_kept_as_json(cents: int, start: date, length: int) -> None:
    proposed = propose(usd(cents), start, start + timedelta(length))
    for part in proposed.instalments:
        assert type(part).from_json(part.as_json()) == part
    for report in proposed.reports:
        assert type(report).from_json(report.as_json()) == report


def test_six_months_are_paid_in_two_parts_with_one_report() -> None:
    proposed = propose(usd(2_000_000), date(2026, 1, 1), date(2026, 6, 30))
    assert [str(part.amount) for part in proposed.instalments] == ["16000.00", "4000.00"]
    assert [report.kind for report in proposed.reports] == [ReportKind.FINAL]
    assert proposed.reports[0].due_on == date(2026, 8, 29)


def test_a_day_more_means_three_parts_and_an_interim_report_at_mid_term() -> None:
    proposed = propose(usd(2_000_001), date(2026, 1, 1), date(2026, 7, 1))
    assert [part.amount.minor for part in proposed.instalments] == [800_001, 800_000, 400_000]
    interim, final = proposed.reports
    assert (interim.covers_from, interim.covers_to) == (date(2026, 1, 1), date(2026, 4, 1))
    assert (final.covers_from, final.covers_to) == (date(2026, 4, 2), date(2026, 7, 1))
    assert [part.due_on for part in proposed.instalments] == [
        date(2026, 1, 1),
        interim.due_on,
        final.due_on,
    ]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 15), 24, date(2028, 1, 15)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


def a_schedule() -> Schedule:
    return propose(usd(2_000_000), START, END)


def refused(schedule: Schedule, match: str) -> None:
    with pytest.raises(DomainError, match=match):
        check(schedule, usd(2_000_000), START, END)


def test_a_sum_that_differs_by_a_cent_is_refused_with_the_difference() -> None:
    first, *rest = a_schedule().instalments
    more = PlannedInstalment(first.amount + usd(1), first.due_on)
    refused(replace(a_schedule(), instalments=(more, *rest)), r"Reduce them by USD.0\.01")
    refused(replace(a_schedule(), instalments=()), "more than 0")


def test_an_instalment_of_nothing_or_less_is_refused() -> None:
    parts = [PlannedInstalment(usd(minor), START) for minor in (2_000_100, -100)]
    refused(replace(a_schedule(), instalments=tuple(parts)), "more than 0")


def test_instalments_fall_due_in_order() -> None:
    parts = [PlannedInstalment(usd(1_000_000), day) for day in (END, START)]
    refused(replace(a_schedule(), instalments=tuple(parts)), "in chronological order")


@pytest.mark.parametrize(
    ("ends", "match"),
    [
        ([(END - timedelta(1), END + timedelta(9))], "to its last day"),
        ([(END, END - timedelta(1))], "due after it ends"),
        ([(START - timedelta(1), END), (END, END)], "must end after it begins"),
        ([(START, END + timedelta(2)), (END, END + timedelta(1))], "in chronological order"),
    ],
)
def test_reports_cover_the_whole_grant_in_order(ends: list[tuple[date, date]], match: str) -> None:
    refused(replace(a_schedule(), reports=reports_until(START, ends)), match)


def test_the_first_report_begins_with_the_grant() -> None:
    late = reports_until(START + timedelta(1), [(END, END + timedelta(60))])
    refused(replace(a_schedule(), reports=late), "begin with the grant")
