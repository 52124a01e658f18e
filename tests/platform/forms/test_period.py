"""The one choice of period of a filter."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from grants.core.kernel import clock
from grants.platform.forms.fields import PeriodField
from grants.platform.forms.fields.period import Days
from grants.platform.forms.forms import QueryForm

NOON = datetime(2026, 3, 31, 12, tzinfo=ZoneInfo("Europe/Vienna"))


class Filter(QueryForm):
    period = PeriodField("Period")


def asked(app: Flask, query: str) -> Filter:
    with clock.at(NOON), app.test_request_context(f"/list?{query}"):
        form = Filter()
        form.validate()
        return form


@pytest.mark.parametrize(
    ("query", "days", "words"),
    [
        ("period-of=week", Days(date(2026, 3, 25), date(2026, 3, 31)), "Last 7 days"),
        ("period-of=month", Days(date(2026, 3, 1), date(2026, 3, 31)), "This month"),
        ("period-of=month-before", Days(date(2026, 2, 1), date(2026, 2, 28)), "Last month"),
        ("period-of=year-before", Days(date(2025, 1, 1), date(2025, 12, 31)), "Last year"),
        (
            "period-of=days&period-since=2026-01-02&period-until=2026-01-03",
            Days(date(2026, 1, 2), date(2026, 1, 3)),
            "2 January 2026 – 3 January 2026",
        ),
        ("period-since=2026-01-02", Days(date(2026, 1, 2)), "from 2 January 2026"),
        ("period-until=2026-01-03", Days(None, date(2026, 1, 3)), "until 3 January 2026"),
    ],
)
def test_a_period_is_chosen_by_name_or_by_its_days(
    app: Flask, query: str, days: Days, words: str
) -> None:
    form = asked(app, query)
    assert form.period.days == days
    with app.test_request_context("/list"):
        assert form.period.words() == words


@pytest.mark.parametrize(
    "query",
    ["", "period-of=days", "period-of=ages", "period-since=yesterday", "period-since=0001-01-01"],
)
def test_what_names_no_period_filters_nothing(app: Flask, query: str) -> None:
    form = asked(app, query)
    assert form.period.days == Days()
    assert bool(form.period.errors) == (query not in ("", "period-of=days"))
