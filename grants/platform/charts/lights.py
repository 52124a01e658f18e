"""The field of lights: one light for every ten people who were helped, and never a single person.

It stands on a fund's front page, grows by itself with the accepted reports, and says nothing of
who the people are.
"""

import random

from markupsafe import Markup

from grants.core.kernel.language import ngettext

EACH = 10
"""People for each light: a picture of one person is never drawn."""
COLUMNS, ROWS, APART = 22, 14, 24
RAGGED = 5
"""How far, in columns, the edge between lit and unlit wanders."""


def lights(people: int | None, seed: str) -> Markup:
    """The picture of this count, the same for the same seed; nothing below ten people."""
    lit = min((people or 0) // EACH, COLUMNS * ROWS)
    if not lit:
        return Markup()
    points = _in_order_of_lighting(seed)
    words = ngettext(
        "%(num)s light, for ten people who were helped",
        "%(num)s lights, one for every ten people who were helped",
        lit,
    )
    return Markup(
        '<svg class="lights" viewBox="0 0 {width} {height}" role="img" aria-label="{said}">'
        '<path class="lights__unlit" d="{unlit}"/><path class="lights__lit" d="{lit}"/></svg>'
    ).format(
        width=COLUMNS * APART,
        height=ROWS * APART,
        said=words,
        unlit=_dot_path(points[lit:]),
        lit=_dot_path(points[:lit]),
    )


def _in_order_of_lighting(seed: str) -> list[tuple[int, int]]:
    """Every point, from the end of the line on, with a ragged edge."""
    chance = random.Random(seed)  # noqa: S311 - a pattern, not a secret
    points = [(column, row) for column in range(COLUMNS) for row in range(ROWS)]
    return sorted(points, key=lambda point: point[0] - RAGGED * chance.random(), reverse=True)


def _dot_path(points: list[tuple[int, int]]) -> str:
    """Strokes without length: round caps make dots of them."""
    half = APART // 2
    return "".join(f"M{half + APART * x} {half + APART * y}h0" for x, y in points)
