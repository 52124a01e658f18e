"""The typefaces of our PDFs, cut in memory out of the font files that packages includes.

WeasyPrint makes a static font out of a variable one for every document, and copies the whole
file each time: cutting them once, when the first document is printed, makes a page twice as fast.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import uharfbuzz as hb

from grants.papers.typesetting.chinese import (
    chinese_of_our_words,
    everyday_chinese,
    frequent_chinese,
)

LATIN = ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf")
"""Latin, Cyrillic, Greek and Devanagari."""
ARABIC = Path(__file__).parents[2] / "static" / "letters"
"""Vazirmatn, made ready by grants/platform/web/assets/letters.py."""
CHINESE = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
REGULAR, BOLD = 400, 700
SPACE = 0x20
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
    yield from _chinese_faces()


def _chinese_faces() -> Iterable[Typeface]:
    """The signs of our own words first, then those of most letters, of most names, and the rest:
    what is embedded of a face grows with the face, and most papers need the first and the second.
    """
    everything = _read_file(CHINESE)
    ours, frequent, everyday = chinese_of_our_words(), frequent_chinese(), everyday_chinese()
    parts = {"": ours, " Frequent": frequent - ours, " Everyday": everyday - frequent - ours}
    for name, signs in parts.items():
        yield Typeface(f"Statement{name} Chinese", REGULAR, _with_only(everything, {SPACE, *signs}))
    yield Typeface("Statement Rare Chinese", REGULAR, everything)


def _read_file(source: tuple[str, str]) -> bytes:
    package, path = source
    return files(package).joinpath(*path.split("/")).read_bytes()


def _arabic_face(weight: int) -> bytes:
    try:
        content = (ARABIC / f"arabic-{weight}.ttf").read_bytes()
    except FileNotFoundError:
        raise RuntimeError(
            "The Arabic typeface of the PDFs is not there; run: make assets"
        ) from None
    return bytes(hb.subset(hb.Face(content), _whole_face()).blob.data)


def _at_weight(content: bytes, weight: int) -> bytes:
    """A variable font frozen at one weight and its normal width, every character kept."""
    face = hb.Face(content)
    subset = _whole_face()
    subset.pin_axis_location(face, "wght", weight)
    subset.pin_axis_to_default(face, "wdth")
    subset.layout_feature_tag_set.discard(DECOMPOSITION)
    return bytes(hb.subset(face, subset).blob.data)


def _whole_face() -> hb.SubsetInput:
    """Every character and no name of a glyph: a third of a face, read for each document."""
    subset = hb.SubsetInput()
    subset.keep_everything()
    subset.flags &= ~hb.SubsetFlags.GLYPH_NAMES
    return subset


def _with_only(content: bytes, signs: Iterable[int]) -> bytes:
    subset = hb.SubsetInput()
    subset.unicode_set.update(signs)
    return bytes(hb.subset(hb.Face(content), subset).blob.data)
