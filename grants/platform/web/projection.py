"""Where a place of the earth stands on our map: the Equal Earth projection (Šavrič, Patterson and
Jenny 2018), which keeps areas true. The land is drawn with it when the assets are built.
"""

import math

WIDTH, HEIGHT = 960, 412
"""Of the map. It ends south of the last inhabited land."""
SOUTH = -58
"""Degrees of latitude; the ice below is left out."""

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
SCALE = 177.3
MIDDLE = 234
"""Pixels from the upper edge to the equator."""


def placed(longitude: float, latitude: float) -> tuple[float, float]:
    """Pixels from the left and from the upper edge, for degrees."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = A1 + 3 * A2 * square + sixth * (7 * A3 + 9 * A4 * square)
    x = 2 * math.sqrt(3) / 3 * math.radians(longitude) * math.cos(theta) / slope
    y = theta * (A1 + A2 * square + sixth * (A3 + A4 * square))
    return WIDTH / 2 + SCALE * x, MIDDLE - SCALE * y
