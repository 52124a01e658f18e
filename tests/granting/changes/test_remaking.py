"""The schedule under new terms: money to the cent, reports without a gap, the past untouched."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import total, usd
from grants.granting.agreements.schedule import propose
from grants.granting.changes.kinds import KINDS
from grants.granting.changes.terms import PaymentTerm, ReportTerm, Terms, differences
from grants.granting.changes.workflow import ChangeKind

START = date(2026, 1, 1)


@st.composite
def a_grant(draw: st.DrawFn) -> Terms:
    """A grant of some months of which some payments and reports are done."""
    amount = usd(draw(st.integers(10_000, 9_000_000)))
    ends_on = START + timedelta(draw(st.integers(60, 700)))
    planned = propose(amount, START, ends_on)
    done = draw(st.integers(0, len(planned.reports) - 1))
    paid = draw(st.integers(0, done + 1))
    parts = [
        PaymentTerm(number, part.amount, part.due_on, number > paid)
        for number, part in enumerate(planned.instalments, 1)
    ]
    reports = [
        ReportTerm(number, due.kind, due.covers_from, due.covers_to, due.due_on, number > done)
        for number, due in enumerate(planned.reports, 1)
    ]
    return Terms(amount, START, ends_on, tuple(parts), tuple(reports))


def holds(before: Terms, after: Terms) -> None:
    assert total(part.amount for part in after.instalments) == after.amount
    assert all(part.amount.minor > 0 for part in after.instalments)
    assert [part for part in before.instalments if not part.is_open] == [
        part for part in after.instalments if not part.is_open
    ]
    assert [part.number for part in after.instalments] == [
        number for number, _part in enumerate(after.instalments, 1)
    ]
    for earlier, later in pairwise(after.instalments):
        assert later.is_open is False or earlier.due_on <= later.due_on
    if after.reports and after.reports[-1].is_open:
        assert after.reports[-1].covers_to == after.ends_on
    for before_it, report in pairwise(after.reports):
        assert report.covers_from == before_it.covers_to + timedelta(1)
    assert Terms.from_json(after.as_json()) == after


@given(a_grant(), st.integers(1, 500))
def test_an_extension_moves_days_and_no_money(terms: Terms, days: int) -> None:
    asked = {"ends_on": (terms.ends_on + timedelta(days)).isoformat()}
    after = KINDS[ChangeKind.EXTENSION].propose(terms, asked)
    holds(terms, after)
    assert after.amount == terms.amount
    assert len(after.instalments) == len(terms.instalments)
    assert after.instalments[-1].is_open is False or (
        len(after.instalments) == 1 or after.instalments[-1].due_on >= after.ends_on
    )


@given(a_grant(), st.integers(0, 500), st.integers(1, 5_000_000))
def test_more_money_is_shared_among_what_is_unpaid(terms: Terms, days: int, cents: int) -> None:
    asked = {
        "ends_on": (terms.ends_on + timedelta(days)).isoformat(),
        "amount": str(usd(cents)),
        "from": "2026-03-01",
    }
    after = KINDS[ChangeKind.TOP_UP].propose(terms, asked)
    holds(terms, after)
    assert after.amount == terms.amount + usd(cents)


@given(a_grant(), st.integers(0, 700), st.integers(0, 9_000_000))
def test_a_termination_pays_no_more_than_it_says(terms: Terms, days: int, cents: int) -> None:
    amount = min(usd(cents), terms.amount, key=lambda money: money.minor)
    ends_on = min(START + timedelta(days), terms.ends_on)
    asked = {"ends_on": ends_on.isoformat(), "amount": str(amount)}
    try:
        after = KINDS[ChangeKind.TERMINATION].propose(terms, asked)
    except DomainError:
        assert amount.minor < terms.paid_or_on_its_way.minor or ends_on <= max(
            START, *(report.covers_to for report in terms.reports if not report.is_open), START
        )
        return
    holds(terms, after)
    assert (after.amount, after.suspended_on) == (amount, None)


@given(a_grant(), st.integers(1, 9_000_000))
def test_a_reduction_keeps_the_days_of_a_grant(terms: Terms, cents: int) -> None:
    asked = {"amount": str(usd(cents))}
    try:
        after = KINDS[ChangeKind.REDUCTION].propose(terms, asked)
    except DomainError:
        assert cents >= terms.amount.minor or cents < terms.paid_or_on_its_way.minor
        return
    holds(terms, after)
    assert (after.amount, after.ends_on, after.reports) == (
        usd(cents),
        terms.ends_on,
        terms.reports,
    )


def test_an_extension_beyond_six_months_brings_one_more_report() -> None:
    planned = propose(usd(2_000_000), START, date(2026, 4, 30))
    (final,) = planned.reports
    report = ReportTerm(1, final.kind, final.covers_from, final.covers_to, final.due_on)
    part = PaymentTerm(1, usd(2_000_000), START)
    terms = Terms(usd(2_000_000), START, date(2026, 4, 30), (part,), (report,))
    after = KINDS[ChangeKind.EXTENSION].propose(terms, {"ends_on": "2026-09-30"})
    assert [due.covers_to for due in after.reports] == [date(2026, 4, 30), date(2026, 9, 30)]
    assert [line.what for line in differences(terms, after)] == ["Last day", "Report 1", "Report 2"]


def test_a_day_that_is_no_extension_is_refused() -> None:
    terms = Terms(usd(100), START, date(2026, 4, 30))
    with pytest.raises(DomainError, match="after the present end"):
        KINDS[ChangeKind.EXTENSION].propose(terms, {"ends_on": "2026-04-30"})
