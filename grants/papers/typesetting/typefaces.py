"""The typefaces of our PDFs, cut in memory out of the font files that packages includes.

WeasyPrint makes a static font out of a variable one for every document, and copies the whole
file each time: cutting them once, when the first document is printed, makes a page twice as fast.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import uharfbuzz as hb

LATIN = ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf")
"""Latin, Cyrillic, Greek and Devanagari."""
ARABIC = Path(__file__).parents[2] / "static" / "letters"
"""Vazirmatn, made ready by grants/platform/web/assets/letters.py."""
CHINESE = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
REGULAR, BOLD = 400, 700
DECOMPOSITION = int.from_bytes(b"ccmp", "big")
"""It builds letters with a dot below from two glyphs, and what is copied has one too many."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """One static font: the family that style sheets name, its weight, its file."""

    family: str
    weight: int
    content: bytes

    @property
    def name(self) -> str:
        return f"{self.family.replace(' ', '')}-{self.weight}"


def typefaces() -> Iterable[Typeface]:
    """Every face, in the order in which a letter is looked for in them."""
    for weight in (REGULAR, BOLD):
        yield Typeface("Statement", weight, _at_weight(_read_file(LATIN), weight))
    for weight in (REGULAR, BOLD):
        yield Typeface("Statement Arabic", weight, _arabic_face(weight))
    everything = _read_file(CHINESE)
    yield Typeface("Statement Chinese", REGULAR, _with_only(everything, everyday_chinese()))
    yield Typeface("Statement Rare Chinese", REGULAR, everything)


def everyday_chinese() -> frozenset[int]:
    """The 7,445 characters of GB 2312 and a space: nearly every name, in a quarter of the file."""
    rows = range(0xA1, 0xF8)
    pairs = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    signs = (pair.decode("gb2312", "ignore") for pair in pairs)
    return frozenset({0x20, *(ord(sign) for sign in signs if sign)})


def _read_file(source: tuple[str, str]) -> bytes:
    package, path = source
    return files(package).joinpath(*path.split("/")).read_bytes()


def _arabic_face(weight: int) -> bytes:
    try:
        return (ARABIC / f"arabic-{weight}.ttf").read_bytes()
    except FileNotFoundError:
        raise RuntimeError(
            "The Arabic typeface of the PDFs is not there; run: make assets"
        ) from None


def _at_weight(content: bytes, weight: int) -> bytes:
    """A variable font frozen at one weight and its normal width, every character kept."""
    face = hb.Face(content)
    subset = hb.SubsetInput()
    subset.keep_everything()
    subset.pin_axis_location(face, "wght", weight)
    subset.pin_axis_to_default(face, "wdth")
    subset.layout_feature_tag_set.discard(DECOMPOSITION)
    return bytes(hb.subset(face, subset).blob.data)


def _with_only(content: bytes, signs: Iterable[int]) -> bytes:
    subset = hb.SubsetInput()
    subset.unicode_set.update(signs)
    return bytes(hb.subset(hb.Face(content), subset).blob.data)
