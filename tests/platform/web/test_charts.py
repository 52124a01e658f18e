"""Charts: as long as their figures, with room for their words, and with nothing a page forbids."""

import re
from importlib.resources import files

import pytest
import uharfbuzz

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.core.kernel.money import usd
from grants.platform.web import charts, preview


def a_picture(*dollars: int) -> charts.Picture:
    rows = {f"Row {place} <b>": (usd(100 * amount),) for place, amount in enumerate(dollars)}
    return charts.picture("Title & more", "What it shows", ("USD",), rows)


def test_bars_are_as_long_as_their_figures() -> None:
    svg = charts.bars(a_picture(0, 300, 150, -20))
    wide = [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', svg)][:4]
    assert wide == [0, charts.WIDE - charts.FIGURE, (charts.WIDE - charts.FIGURE) / 2, 0]
    assert charts.bars(a_picture(0)).count("<rect") == 2, "nothing at all is a picture, too"


def test_a_chart_needs_nothing_that_the_page_forbids() -> None:
    svg = charts.bars(a_picture(1, 20))
    for forbidden in ("style=", "<style", "<script", "href", "<b>"):
        assert forbidden not in svg
    assert svg.count("url(") == svg.count("url(#")
    assert svg.count("<svg") == svg.count("role=") == 2  # for wide and for narrow screens
    assert "<title>Title &amp; more</title><desc>What it shows</desc>" in svg


def years(number: int, amount: int) -> charts.Picture:
    rows = {str(2020 + place): (usd(100 * amount), usd(100)) for place in range(number)}
    return charts.picture("Title", "What it shows", ("Need", "Funds"), rows)


def heights(svg: str) -> list[int]:
    return [int(height) for height in re.findall(r'<svg[^>]* height="(\d+)"', svg)]


def test_columns_lie_down_where_their_figures_would_meet() -> None:
    """Standing columns are as high for four years as for two; lying ones grow with the years."""
    two, four, seven = (heights(charts.columns(years(number, 900_000))) for number in (2, 4, 7))
    assert two[0] == four[0] < seven[0]  # wide screens
    assert two[1] < four[1] < seven[1]  # narrow ones


def test_two_charts_on_a_page_share_no_name() -> None:
    assert " id=" not in charts.bars(a_picture(1)) + charts.columns(years(2, 1))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_words_of_a_chart_have_room(language: str) -> None:
    """Real letters are never wider than the room that is left for them."""
    with use_language(language):
        words = [
            *(_("Pledged"), _("Committed"), _("Received"), _("Allocated"), _("Disbursed")),
            *(_("Need"), _("Funds"), "2026", "1,234", "MWMWM", "Zuwendungen"),
        ]
    for word in words:
        assert width_of(word) <= charts.room_of(word), word


def width_of(word: str) -> float:
    """Pixels of a word as a browser sets it, in a bold face where it is Arabic."""
    latin = files("fontpkg_noto_sans").joinpath("files/NotoSans[wdth,wght].ttf").read_bytes()
    face = uharfbuzz.Face(latin if word.isascii() else preview.ARABIC.read_bytes())
    text = uharfbuzz.Buffer()
    text.add_str(word)
    text.guess_segment_properties()
    uharfbuzz.shape(uharfbuzz.Font(face), text)
    units = sum(place.x_advance for place in text.glyph_positions)
    return float(units * charts.LETTERS / face.upem)


def test_the_same_figures_are_drawn_once() -> None:
    charts.bars.cache_clear()
    assert charts.bars(a_picture(1, 2)) is charts.bars(a_picture(1, 2))
    assert charts.bars.cache_info().misses == 1
    charts.bars(a_picture(1, 3))
    assert charts.bars.cache_info().misses == 2
