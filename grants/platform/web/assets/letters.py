"""Cutting typefaces out of the font files of packages: build.py calls it, nothing else."""

import copy
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.varLib import instancer

IGNORE_MARKS = 0x0008
LAMS = ("uniFEDF", "uniFEE0")
"""Lam at the beginning and in the middle of a word."""
LETTERS, SIGNS = range(0x0621, 0x064B), (*range(0x064B, 0x0653), 0x0670)


def for_pages(path: Path, characters: Iterable[int], weights: tuple[int, int]) -> bytes:
    """A web font with these characters only, upright width, from the first weight to the last."""
    font = TTFont(path, recalcTimestamp=False)  # the same font gives the same bytes
    options = subset.Options(hinting=False, notdef_outline=True)
    options.layout_features += ["tnum", "lnum"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    limits = {"wdth": 100, "wght": weights}
    axes = {axis.axisTag for axis in font["fvar"].axes}
    font = instancer.instantiateVariableFont(
        font, {tag: limit for tag, limit in limits.items() if tag in axes}, inplace=True
    )
    return _saved_font(font, "woff2")


def for_papers(path: Path, weight: int) -> bytes:
    """The font at one weight, for PDFs: it looks the same, and its text is found in any reader.

    A lam and the alef after it are drawn as one shape, which many readers copy and search in the
    wrong order: here they are two glyphs, one for each letter. A vowel sign above or below a letter
    is a glyph of its own, at which they break the word: here both are one glyph.
    """
    font = TTFont(path, recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    _split_ligatures(font)
    _join_vowels(font)
    return _saved_font(font, None)


def _saved_font(font: TTFont, flavor: str | None) -> bytes:
    font.flavor = flavor
    result = io.BytesIO()
    font.save(result)
    return result.getvalue()


def _split_ligatures(font: TTFont) -> None:
    """Draw each pair of lam and alef by two glyphs that are chosen together."""
    lookups = font["GSUB"].table.LookupList.Lookup
    for lookup in list(lookups):
        pairs = list(_alef_pairs(lookup))
        if not pairs:
            continue
        chained = []
        for lam, alef, ligature in pairs:
            halves = _split_glyph(font, ligature)
            first = len(lookups)
            lookups += [_single_lookup(lam, halves[0]), _single_lookup(alef, halves[1])]
            chained.append(_after_each_other((lam, alef), first))
        lookup.LookupType, lookup.SubTable, lookup.splits = 6, chained, True
        lookup.SubTableCount = len(chained)
    font["GSUB"].table.LookupList.LookupCount = len(lookups)


def _alef_pairs(lookup: Any) -> Iterator[tuple[str, str, str]]:
    """The ligatures of a lookup that are a lam with an alef: the two, and their one glyph."""
    for table in lookup.SubTable:
        for lam, ligatures in getattr(table, "ligatures", {}).items():
            for ligature in ligatures:
                if lam in LAMS and len(ligature.Component) == 1:
                    yield lam, ligature.Component[0], ligature.LigGlyph


def _split_glyph(font: TTFont, ligature: str) -> tuple[str, str]:
    """Two new glyphs for a ligature. The alef, on the left, carries the drawing of both."""
    width, bearing = font["hmtx"][ligature]
    half = width // 2
    lam, alef = f"{ligature}.lam", f"{ligature}.alef"
    _add_glyph(font, lam, TTGlyphPen(None).glyph(), width - half, 0)
    _add_glyph(font, alef, copy.deepcopy(font["glyf"][ligature]), half, bearing)
    _carry_marks(font, ligature, ((lam, half), (alef, 0)))
    return lam, alef


def _add_glyph(font: TTFont, name: str, drawing: Any, width: int, bearing: int) -> None:
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = drawing
    font["hmtx"][name] = (width, bearing)
    font["GDEF"].table.GlyphClassDef.classDefs[name] = 1  # a letter


def _carry_marks(font: TTFont, ligature: str, halves: tuple[tuple[str, int], ...]) -> None:
    """Vowel signs sit on the two glyphs where they sat on the ligature."""
    lookups = font["GPOS"].table.LookupList.Lookup
    tables = [table for lookup in lookups for table in lookup.SubTable]
    on_letters = {_marks_of(table): table for table in tables if hasattr(table, "BaseArray")}
    for table in tables:
        if not hasattr(table, "LigatureArray") or ligature not in table.LigatureCoverage.glyphs:
            continue
        place = table.LigatureCoverage.glyphs.index(ligature)
        parts = table.LigatureArray.LigatureAttach[place].ComponentRecord
        letters = on_letters[_marks_of(table)]
        for part, (name, shift) in zip(parts, halves, strict=True):
            anchors = copy.deepcopy(part.LigatureAnchor)
            for anchor in filter(None, anchors):
                anchor.XCoordinate -= shift
            record = otTables.BaseRecord()
            record.BaseAnchor = anchors
            letters.BaseCoverage.glyphs.append(name)
            letters.BaseArray.BaseRecord.append(record)
            letters.BaseArray.BaseCount = len(letters.BaseArray.BaseRecord)


def _marks_of(table: Any) -> tuple[str, ...]:
    coverage = getattr(table, "MarkCoverage", None)
    return tuple(coverage.glyphs) if coverage else ()


def _single_lookup(letter: str, shape: str) -> Any:
    """A lookup that shows a letter by another glyph, wherever it is asked to."""
    table = otTables.SingleSubst()
    table.mapping = {letter: shape}
    return _new_lookup(1, table)


def _after_each_other(letters: tuple[str, str], first: int) -> Any:
    """Where these two letters meet: each is shown by the lookup of its own, from `first` on."""
    table = otTables.ChainContextSubst()
    table.Format = 3
    table.BacktrackGlyphCount, table.BacktrackCoverage = 0, []
    table.LookAheadGlyphCount, table.LookAheadCoverage = 0, []
    table.InputGlyphCount = len(letters)
    table.InputCoverage = [_coverage_of(letter) for letter in letters]
    table.SubstLookupRecord = []
    for place in range(len(letters)):
        record = otTables.SubstLookupRecord()
        record.SequenceIndex, record.LookupListIndex = place, first + place
        table.SubstLookupRecord.append(record)
    table.SubstCount = len(letters)
    return table


def _join_vowels(font: TTFont) -> None:
    """One glyph for each letter with each sign that sits on it, after all other ligatures."""
    joined: dict[str, list[Any]] = {}
    letters, signs = _letter_names(font), _sign_names(font)
    for table in [t for lookup in font["GPOS"].table.LookupList.Lookup for t in lookup.SubTable]:
        if hasattr(table, "BaseArray"):
            for base, sign, shift in _seats_of(table):
                if base in letters and sign in signs:
                    joined.setdefault(base, []).append(_join_sign(font, base, sign, shift))
    table = otTables.LigatureSubst()
    table.ligatures = joined
    substitutions = font["GSUB"].table
    substitutions.LookupList.Lookup.append(_new_lookup(4, table, flag=0))
    substitutions.LookupList.LookupCount += 1
    for record in substitutions.FeatureList.FeatureRecord:
        if record.FeatureTag == "rlig":
            required = record.Feature.LookupListIndex
            required += [*_chain_places(font), substitutions.LookupList.LookupCount - 1]
            record.Feature.LookupListIndex = sorted(set(required))
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)


def _chain_places(font: TTFont) -> list[int]:
    """The lookups that split a lam and an alef: they come before the signs are joined."""
    lookups = font["GSUB"].table.LookupList.Lookup
    return [place for place, lookup in enumerate(lookups) if hasattr(lookup, "splits")]


def _letter_names(font: TTFont) -> set[str]:
    """Arabic letters in all their forms."""
    names = {font.getBestCmap()[code] for code in LETTERS if code in font.getBestCmap()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        if lookup.LookupType == 1:
            for table in lookup.SubTable:
                names |= {to for letter, to in table.mapping.items() if letter in names}
    return names | {name for name in font.getGlyphOrder() if name.endswith((".lam", ".alef"))}


def _sign_names(font: TTFont) -> set[str]:
    """Vowel signs, and two of them drawn as one."""
    names = {font.getBestCmap()[code] for code in SIGNS if code in font.getBestCmap()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable if lookup.LookupType == 4 else ():
            for first, ligatures in table.ligatures.items():
                names |= {ligature.LigGlyph for ligature in ligatures if first in names}
    return names


def _seats_of(table: Any) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Each letter and sign of a table, and how far the sign is moved to sit on the letter."""
    signs = list(zip(table.MarkCoverage.glyphs, table.MarkArray.MarkRecord, strict=True))
    for base, record in zip(table.BaseCoverage.glyphs, table.BaseArray.BaseRecord, strict=True):
        for sign, mark in signs:
            seat = record.BaseAnchor[mark.Class]
            if seat:
                at = mark.MarkAnchor
                shift = (seat.XCoordinate - at.XCoordinate, seat.YCoordinate - at.YCoordinate)
                yield base, sign, shift


def _join_sign(font: TTFont, base: str, sign: str, shift: tuple[int, int]) -> Any:
    """A letter with its sign as one glyph, and the ligature that asks for it."""
    pen = TTGlyphPen({base: None, sign: None})  # named only, not drawn
    pen.addComponent(base, (1, 0, 0, 1, 0, 0))
    pen.addComponent(sign, (1, 0, 0, 1, *shift))
    ligature = otTables.Ligature()
    ligature.Component, ligature.CompCount = [sign], 2
    ligature.LigGlyph = f"{base}.{sign}"
    _add_glyph(font, ligature.LigGlyph, pen.glyph(), *font["hmtx"][base])
    return ligature


def _coverage_of(letter: str) -> Any:
    coverage = otTables.Coverage()
    coverage.glyphs = [letter]
    return coverage


def _new_lookup(kind: int, table: Any, flag: int = IGNORE_MARKS) -> Any:
    lookup = otTables.Lookup()
    lookup.LookupType, lookup.LookupFlag = kind, flag
    lookup.SubTable, lookup.SubTableCount = [table], 1
    return lookup
