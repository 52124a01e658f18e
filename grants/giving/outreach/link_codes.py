"""The code that a telephone scans to open an address: on posters, in letters, on a screen."""

import io

import segno
from markupsafe import Markup


def drawn_code(address: str) -> Markup:
    """The picture of an address, for a page."""
    drawn = segno.make(address, micro=False).svg_inline(scale=4, border=2)
    return Markup(drawn)  # noqa: S704 - segno draws squares, no text of anybody is in it


def printed_code(address: str) -> bytes:
    """The picture of an address for a poster, as PNG."""
    picture = io.BytesIO()
    segno.make(address, micro=False, error="q").save(picture, kind="png", scale=20, border=4)
    return picture.getvalue()
