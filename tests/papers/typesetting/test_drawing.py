"""Charts are drawn by another process as this one would draw them."""

import time
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from grants.core.kernel.errors import Unfinished
from grants.papers.typesetting import drawing
from grants.papers.typesetting.drawing import Drawer
from grants.papers.typesetting.printers import Ended, Printer
from grants.platform.web import charts
from grants.platform.web.charts import Picture

PICTURE = Picture("Received", "By year", ("USD",), (("2025", (400_000,)), ("2026", (1,))), "ar")


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    with closing(Drawer()) as made:
        yield made


def number_of(drawer: Drawer) -> int:
    assert drawer._one
    return drawer._one.process.pid


def test_another_process_draws_the_same_and_a_new_one_takes_the_place_of_one_that_died(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {kind: charts.drawn(kind, PICTURE) for kind in ("bars", "columns")}
    monkeypatch.setattr(charts, "_in_both_widths", None)
    assert {kind: drawer.done(charts.drawn, (kind, PICTURE)) for kind in here} == here
    first = number_of(drawer)
    psutil.Process(first).kill()
    assert drawer.done(charts.drawn, ("bars", PICTURE)) == here["bars"]
    assert number_of(drawer) != first


def test_a_page_is_not_lost_when_no_process_can_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "_in_both_widths", lambda *_given: "drawn here")
    with closing(Drawer()) as drawer:
        drawer.words = ("no.such.module", "text", "ERROR")
        assert drawer.done(charts.drawn, ("bars", PICTURE)) == "drawn here"


def test_a_page_is_not_lost_when_no_process_can_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(charts, "_in_both_widths", lambda *_given: "drawn here")
    monkeypatch.setattr(drawing, "Printer", full)
    with closing(Drawer()) as drawer:
        assert drawer.done(charts.drawn, ("bars", PICTURE)) == "drawn here"


def test_a_chart_that_takes_too_long_is_not_begun_again(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def late(*_given: object) -> None:
        asked.append(1)
        raise Ended

    monkeypatch.setattr(drawing, "LIMIT", 0)
    monkeypatch.setattr(charts, "_in_both_widths", None)
    monkeypatch.setattr(Printer, "answer_to", late)
    with pytest.raises(Unfinished, match="Try again in a few minutes"):
        drawer.done(charts.drawn, ("bars", PICTURE))
    assert asked == [1]


def test_a_chart_that_cannot_be_drawn_is_an_error(drawer: Drawer) -> None:
    with pytest.raises(RuntimeError, match="KeyError"):
        drawer.done(charts.drawn, ("pie", PICTURE))


def test_the_process_ends_when_nothing_is_drawn() -> None:
    drawer = Drawer(idle=0.1)
    drawer.done(charts.drawn, ("bars", PICTURE))
    until = time.monotonic() + 20
    while drawer._one and time.monotonic() < until:
        time.sleep(0.05)
    assert drawer._one is None
