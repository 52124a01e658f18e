"""The picture beside a link to a public page where it is shared: the fund's mark and its name."""

import io
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from grants.core.kernel.apart import apart

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT, MARGIN = 1200, 630, 90
"""Pixels: the shape that the sites where links are shared ask for."""
BLUE, AMBER, WHITE, FAINT = "#0f2f52", "#f0b34a", "#ffffff", "#506c89"
"""The colours of the page; faint is what the mark's quiet dots look like on the blue."""
DOT, STEP = 18, 58
"""Of the mark: half a dot's width, and from the middle of one to the next."""
QUIET, BRIGHT = ((0, 0), (0, 1), (1, 0), (0, 2)), ((1, 1), (2, 0), (2, 1), (1, 2), (2, 2))
"""The dots of the mark, as (column, row): favicon.svg draws the same."""
LINES = 4
"""A longer name loses its end: the picture is a sign, not a document."""
ARABIC = Path(__file__).parents[2] / "static" / "letters" / "arabic-700.ttf"
LATIN = ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf")


@lru_cache(maxsize=64)
def picture(code: str, title: str, direction: str) -> bytes:
    """The PNG for the fund of this code and name, written in this direction ("ltr" or "rtl").

    Drawn apart: the typefaces take twenty megabytes.
    """
    return apart(drawn, code, title, direction)


def drawn(code: str, title: str, direction: str) -> bytes:
    """The PNG of a fund, drawn by this process."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), BLUE)
    mark = _draw_mark()
    image.paste(mark, (MARGIN if direction == "ltr" else WIDTH - MARGIN - mark.width, MARGIN))
    pen = ImageDraw.Draw(image)
    _write_line(pen, 262, code, 68, AMBER, direction)
    for place, line in enumerate(_broken_lines(title, 54)):
        _write_line(pen, 350 + 62 * place, line, 50, WHITE, direction)
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_mark() -> "Image":
    """Drawn four times as large, so that its round edges come out smooth."""
    from PIL import Image, ImageDraw

    side, fine = 2 * (STEP + DOT), 4
    image = Image.new("RGB", (side * fine, side * fine), BLUE)
    pen = ImageDraw.Draw(image)
    for dots, colour in ((QUIET, FAINT), (BRIGHT, AMBER)):
        for column, row in dots:
            middle = (fine * (DOT + column * STEP), fine * (DOT + row * STEP))
            pen.circle(middle, fine * DOT, fill=colour)
    return image.reduce(fine)


def _write_line(
    pen: "ImageDraw", top: int, text: str, size: int, colour: str, direction: str
) -> None:
    """A line from the margin on which a reader begins."""
    rtl = direction == "rtl"
    place = (WIDTH - MARGIN if rtl else MARGIN, top)
    pen.text(place, text, colour, _face_for(text, size), anchor="ra" if rtl else "la")


def _broken_lines(text: str, size: int) -> list[str]:
    """The words in lines that the picture holds."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _face_for(text, size).getlength(longer) <= WIDTH - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:LINES]


def _face_for(text: str, size: int) -> "FreeTypeFont":
    return _load_font(any("\u0600" <= letter <= "\u06ff" for letter in text), size)


@cache
def _load_font(arabic: bool, size: int) -> "FreeTypeFont":  # noqa: FBT001 - two faces, no more
    from PIL import ImageFont

    if arabic:
        return ImageFont.truetype(ARABIC, size)
    package, path = LATIN
    font = ImageFont.truetype(io.BytesIO(files(package).joinpath(path).read_bytes()), size)
    font.set_variation_by_axes([700, 100])
    return font
