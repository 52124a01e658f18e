"""The picture beside a link to a public page where it is shared: the fund's mark and its name, and
where the page asks for money a figure and what is asked.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
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
BAR = 20
"""Pixels: how thick the bar of an amount is."""
ARABIC = Path(__file__).parents[2] / "static" / "letters" / "arabic-700.ttf"
LATIN = ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf")
CHINESE = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
WORDS = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]|\S+?(?=[\u3400-\u9fff])|\S+")
"""What a line may be broken after: a word, or a Chinese character."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a page asks for: an amount in figures, how much of the goal that is, and words."""

    figure: str
    words: str
    share: float | None = None


@lru_cache(maxsize=64)
def picture(code: str, title: str, direction: str, asking: Asking | None = None) -> bytes:
    """The PNG for the fund of this code and name, written in this direction ("ltr" or "rtl").

    Drawn apart: the typefaces take twenty megabytes.
    """
    return apart(drawn, code, title, direction, asking)


def drawn(code: str, title: str, direction: str, asking: Asking | None = None) -> bytes:
    """The PNG of a fund, drawn by this process."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), BLUE)
    mark = _draw_mark()
    image.paste(mark, (MARGIN if direction == "ltr" else WIDTH - MARGIN - mark.width, MARGIN))
    pen = ImageDraw.Draw(image)
    if asking is None:
        _write_line(pen, 262, code, 68, AMBER, direction)
        for place, line in enumerate(_broken_lines(title, 54)):
            _write_line(pen, 350 + 62 * place, line, 50, WHITE, direction)
    else:
        _write_line(pen, 120, code, 68, AMBER, direction, mark.width + 40)
        for place, line in enumerate(_broken_lines(title, 46)[:2]):
            _write_line(pen, 262 + 56 * place, line, 44, WHITE, direction)
        _draw_asking(pen, asking, direction)
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_asking(pen: "ImageDraw", asking: Asking, direction: str) -> None:
    if asking.share is not None:
        whole = WIDTH - 2 * MARGIN
        part = round(whole * min(max(asking.share, 0.0), 1.0))
        left = WIDTH - MARGIN - part if direction == "rtl" else MARGIN
        pen.rectangle((MARGIN, 396, WIDTH - MARGIN, 396 + BAR), fill=FAINT)
        if part:
            pen.rectangle((left, 396, left + part, 396 + BAR), fill=AMBER)
    _write_line(pen, 430, asking.figure, 60, AMBER, direction)
    for place, line in enumerate(_broken_lines(asking.words, 38)[:2]):
        _write_line(pen, 516 + 46 * place, line, 36, WHITE, direction)


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
    pen: "ImageDraw",
    top: int,
    text: str,
    size: int,
    colour: str,
    direction: str,
    indent: int = 0,
) -> None:
    """A line from the margin on which a reader begins; each script in its own typeface."""
    rtl = direction == "rtl"
    at = MARGIN + indent
    for run, font in _runs(text, size):
        at += round(font.getlength(" ")) if run[0] == " " else 0
        place = (WIDTH - at if rtl else at, top)
        pen.text(place, run.strip(), colour, font, anchor="ra" if rtl else "la")
        at += round(font.getlength(run.strip()))


def _runs(text: str, size: int) -> Iterator[tuple[str, "FreeTypeFont"]]:
    """The parts of a line that one typeface can write, with the space before them. A stop at the
    end of a part is one of its own, so that it stands on the side where the line goes on.
    """
    for run in _SCRIPTS.findall(text):
        words = run.rstrip(_STOPS)
        for part in filter(None, (words, run[len(words) :])):
            yield part, _face_for(run, size)


def _broken_lines(text: str, size: int) -> list[str]:
    """The words in lines that the picture holds."""
    lines = [""]
    for word in WORDS.findall(text):
        gap = "" if _is_chinese(word) else " "
        longer = f"{lines[-1]}{gap}{word}".strip()
        if _length(longer, size) <= WIDTH - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:LINES]


def _length(text: str, size: int) -> float:
    return sum(font.getlength(run) for run, font in _runs(text, size))


def _is_chinese(text: str) -> bool:
    return any("\u3000" <= letter <= "\u9fff" or letter >= "\uff00" for letter in text)


_STOPS = ".:;!?"
_LETTERS = r"\u0600-\u06ff"
_SCRIPTS = re.compile(
    rf"\s*[{_LETTERS}](?:[{_LETTERS}\s]*[{_LETTERS}])?|\s*[^{_LETTERS}\s]+(?:\s+[^{_LETTERS}\s]+)*"
)
"""A run of Arabic letters, or of others."""


def _face_for(text: str, size: int) -> "FreeTypeFont":
    if any("\u0600" <= letter <= "\u06ff" for letter in text):
        return _load_font("arabic", size)
    return _load_font("chinese" if _is_chinese(text) else "latin", size)


@cache
def _load_font(script: str, size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    if script == "arabic":
        return ImageFont.truetype(ARABIC, size)
    package, path = CHINESE if script == "chinese" else LATIN
    font = ImageFont.truetype(io.BytesIO(files(package).joinpath(path).read_bytes()), size)
    if script == "latin":
        font.set_variation_by_axes([700, 100])
    return font
