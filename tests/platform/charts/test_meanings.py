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


EYES = {
    "every colour": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "no blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""What an eye makes of red, green and blue light (Machado and others, 2009)."""
TOGETHER = (
    (Meaning.RECEIVED, Meaning.PAID),
    (Meaning.NEEDED, Meaning.RECEIVED),
    (Meaning.PLEDGED, Meaning.SIGNED, Meaning.RECEIVED, Meaning.EXPECTED),
    (Meaning.PLEDGED, Meaning.SIGNED, Meaning.RECEIVED, Meaning.AWARDED, Meaning.PAID),
    (Meaning.PAID, Meaning.COSTS, Meaning.AWARDED, Meaning.HELD),
)
"""Meanings in one chart."""
CASES = [
    *(("every colour", one, other) for one, other in combinations(Meaning, 2)),
    *((eye, *pair) for eye in EYES for group in TOGETHER for pair in combinations(group, 2)),
]


def lab(colour: str, eye: str) -> tuple[float, float, float]:
    """A colour by lightness and two hues, as an eye measures it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    seen = (
        min(max(sum(share * part for share, part in zip(row, light, strict=True)), 0), 1)
        for row in EYES[eye]
    )
    red, green, blue = seen
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (p ** (1 / 3) if p > 0.008856 else 7.787 * p + 16 / 116 for p in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize(("eye", "one", "other"), CASES, ids=str)
def test_two_meanings_are_told_apart(eye: str, one: Meaning, other: Meaning) -> None:
    assert math.dist(lab(one.colour, eye), lab(other.colour, eye)) >= LEAST


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
