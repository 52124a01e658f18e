"""Is a word of one name a word of another, in whatever script and spelling?"""

import re
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from grants.integrity.names import alignment, latin
from grants.integrity.names.alphabets import SYLLABIC, TABLES, Script, script_of
from grants.integrity.names.words import Word, latin_letters


def difference(first: Word, second: Word) -> float | None:
    """How much is amiss between two words, 1 being a consonant; None if they are others."""
    if first.script is second.script is not Script.LATIN:
        return _native_difference(first, second)
    if Script.IDEA in (first.script, second.script):
        return _written_as_said(first, second)
    if first.text == second.text:
        return 0.0
    if first.initial or second.initial:
        return 0.35 if _starts_alike(first, second) else None
    if first.script is Script.LATIN:
        first, second = second, first
    return _cross_difference(first, alignment.latin_of(second))


def _written_as_said(first: Word, second: Word) -> float | None:
    """A general word may stand in the other name untranslated: Bank Melli."""
    idea, spoken = (first, second) if first.script is Script.IDEA else (second, first)
    if not idea.native or spoken.script is not Script.LATIN:
        return None
    script = script_of(idea.native[0])
    if script is Script.LATIN:
        return _latin_difference(latin_letters(idea.native), spoken.text)
    return _cross_difference(Word(idea.native, script), spoken.text)


def _starts_alike(first: Word, second: Word) -> bool:
    return alignment.latin_of(first)[:1] == alignment.latin_of(second)[:1]


def _native_difference(first: Word, second: Word) -> float | None:
    """How much is amiss between two words of the same script, in which each letter counts."""
    first_text, second_text = first.native or first.text, second.native or second.text
    if first_text == second_text or first.text == second.text:
        return 0.0
    if first.script in (*SYLLABIC, Script.IDEA) or min(len(first_text), len(second_text)) < 6:
        return None
    return 0.5 if Levenshtein.distance(first_text, second_text, score_cutoff=1) == 1 else None


_ALLOWED = (0.0, 0.0, 0.3, 0.35, 0.5, 0.7, 0.8, 1.0, 1.1, 1.3, 1.5)
_ALLOWED_ACROSS = (0.0, 0.15, 0.25, 0.35, 0.6, 0.75, 1.0, 1.2)


def _cross_difference(word: Word, written: str) -> float | None:
    if word.script is Script.LATIN:
        return _latin_difference(word.text, written)
    if word.script not in TABLES:
        return None
    amiss = alignment.difference(word.text, word.script, written)
    allowed = _ALLOWED_ACROSS[min(alignment.consonants(written), len(_ALLOWED_ACROSS) - 1)]
    if amiss <= allowed:
        return amiss
    bare = ATTACHED.sub("", written)
    return _cross_difference(word, bare) if bare != written else None


ATTACHED = re.compile("^(?:al|el|ul|ben|bin)(?=...)")


@lru_cache(262144)
def _latin_difference(first: str, second: str) -> float | None:
    amiss = latin.difference(first, second)
    shorter = min(len(latin.folded(first)), len(latin.folded(second)))
    if amiss <= _ALLOWED[min(shorter, len(_ALLOWED) - 1)]:
        return amiss
    for long, short in ((first, second), (second, first)):
        bare = ATTACHED.sub("", long)
        if bare != long and short[:2] != long[:2]:
            return _latin_difference(bare, short)
    return None
