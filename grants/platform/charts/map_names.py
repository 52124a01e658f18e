"""Names of countries beside their bubbles on the map, where there is room for them.

Large bubbles come first. A name that would lie over another one, a bubble or the edge is
left out: the bubble says it under the pointer, and the list beside the map says all.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grants.platform.web.projection import HEIGHT, WIDTH

LETTER, WIDE_SIGN, LINE, GAP = 9.6, 18.5, 20, 5
"""Pixels of a map 960 wide: of a letter, of a Chinese sign, of a line, between name and bubble."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A bubble on the map and the name of its country."""

    name: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Box:
    """What a name or a bubble takes on the map."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    @property
    def on_map(self) -> bool:
        return self.left >= 0 and self.top >= 0 and self.right <= WIDTH and self.bottom <= HEIGHT

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def placed_names(spots: Sequence[Spot]) -> Iterator[tuple[str, float, float]]:
    """The names that fit, each with the middle of its place."""
    taken = [_box_of_bubble(spot) for spot in spots]
    for spot in spots:
        free = (
            box
            for box in _places_beside(spot)
            if box.on_map and not any(box.meets(other) for other in taken)
        )
        if box := next(free, None):
            taken.append(box)
            yield spot.name, *box.middle


def _box_of_bubble(spot: Spot) -> Box:
    return Box(
        spot.x - spot.radius, spot.y - spot.radius, spot.x + spot.radius, spot.y + spot.radius
    )


def _places_beside(spot: Spot) -> Iterator[Box]:
    """At the right, at the left, above and below the bubble."""
    long, beyond = _length_of(spot.name), spot.radius + GAP
    for left, top in (
        (spot.x + beyond, spot.y - LINE / 2),
        (spot.x - beyond - long, spot.y - LINE / 2),
        (spot.x - long / 2, spot.y - beyond - LINE),
        (spot.x - long / 2, spot.y + beyond),
    ):
        yield Box(left, top, left + long, top + LINE)


def _length_of(name: str) -> float:
    return sum(WIDE_SIGN if unicodedata.east_asian_width(sign) in "WF" else LETTER for sign in name)
