"""The land of the earth as one picture, without borders and names; build.py calls it, nothing else.

The data are Natural Earth's (public domain), packed by world-atlas as TopoJSON: lines that touch
are stored once, each point as its distance from the one before.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grants.platform.web.projection import HEIGHT, SOUTH, WIDTH, placed
from grants.platform.web.tokens import colours

Point = tuple[float, float]
HALF = 180
"""Degrees to either edge of the map."""


def land_picture(file: Path) -> bytes:
    """All land north of the ice, as SVG."""
    atlas = json.loads(file.read_text("utf-8"))
    rings = (ring for ring in _rings_of(atlas) if max(latitude for _x, latitude in ring) > SOUTH)
    path = "".join(_path_of(part) for ring in rings for part in _on_the_map(ring))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path fill="{colours()["track"]}" d="{path}"/></svg>'
    ).encode()


def _rings_of(atlas: Any) -> Iterator[list[Point]]:
    """Every outline, in degrees."""
    lines = [list(_line_of(arc, atlas["transform"])) for arc in atlas["arcs"]]
    for shape in atlas["objects"]["land"]["geometries"]:
        for polygon in shape["arcs"]:
            for ring in polygon:
                parts = (lines[at] if at >= 0 else lines[~at][::-1] for at in ring)
                yield [point for part in parts for point in part[1:]]


def _line_of(arc: list[list[int]], transform: Any) -> Iterator[Point]:
    (wide, high), (west, low) = transform["scale"], transform["translate"]
    x = y = 0
    for across, up in arc:
        x, y = x + across, y + up
        yield west + wide * x, low + high * y


def _on_the_map(ring: list[Point]) -> Iterator[list[Point]]:
    """An outline that crosses the edge is drawn on both sides, each part up to the edge."""
    east, unrolled = ring[0][0], []
    for longitude, latitude in ring:
        east += (longitude - east + HALF) % (2 * HALF) - HALF
        unrolled.append((east, latitude))
    for turn in (0, 2 * HALF, -2 * HALF):
        part = [(max(-HALF, min(HALF, east + turn)), latitude) for east, latitude in unrolled]
        if len({east for east, _latitude in part}) > 1:
            around = zip(part[-1:] + part, part, part[1:] + part[:1], strict=False)
            yield [at for before, at, after in around if not before[0] == at[0] == after[0]]


def _path_of(ring: list[Point]) -> str:
    """In tenths of a pixel; a point that falls on the one before is left out."""
    points = [tuple(round(10 * part) for part in placed(*point)) for point in ring]
    corners = [point for at, point in enumerate(points) if point != points[at - 1]]
    if len(corners) < 3:
        return ""
    (x, y), *later = corners
    written = [f"M{x / 10:g} {y / 10:g}l"]
    for following in later:
        step = f"{(following[0] - x) / 10:g} {(following[1] - y) / 10:g}"
        written.append(step if step.startswith("-") or len(written) == 1 else f" {step}")
        x, y = following
    return re.sub(r"(?<!\d)0\.", ".", "".join(written).replace(" -", "-")) + "z"
