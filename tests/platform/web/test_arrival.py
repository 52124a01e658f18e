"""A slow upload counts from its beginning, within bounds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask

from grants.core.kernel import clock
from grants.platform.web.arrival import LONGEST, arrived_at, began


@contextmanager
def arriving_for(seconds: float) -> Iterator[None]:
    """The web server has had the head of the request for so long."""
    token = began.set(time.monotonic() - seconds)
    yield
    began.reset(token)


@pytest.mark.parametrize(
    ("seconds", "counted"),
    [
        (0, timedelta(0)),
        (300, timedelta(minutes=5)),
        (LONGEST.total_seconds() * 6, LONGEST),  # its first line in time, the rest an hour later
    ],
)
def test_an_act_is_of_the_moment_when_its_request_began_at_most_ten_minutes_before(
    app: Flask, seconds: float, counted: timedelta
) -> None:
    with arriving_for(seconds), app.test_request_context("/", method="POST"):
        before = clock.now() - arrived_at()
    assert abs(before - counted) < timedelta(seconds=5)


def test_behind_a_server_that_says_nothing_it_is_now(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        assert clock.now() - arrived_at() < timedelta(seconds=5)
