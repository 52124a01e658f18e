"""Names hidden from a text, whatever their case, accents, spacing or script.

Careful rather than sparing: a word too many is hidden sooner than a name is left.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache

_ALIKE = str.maketrans(
    {"ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
    | {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": ""}
)
"""Letters that writers use one for the other, and that Unicode does not take apart."""
_LETTER = r"[^\W_]"
_GAP = r"[\W_]*"
_ARABIC = re.compile("[\u0621-\u064a]")
_PREFIXES = "[وفبلك]?(?:ال|لل)?"
"""And, by, for, the: written together with an Arabic word."""
_CASED = "[0-9a-z\u00df-\u024f\u0370-\u058f\u10a0-\u10ff\u1e00-\u1fff]"
"""A digit, or a letter of a script that has capitals: there, a name ends where a word ends."""
_ADDRESS = re.compile(r"[\w.%+#@:/?=&~-]+", re.ASCII)
_SIGN = re.compile(r"@\w|://|^www\.|#|\w\.\w\w")
"""What an e-mail or web address has, or a name of social media."""
SHORT = 3
"""Letters of an acronym that is hidden only where it is written in capitals: “es” is a word too."""
LONG = 6
"""Letters from which a word is hidden with other endings too: Надежда, Надежды."""
ENOUGH = 4
"""Letters of a name that is looked for inside addresses."""

Judge = Callable[[str], bool]
"""Is this place, as it is written, the name?"""


class Written(Enum):
    """How a name has to be written to be hidden, in scripts that have capitals."""

    ANYHOW = "anyhow"
    AS_A_NAME = "as a name"
    """With a capital letter: it is a common word too."""
    IN_CAPITALS = "in capitals"


@dataclass(frozen=True, slots=True)
class Name:
    """A name to hide."""

    text: str
    written: Written = Written.ANYHOW


@dataclass(frozen=True)
class Hiding:
    """Hides some names in any text."""

    names: tuple[Name, ...]

    def hide(self, text: str, instead: str) -> str:
        """The text with other words instead of the names, and of every e-mail address."""
        if not text or not self._name_patterns:
            return text
        bare = _ADDRESS.sub(
            lambda address: instead if self._leads_to(address[0]) else address[0], text
        )
        folded, places = _folded_text(bare)
        spans = sorted(
            span
            for pattern, judge in self._name_patterns
            for match in pattern.finditer(folded)
            if judge(bare[slice(*(span := _span_of(bare, places, match)))])
        )
        return "".join(_replaced_parts(bare, spans, instead))

    def _leads_to(self, address: str) -> bool:
        """Is it an e-mail address, or any other that a name is part of?"""
        if not _SIGN.search(address):
            return False
        letters = _without_gaps(address)
        return "@" in address or any(name in letters for name in self._joined_names)

    @cached_property
    def _name_patterns(self) -> list[tuple[re.Pattern[str], Judge]]:
        patterns = (_pattern_of(name) for name in dict.fromkeys(self.names))
        return [pattern for pattern in patterns if pattern]

    @cached_property
    def _joined_names(self) -> set[str]:
        names = {_without_gaps(name.text) for name in self.names if name.written is Written.ANYHOW}
        return {name for name in names if len(name) >= ENOUGH}


JUDGES: Mapping[Written, Judge] = {
    Written.ANYHOW: lambda _found: True,
    Written.AS_A_NAME: lambda found: found[0].isupper(),
    Written.IN_CAPITALS: str.isupper,
}


@lru_cache(16384)
def _pattern_of(name: Name) -> tuple[re.Pattern[str], Judge] | None:
    """How a name is found in folded text; None for a text without letters."""
    words = _words_in(name.text)
    letters = "".join(words)
    if len(letters) < 2:
        return None
    if not _has_case(letters):
        return re.compile(_without_case(words)), JUDGES[Written.ANYHOW]
    parts = [f"(?<!{_CASED})", _GAP.join(_stem_pattern(word) for word in words), f"(?!{_CASED})"]
    short = name.written is Written.ANYHOW and len(letters) <= SHORT and letters.isalpha()
    return re.compile("".join(parts)), JUDGES[Written.IN_CAPITALS if short else name.written]


def _stem_pattern(word: str) -> str:
    """A word, a long one with any ending."""
    if len(word) < LONG or not word.isalpha():
        return re.escape(word)
    return f"{re.escape(word[:-2])}{_CASED}{{0,4}}"


def _without_case(words: list[str]) -> str:
    """In scripts that join words, or particles to words, a name is found within a word; a short
    Arabic one only as a word.
    """
    body = _GAP.join(re.escape(word) for word in words)
    if len(words) == 1 and len(words[0]) <= ENOUGH and _ARABIC.search(body):
        return f"(?<!{_LETTER}){_PREFIXES}{body}(?!{_LETTER})"
    return body


def _has_case(letters: str) -> bool:
    return any(letter.upper() != letter or letter.isdigit() for letter in letters)


def _words_in(text: str) -> list[str]:
    return re.findall(f"{_LETTER}+", _folded_text(text)[0])


def _without_gaps(text: str) -> str:
    return "".join(_words_in(text))


def _folded_text(text: str) -> tuple[str, list[int]]:
    """Small letters without accents and vowel signs, each with its place in the text."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for letter in unicodedata.normalize("NFKD", sign.casefold()).translate(_ALIKE):
            if unicodedata.category(letter) not in ("Mn", "Cf"):
                signs.append(letter)
                places.append(place)
    return "".join(signs), places


def _span_of(text: str, places: list[int], match: re.Match[str]) -> tuple[int, int]:
    """The place in the text, with the accents after its last letter."""
    first, last = places[match.start()], places[match.end() - 1] + 1
    while last < len(text) and unicodedata.category(text[last]) in ("Mn", "Cf"):
        last += 1
    return first, last


def _replaced_parts(text: str, spans: Iterable[tuple[int, int]], instead: str) -> Iterator[str]:
    done = 0
    for first, last in spans:
        if first >= done:
            yield text[done:first]
            yield instead
        done = max(done, last)
    yield text[done:]
