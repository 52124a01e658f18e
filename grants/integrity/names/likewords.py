"""Is a word of one name a word of another, in whatever script and spelling?"""

import re
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from grants.integrity.names import alignment, latin
from grants.integrity.names.alphabets import SYLLABIC, TABLES, Script, script_of
from grants.integrity.names.words import Word, latin_letters


def difference(one: Word, other: Word) -> float | None:
    """How much is amiss between two words, 1 being a consonant; None if they are others."""
    if one.script is other.script is not Script.LATIN:
        return _native(one, other)
    if Script.IDEA in (one.script, other.script):
        return _written_as_said(one, other)
    if one.text == other.text:
        return 0.0
    if one.initial or other.initial:
        return 0.35 if _starts_alike(one, other) else None
    if one.script is Script.LATIN:
        one, other = other, one
    return _across(one, alignment.latin_of(other))


def _written_as_said(one: Word, other: Word) -> float | None:
    """A general word may stand in the other name untranslated: Bank Melli."""
    idea, said = (one, other) if one.script is Script.IDEA else (other, one)
    if not idea.native or said.script is not Script.LATIN:
        return None
    script = script_of(idea.native[0])
    if script is Script.LATIN:
        return _latin(latin_letters(idea.native), said.text)
    return _across(Word(idea.native, script), said.text)


def _starts_alike(one: Word, other: Word) -> bool:
    return alignment.latin_of(one)[:1] == alignment.latin_of(other)[:1]


def _native(one: Word, other: Word) -> float | None:
    """In the same script each letter counts."""
    ours, theirs = one.native or one.text, other.native or other.text
    if ours == theirs or one.text == other.text:
        return 0.0
    if one.script in (*SYLLABIC, Script.IDEA) or min(len(ours), len(theirs)) < 6:
        return None
    return 0.5 if Levenshtein.distance(ours, theirs, score_cutoff=1) == 1 else None


_ALLOWED = (0.0, 0.0, 0.3, 0.35, 0.5, 0.7, 0.8, 1.0, 1.1, 1.3, 1.5)
_ALLOWED_ACROSS = (0.0, 0.15, 0.25, 0.35, 0.6, 0.75, 1.0, 1.2)


def _across(one: Word, written: str) -> float | None:
    if one.script is Script.LATIN:
        return _latin(one.text, written)
    if one.script not in TABLES:
        return None
    amiss = alignment.difference(one.text, one.script, written)
    allowed = _ALLOWED_ACROSS[min(alignment.consonants(written), len(_ALLOWED_ACROSS) - 1)]
    if amiss <= allowed:
        return amiss
    bare = ATTACHED.sub("", written)
    return _across(one, bare) if bare != written else None


ATTACHED = re.compile("^(?:al|el|ul|ben|bin)(?=...)")


@lru_cache(262144)
def _latin(one: str, other: str) -> float | None:
    amiss = latin.difference(one, other)
    shorter = min(len(latin.folded(one)), len(latin.folded(other)))
    if amiss <= _ALLOWED[min(shorter, len(_ALLOWED) - 1)]:
        return amiss
    for long, short in ((one, other), (other, one)):
        bare = ATTACHED.sub("", long)
        if bare != long and short[:2] != long[:2]:
            return _latin(bare, short)
    return None
