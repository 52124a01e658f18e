"""Nobody waits for a chart: it is drawn while its page is shown, for all processes at once."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grants.core.kernel import apart
from grants.core.kernel.language import LANGUAGES, OFFERED
from grants.platform.charts import charts, drawings
from grants.platform.charts.charts import NARROW, WIDE, Picture
from grants.platform.charts.drawings import Drawings
from grants.platform.charts.meanings import Meaning
from tests.platform.web.client import StrictClient

DRAWN = (
    '<div class="chart__wide"><svg xmlns="http://www.w3.org/2000/svg">wide</svg></div>'
    '<div class="chart__narrow"><svg xmlns="http://www.w3.org/2000/svg">narrow</svg></div>'
)


def a_picture(rows: int = 5, series: int = 1, language: str = "en") -> Picture:
    figures = tuple((f"Row {place}", (1000 * place,) * series) for place in range(rows))
    names = tuple(f"Series {place}" for place in range(series))
    return Picture("Money & more", "What came.", names, tuple(Meaning)[:series], figures, language)


@pytest.fixture
def kept(client: StrictClient, tmp_path: Path) -> Iterator[Drawings]:
    made = Drawings(tmp_path / "drawn", "a secret")
    drawings.keep_drawings(made)
    yield made
    drawings.keep_drawings(None)


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> "Drawer":
    slow = Drawer()
    monkeypatch.setattr(apart, "_helpers", slow)
    return slow


class Drawer:
    """Another process that draws when it is allowed to."""

    def __init__(self) -> None:
        self.may, self.asked = Event(), 0

    def result_of(self, _task: apart.Task) -> object:
        self.asked += 1
        self.may.wait(30)
        return DRAWN


def until_drawn(page: Callable[[], str]) -> str:
    end = time.monotonic() + 30
    while "<img" in (found := page()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def addresses(page: str) -> list[str]:
    return re.findall(r'src="([^"]+)"', page)


def shown(app: Flask, picture: Picture) -> str:
    with app.test_request_context():
        return str(charts.bars(picture))


@pytest.mark.file_times
def test_a_page_shows_the_place_of_a_chart_that_is_drawn_and_next_time_the_chart(
    app: Flask, client: StrictClient, kept: Drawings, drawer: Drawer
) -> None:
    first = shown(app, a_picture())
    assert first.count('alt="Money &amp; more. What came." height="180"') == 2
    drawer.may.set()
    wide, narrow = (client.get(address) for address in addresses(first))
    assert ("wide" in wide.text, "narrow" in narrow.text) == (True, True)
    assert wide.mimetype == "image/svg+xml"
    assert wide.text.startswith("<svg")
    assert wide.text.endswith("</svg>")
    assert until_drawn(lambda: shown(app, a_picture())) == DRAWN
    assert drawer.asked == 1
    assert len(list(kept.folder.glob("*.html"))) == 1


@pytest.mark.file_times
def test_what_another_process_draws_is_not_drawn_here_too(
    app: Flask, kept: Drawings, drawer: Drawer
) -> None:
    pages = [shown(app, a_picture()) for _look in range(3)]
    assert len(set(pages)) == 1
    shown(app, a_picture(rows=2))
    drawer.may.set()
    until_drawn(lambda: shown(app, a_picture()))
    until_drawn(lambda: shown(app, a_picture(rows=2)))
    assert drawer.asked == 2


@pytest.mark.usefixtures("kept")
@pytest.mark.file_times
def test_a_browser_asks_again_for_a_chart_that_takes_long(
    app: Flask, client: StrictClient, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawings, "PATIENCE", 0.05)
    address = addresses(shown(app, a_picture()))[0]
    for _try in range(2):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (302, address)
        assert answer.headers["Cache-Control"] == "private, no-store"
    drawer.may.set()
    assert until_drawn(lambda: shown(app, a_picture())) == DRAWN
    assert client.get(address).text.startswith("<svg")


@pytest.mark.usefixtures("kept")
@pytest.mark.file_times
def test_a_chart_that_cannot_be_drawn_leaves_its_words_and_is_tried_again(
    app: Flask, client: StrictClient, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_task: apart.Task) -> None:
        raise RuntimeError("not drawn")

    monkeypatch.setattr(apart, "_helpers", SimpleNamespace(result_of=fails))
    page = shown(app, a_picture())
    assert client.get(addresses(page)[0]).status_code == 404
    monkeypatch.setattr(apart, "_helpers", drawer)
    drawer.may.set()
    assert until_drawn(lambda: shown(app, a_picture())) == DRAWN


def test_a_chart_that_cannot_be_kept_is_drawn_at_once(
    app: Flask, tmp_path: Path, drawer: Drawer
) -> None:
    (tmp_path / "file").touch()
    drawer.may.set()
    drawings.keep_drawings(Drawings(tmp_path / "file" / "drawn", "a secret"))
    try:
        assert shown(app, a_picture()) == DRAWN
    finally:
        drawings.keep_drawings(None)


@pytest.mark.usefixtures("drawer")
def test_the_address_of_a_chart_cannot_be_made_from_its_figures(
    app: Flask, kept: Drawings, tmp_path: Path
) -> None:
    here = addresses(shown(app, a_picture()))
    drawings.keep_drawings(Drawings(tmp_path / "elsewhere", "another secret"))
    assert not set(here) & set(addresses(shown(app, a_picture())))
    assert kept.secret not in "".join(here)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", ["0" * 64, "..%2F..%2Fsecret-key", "A" * 64, "0"])
def test_no_other_file_is_found_at_such_an_address(client: StrictClient, name: str) -> None:
    answer = FlaskClient.get(client, f"/charts/{name}/wide.svg")
    assert answer.status_code == 404


@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize(
    ("kind", "rows", "series"),
    [
        *(("bars", rows, 1) for rows in (1, 5, 12)),
        *(("columns", rows, series) for rows in (1, 2, 4, 7, 12) for series in (1, 2)),
        ("columns", 3, 3),
    ],
)
def test_the_place_kept_free_is_as_high_as_the_chart(
    kind: str, rows: int, series: int, language: str
) -> None:
    assert language in LANGUAGES
    picture = a_picture(rows, series, language)
    drawn = re.findall(r'<svg [^>]*? height="(\d+)"', charts.drawn(kind, picture))
    kept_free = [charts._chart_height(kind, picture, width) for width in (WIDE, NARROW)]
    assert [abs(int(high) - free) <= 5 for high, free in zip(drawn, kept_free, strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "8 k, 12 k, 568 k, 1.2 m, 3.1 m, 310.0 m"),
        ("fr", "8 k, 12 k, 568 k, 1,2 M, 3,1 M, 310 M"),
        ("es", "8 mil, 12 mil, 568 mil, 1,2 M, 3,1 M, 310 M"),
        ("ru", "8 тыс., 12 тыс., 568 тыс., 1,2 млн, 3,1 млн, 310 млн"),
        ("zh", "8300, 1.2万, 56.8万, 123万, 310万, 3.1亿"),
        ("ar", "8 ألف, 12 ألف, 568 ألف, 1.2 مليون, 3.1 مليون, 310 مليون"),
    ],
)
def test_figures_on_bars_are_shortened_as_readers_of_a_language_expect(
    language: str, written: str
) -> None:
    amounts = (8_300, 12_300, 568_000, 1_234_567, 3_100_000, 310_000_000)
    rows = tuple((f"Row {amount}", (amount,)) for amount in amounts)
    picture = Picture("Money", "What came.", ("Money",), tuple(Meaning)[:1], rows, language)
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", charts.drawn("bars", picture))
    figures = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts if "Row" not in text]
    isolated = "\u2067{}\u2069" if language == "ar" else "{}"
    assert figures == [isolated.format(figure) for figure in written.split(", ")] * 2
