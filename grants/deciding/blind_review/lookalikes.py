"""Names that are misspelt in a text, or written in another script, found all the same.

Each word is compared as sanctions screening compares it (integrity/names). A name of several words
is found where its words follow each other; one word alone only where it is long and nearly right.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz.distance import Levenshtein

from grants.core.texts.hiding import Name, Written
from grants.integrity.names.alphabets import Script
from grants.integrity.names.lexicon import PARTICLES
from grants.integrity.names.likewords import difference
from grants.integrity.names.words import Word, words_of

ALONE = 0.35
"""How much may be amiss in a word that stands alone, 1 being a consonant."""
TOGETHER = 1.2
"""The same in all the words of a name together."""
LONG = 5
"""Letters from which a word is looked for by itself."""
ENOUGH = 7
"""Letters from which a name of several words is."""
SHORT = 4
"""Letters from which a word is known with another ending; one fewer where vowels are not written.
"""
FAR = 3
"""Letters that differ between words of one script which are no spellings of each other."""
_TOKEN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text, and its place there."""

    first: int
    last: int
    word: Word
    as_a_name: bool
    """With a capital letter, or in a script that has none."""


@dataclass(frozen=True)
class Lookalikes:
    """Finds in a text what is much like one of some names."""

    names: tuple[Name, ...]

    def hide(self, text: str, instead: str) -> str:
        """The text with other words in place of what is much like a name."""
        end, parts = 0, []
        for first, last in self._spans_in(text):
            if first >= end:
                parts += [text[end:first], instead]
                end = last
        return "".join([*parts, text[end:]])

    def _spans_in(self, text: str) -> list[tuple[int, int]]:
        """The places of names in the text, of those that begin together the longest first."""
        tokens = list(_tokens_in(text)) if text else []
        places: dict[Word, list[int]] = {}
        for place, token in enumerate(tokens):
            places.setdefault(token.word, []).append(place)
        spans = [
            (tokens[place].first, tokens[place + len(words) - 1].last)
            for words in self._names_in_words
            for like in _words_like(words[0], places)
            for place in places[like]
            if _is_like(words, tokens[place : place + len(words)])
        ]
        return sorted(spans, key=lambda span: (span[0], -span[1]))

    @cached_property
    def _names_in_words(self) -> list[tuple[Word, ...]]:
        """The words of each name; of organisations and persons, not of numbers and addresses."""
        word_lists = (_words_sought(name) for name in self.names)
        return list(dict.fromkeys(words for words in word_lists if words))


@lru_cache(8192)
def _words_sought(name: Name) -> tuple[Word, ...]:
    if name.written is Written.IN_CAPITALS or re.search(r"[\d.@/]", name.text):
        return ()
    words = tuple(word for token in _TOKEN.findall(name.text) for word in _words_of_token(token))
    letters = sum(len(word.text) for word in words)
    return words if letters >= (LONG if len(words) == 1 else ENOUGH) else ()


@lru_cache(65536)
def _words_of_token(token: str) -> tuple[Word, ...]:
    """The words of a token; none for an article or another small word between the words of a
    name.
    """
    return () if token.casefold() in PARTICLES else words_of(token)


def _tokens_in(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        words = _words_of_token(match[0])
        if len(words) == 1:
            small = match[0][0].lower() == match[0][0] != match[0][0].upper()
            yield Token(match.start(), match.end(), words[0], not small)


def _words_like(sought: Word, words: Iterable[Word]) -> Iterator[Word]:
    return (word for word in words if _how_far_apart(sought, word) is not None)


def _is_like(words: Sequence[Word], tokens: Sequence[Token]) -> bool:
    """Is each word like its own, and not too much amiss in all? One of them begins large."""
    if len(tokens) < len(words) or not any(token.as_a_name for token in tokens):
        return False
    amiss = [_how_far_apart(word, token.word) for word, token in zip(words, tokens, strict=True)]
    most = TOGETHER if len(words) > 1 else ALONE
    return None not in amiss and sum(distance or 0 for distance in amiss) <= most


@lru_cache(262144)
def _how_far_apart(first: Word, second: Word) -> float | None:
    """How much is amiss between two words; None if they are others. Endings count little."""
    if first.script is second.script:
        letters = min(len(first.text), len(second.text)) + (first.script is not Script.LATIN)
        apart = Levenshtein.distance(first.text, second.text, score_cutoff=FAR)
        if apart > FAR:
            return None
        ending = first.text.startswith(second.text) or second.text.startswith(first.text)
        if letters >= SHORT and (apart == 1 if first.script is not Script.LATIN else ending):
            return 0.5
    return difference(first, second)
