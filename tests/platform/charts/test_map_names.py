"""Names on the map lie over nothing, and say all that has room."""

import random
from itertools import combinations

import pytest

from grants.platform.charts.map_names import Box, Spot, _length_of, placed_names
from grants.platform.web.projection import HEIGHT, WIDTH


def boxes(spots: list[Spot]) -> list[Box]:
    found = []
    for name, x, y in placed_names(spots):
        half = _length_of(name) / 2
        found.append(Box(x - half, y - 10, x + half, y + 10))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_no_name_lies_over_another_or_beyond_the_map(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    spots = [
        Spot(
            "Ländername"[: chance.randint(4, 10)],
            chance.uniform(0, WIDTH),
            chance.uniform(0, HEIGHT),
            9,
        )
        for _spot in range(40)
    ]
    found = boxes(spots)
    assert found
    assert all(box.on_map for box in found)
    assert not [pair for pair in combinations(found, 2) if pair[0].meets(pair[1])]
    for spot in spots:
        bubble = Box(spot.x - 8, spot.y - 8, spot.x + 8, spot.y + 8)
        assert not [box for box in found if box.meets(bubble)]


def test_a_country_alone_is_named_beside_its_bubble() -> None:
    ((name, x, _y),) = placed_names([Spot("Kenya", 500, 200, 20)])
    assert name == "Kenya"
    assert x > 520
