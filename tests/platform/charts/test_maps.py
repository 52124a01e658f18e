"""The map: every country has its place, areas are as the sums, and no border is drawn."""

import math
import re
from itertools import combinations

import pytest
from flask import Flask

from grants.core.countries.countries import CODES
from grants.core.kernel.money import usd
from grants.platform.charts.centres import CENTRES
from grants.platform.charts.maps import LARGEST, SMALLEST, Place, world_map
from grants.platform.web.assets.land import _line_of, _on_the_map
from grants.platform.web.projection import HEIGHT, WIDTH, placed
from grants.platform.web.static import asset
from tests.rules.source import ROOT

ICE = {"AQ", "BV", "GS", "HM", "TF"}
"""Nobody lives there; some lie south of the map."""


@pytest.mark.parametrize(
    ("longitude", "latitude", "x", "y"),
    [(0, 0, 480, 234), (180, 0, 959.9, 234), (-180, 0, 0.1, 234), (0, 90, 480, 0.4)],
)
def test_the_projection_is_equal_earth(longitude: int, latitude: int, x: float, y: float) -> None:
    assert placed(longitude, latitude) == pytest.approx((x, y), abs=0.2)


def test_every_country_has_a_place_on_the_map() -> None:
    assert set(CENTRES) == CODES
    for code in CODES - ICE:
        north, east = CENTRES[code]
        x, y = placed(east, north)
        assert 0 <= x <= WIDTH, code
        assert 0 <= y <= HEIGHT, code


def test_bubbles_are_as_large_as_their_sums_and_lead_to_the_list(app: Flask) -> None:
    places = [Place("KE", 2, usd(100_00)), Place("NP", 1, usd(400_00)), Place("FJ", 1, usd(1))]
    with app.test_request_context():
        drawn = str(world_map([*places, Place("EG", 1, usd(0))], "Where"))
        assert world_map([], "Where") == ""
    radii = re.findall(r"<circle[^>]*r=.([0-9.]+).", drawn.split("map__links", maxsplit=1)[0])
    assert [float(one) for one in radii] == [LARGEST, LARGEST / 2, SMALLEST], "the largest first"
    assert re.findall(r"#in-(..)", drawn) == ["NP", "KE", "FJ"]
    assert "Kenya: 2 grants, USD" in drawn


def test_no_bubble_lies_over_another(app: Flask) -> None:
    near = ("LB", "SY", "JO", "IL", "PS", "CY", "GE", "AM", "AZ", "BJ", "TG", "GH", "NG")
    with app.test_request_context():
        drawn = str(world_map([Place(code, 1, usd(100_00)) for code in near], "Where"))
    circles = re.findall(
        r'cx="([0-9.]+)" cy="([0-9.]+)" r="([0-9.]+)"', drawn.split("map__links", maxsplit=1)[0]
    )
    bubbles = [tuple(map(float, numbers)) for numbers in circles]
    assert len(bubbles) == len(near)
    for (x, y, radius), (left, top, other) in combinations(bubbles, 2):
        assert math.dist((x, y), (left, top)) >= radius + other - 0.5


def test_a_line_of_the_atlas_is_read_step_by_step() -> None:
    transform = {"scale": (2, 1), "translate": (-180, -90)}
    assert list(_line_of([[1, 2], [3, 4]], transform)) == [(-178, -88), (-172, -84)]


def test_land_beyond_the_edge_comes_back_on_the_other_side() -> None:
    inside = [(10.0, 0.0), (20.0, 0.0), (20.0, 9.0)]
    assert list(_on_the_map(inside)) == [inside]
    here, there = _on_the_map([(170.0, 60.0), (-170.0, 60.0), (-170.0, 70.0), (170.0, 70.0)])
    assert here == [(170, 60), (180, 60), (180, 70), (170, 70)]
    assert there == [(-180, 60), (-170, 60), (-170, 70), (-180, 70)]


def test_the_land_is_light_and_has_no_borders(app: Flask) -> None:
    with app.test_request_context():
        stored = ROOT / "grants" / "static" / asset("land.svg").rpartition("/")[2].split("?")[0]
    assert stored.read_text().count("<path") == 1
    assert "stroke" not in stored.read_text()
    assert stored.with_name(stored.name + ".br").stat().st_size <= 10_000
