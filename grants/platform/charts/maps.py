"""The map of what was paid where: land without borders or names, a bubble for each country.

No boundary is drawn, so none is disputed. Each bubble leads to the row of its country in the list
beside the map, which says the same; the area of a bubble is as the sum.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from grants.core.countries.countries import country_name
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money
from grants.core.texts.formats import whole_money
from grants.platform.charts.centres import CENTRES
from grants.platform.web.projection import HEIGHT, WIDTH, placed
from grants.platform.web.static import asset

SMALLEST, LARGEST, TOUCHED = 5, 34, 16
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
    bubbles = [(place, *_centre_of(place), _radius_of(place.paid.minor, most)) for place in paid]
    drawn = Markup().join(map(_draw_bubble, bubbles))
    links = Markup().join(_link_bubble(bubble, list_url) for bubble in bubbles)
    return Markup(
        '<svg class="map" viewBox="0 0 {width} {height}" role="group" aria-label="{label}">'
        '<image href="{land}" width="{width}" height="{height}"/>'
        '<g class="map__bubbles" aria-hidden="true">{drawn}</g>'
        '<g class="map__links">{links}</g></svg>'
    ).format(
        width=WIDTH, height=HEIGHT, label=label, land=asset("land.svg"), drawn=drawn, links=links
    )


Bubble = tuple[Place, str, str, float]


def _centre_of(place: Place) -> tuple[str, str]:
    north, east = CENTRES[place.country]
    x, y = placed(east, north)
    return f"{x:.1f}", f"{y:.1f}"


def _radius_of(minor: int, most: int) -> float:
    return max(SMALLEST, LARGEST * math.sqrt(minor / most))


def _draw_bubble(bubble: Bubble) -> Markup:
    _one, x, y, radius = bubble
    return Markup('<circle cx="{}" cy="{}" r="{:.1f}"/>').format(x, y, radius)


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
