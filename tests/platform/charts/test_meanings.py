"""One colour for one meaning, on every chart, page and paper."""

import math
import re
from itertools import combinations

import pytest

from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from grants.platform.web.tokens import colours
from tests.rules.source import ROOT

SHEETS = ROOT / "grants" / "platform" / "web" / "assets"
LEAST = 15
"""Distance of two colours (CIE 1976) that are told apart at a glance."""


def lab(colour: str) -> tuple[float, float, float]:
    """A colour by lightness and two hues, as the eye measures it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (p ** (1 / 3) if p > 0.008856 else 7.787 * p + 16 / 116 for p in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize(("one", "other"), list(combinations(Meaning, 2)), ids=str)
def test_two_meanings_are_told_apart(one: Meaning, other: Meaning) -> None:
    assert math.dist(lab(one.colour), lab(other.colour)) >= LEAST


def test_every_colour_of_figures_has_a_meaning_and_no_other_use() -> None:
    meanings = {meaning.value for meaning in Meaning}
    listed = (SHEETS / "_tokens.scss").read_text("utf-8").partition("--- Figures")[2]
    assert set(re.findall(r'^  "([\w-]+)": #', listed.partition(");")[0], re.MULTILINE)) == meanings
    assert not [name for name in colours() if name.startswith("data-")]


def test_a_chart_says_what_each_of_its_colours_counts() -> None:
    shown = charts.picture(
        "Money", "What came.", {"Source": Meaning.RECEIVED, "Use": Meaning.PAID}, {}
    )
    assert shown.means == (Meaning.RECEIVED, Meaning.PAID)


def test_bars_of_the_pages_and_papers_name_a_meaning() -> None:
    meanings = {meaning.value for meaning in Meaning}
    for path in (ROOT / "templates").rglob("*.html"):
        for name in re.findall(r"means='(\w+)'", path.read_text("utf-8")):
            assert name in meanings, path
