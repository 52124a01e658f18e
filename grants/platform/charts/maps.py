"""The map of what was paid where: land without borders, a bubble for each country.

No boundary is drawn, so none is disputed. Each bubble leads to the row of its country in the list
beside the map, which says the same; the area of a bubble is as the sum. Bubbles of neighbours give
way to each other, so that each can be seen.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from markupsafe import Markup

from grants.core.countries.countries import country_name
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money
from grants.core.texts.formats import whole_money
from grants.platform.charts.centres import CENTRES
from grants.platform.charts.map_names import Spot, placed_names
from grants.platform.web.projection import HEIGHT, WIDTH, placed
from grants.platform.web.static import asset

SMALLEST, LARGEST, TOUCHED = 5, 26, 12
"""Radii of bubbles, and of what a pointer must hit; pixels of a map 960 wide."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is told of one country."""

    country: str
    grants: int
    paid: Money

    @property
    def words(self) -> str:
        return ngettext(
            "%(country)s: %(num)s grant, %(amount)s",
            "%(country)s: %(num)s grants, %(amount)s",
            self.grants,
            country=country_name(self.country),
            amount=whole_money(self.paid),
        )


def world_map(places: Iterable[Place], label: str, list_url: str = "") -> Markup:
    """The map of these countries; nothing where nothing was paid. Larger bubbles lie below.

    `list_url`: the page of the list, where the map stands on another one.
    """
    paid = [place for place in places if place.country in CENTRES and place.paid.minor > 0]
    if not paid:
        return Markup()
    paid.sort(key=lambda place: (-place.paid.minor, place.country))
    most = paid[0].paid.minor
    radii = [_radius_of(place.paid.minor, most) for place in paid]
    centres = _apart([_centre_of(place) for place in paid], radii)
    bubbles = [
        (place, f"{x:.1f}", f"{y:.1f}", radius)
        for place, (x, y), radius in zip(paid, centres, radii, strict=True)
    ]
    drawn = Markup().join(map(_draw_bubble, bubbles))
    spots = [
        Spot(country_name(place.country), x, y, radius)
        for place, (x, y), radius in zip(paid, centres, radii, strict=True)
    ]
    names = Markup().join(_draw_name(*name) for name in placed_names(spots))
    links = Markup().join(_link_bubble(bubble, list_url) for bubble in bubbles)
    return Markup(
        '<svg class="map" viewBox="0 0 {width} {height}" role="group" aria-label="{label}">'
        '<image href="{land}" width="{width}" height="{height}"/>'
        '<g class="map__bubbles" aria-hidden="true">{drawn}</g>'
        '<g class="map__names" aria-hidden="true">{names}</g>'
        '<g class="map__links">{links}</g></svg>'
    ).format(
        width=WIDTH,
        height=HEIGHT,
        label=label,
        land=asset("land.svg"),
        drawn=drawn,
        names=names,
        links=links,
    )


Point = tuple[float, float]
Bubble = tuple[Place, str, str, float]
ROUNDS, GAP = 60, 1
"""How often bubbles give way to each other, and what stays between them."""


def _centre_of(place: Place) -> Point:
    north, east = CENTRES[place.country]
    return placed(east, north)


def _apart(centres: Sequence[Point], radii: Sequence[float]) -> list[Point]:
    """The centres, moved until no bubble lies over another: each pair that overlaps gives way in
    equal parts, away from each other.
    """
    moved = list(centres)
    for _round in range(ROUNDS):
        overlapping = [
            (first, second)
            for first, second in combinations(range(len(moved)), 2)
            if math.dist(moved[first], moved[second]) < radii[first] + radii[second]
        ]
        if not overlapping:
            break
        for first, second in overlapping:
            (x, y), (other_x, other_y) = moved[first], moved[second]
            distance = math.dist((x, y), (other_x, other_y)) or 1
            push = max(0, radii[first] + radii[second] + GAP - distance) / 2
            across = (other_x - x) / distance if (x, y) != (other_x, other_y) else 1
            down = (other_y - y) / distance
            moved[first] = (x - across * push, y - down * push)
            moved[second] = (other_x + across * push, other_y + down * push)
    return moved


def _radius_of(minor: int, most: int) -> float:
    return max(SMALLEST, LARGEST * math.sqrt(minor / most))


def _draw_bubble(bubble: Bubble) -> Markup:
    _one, x, y, radius = bubble
    return Markup('<circle cx="{}" cy="{}" r="{:.1f}"/>').format(x, y, radius)


def _draw_name(name: str, x: float, y: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(x, y, name)


def _link_bubble(bubble: Bubble, list_url: str) -> Markup:
    place, x, y, radius = bubble
    return Markup(
        '<a href="{list_url}#in-{country}" aria-label="{words}"><title>{words}</title>'
        '<circle cx="{x}" cy="{y}" r="{radius:.1f}"/></a>'
    ).format(
        list_url=list_url,
        country=place.country,
        words=place.words,
        x=x,
        y=y,
        radius=max(radius, TOUCHED),
    )
