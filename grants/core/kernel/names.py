"""Names of persons and organisations, compared by sound and by spelling.

A name is the same in another script, with or without accents, in another order of its words, with
one word left out, or spelled by sound: Мухаммад, Muḥammad, Mohamed and محمد are one.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from anyascii import anyascii
from rapidfuzz import fuzz

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term

_ARABIC_ARTICLE = re.compile(r"\bال(?=\w{2})")
_IDEOGRAPH = re.compile("([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")
_INSIDE_WORDS = re.compile("['`’‘ʼʻʿʾ\"]")
_WORD = re.compile(r"[a-z0-9]+")

_LITTLE_WORDS = (
    "al el ul the of and for de du des la le les der die das und von van y e et "
    "mr mrs ms dr co inc ltd llc llp plc gmbh ag sa sarl srl spa bv nv ab as oy pte pty ooo zao "
    "limited company corp corporation incorporated"
)
"""Articles, titles and legal forms: a name is not distinguished by them."""
_UNHEARD = frozenset(_LITTLE_WORDS.split())

_HEARD_AS = (
    *(("shch", "s"), ("tsch", "s"), ("sch", "s"), ("sh", "s"), ("ch", "s"), ("zh", "z")),
    *(("ph", "f"), ("kh", "h"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("dj", "g")),
    *(("ts", "s"), ("tz", "s"), ("ck", "k"), ("q", "k"), ("c", "k"), ("x", "ks"), ("j", "g")),
)
"""Letters that one ear writes so and another so, the longest first."""

_WEAK = re.compile(r"[aeiouwy]")
_DOUBLED = re.compile(r"(.)\1+")


class How(Term):
    """In what way two names are alike."""

    SPELLING = "spelling", _l("similar spelling")
    SOUND = "sound", _l("similar sound")
    PART = "part", _l("one name contains the other")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are, of 100, and in what way."""

    score: int
    how: How


NOTHING = Likeness(0, How.SPELLING)


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a name in small Latin letters, without articles, titles and legal forms."""
    known = unicodedata.normalize("NFKC", text)
    known = _IDEOGRAPH.sub(r" \1 ", _ARABIC_ARTICLE.sub("", known))
    latin = _INSIDE_WORDS.sub("", anyascii(known).lower())
    words = tuple(_WORD.findall(latin))
    return tuple(word for word in words if word not in _UNHEARD) or words


def sound_of(word: str) -> str:
    """What an ear keeps of a word: its consonants, each in one spelling."""
    for written, heard in _HEARD_AS:
        word = word.replace(written, heard)
    kept = _DOUBLED.sub(r"\1", _WEAK.sub("", word))
    return kept.rstrip("h") or kept or word[:1]


@dataclass(frozen=True)
class Name:
    """A name, ready to be compared with thousands of others."""

    text: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Name":
        return cls(text, plain_words(text))

    @cached_property
    def sounds(self) -> tuple[str, ...]:
        return tuple(sound_of(word) for word in self.words)

    @cached_property
    def sorted_words(self) -> str:
        return " ".join(sorted(self.words))

    @cached_property
    def joined(self) -> str:
        return "".join(self.words)

    @cached_property
    def sorted_sounds(self) -> str:
        return " ".join(sorted(self.sounds))

    @cached_property
    def loudness(self) -> int:
        """Consonants in all: too few of them say nothing."""
        return sum(map(len, self.sounds))


def likeness(one: Name, other: Name) -> Likeness:
    """How alike two names are; the best of all ways to compare them."""
    if not one.words or not other.words:
        return NOTHING
    spelled = max(
        fuzz.ratio(one.sorted_words, other.sorted_words), fuzz.ratio(one.joined, other.joined)
    )
    found = [
        Likeness(round(spelled), How.SPELLING),
        Likeness(_sounding(one, other), How.SOUND),
        _word_by_word(one, other),
    ]
    return max(found, key=lambda likeness: likeness.score)


FEWEST_CONSONANTS = 5


def _sounding(one: Name, other: Name) -> int:
    if min(one.loudness, other.loudness) < FEWEST_CONSONANTS:
        return 0
    return round(fuzz.ratio(one.sorted_sounds, other.sorted_sounds)) * 95 // 100


LEAST_OF_A_WORD = 80


def _word_by_word(one: Name, other: Name) -> Likeness:
    """Every word of the shorter name found in the other, which may have more of them."""
    short, long = sorted((one, other), key=lambda name: len(name.words))
    if len(short.words) < 2:
        return NOTHING
    left = list(zip(long.words, long.sounds, strict=True))
    total = 0
    for word, sound in zip(short.words, short.sounds, strict=True):
        scores = [100 if word == pair[0] else _word_likeness(word, sound, *pair) for pair in left]
        best = max(scores)
        if best < LEAST_OF_A_WORD:
            return NOTHING
        del left[scores.index(best)]
        total += best * len(word)
    covered = total // sum(map(len, short.words))
    if not left:
        return Likeness(covered * 98 // 100, How.SPELLING)
    share = 88 * len(long.words) + 10 * len(short.words)
    return Likeness(covered * share // (100 * len(long.words)), How.PART)


def _word_likeness(word: str, sound: str, other: str, other_sound: str) -> int:
    spelled = round(fuzz.ratio(word, other, score_cutoff=LEAST_OF_A_WORD))
    if spelled or min(len(sound), len(other_sound)) < 3:
        return spelled
    return round(fuzz.ratio(sound, other_sound)) * 95 // 100


def keys(sound: str, word: str = "") -> Iterable[str]:
    """Under which a word is found though one letter is amiss in it: how it sounds and how it is
    written, each whole and less one letter.
    """
    yield sound
    if len(sound) > 3:
        yield from _less_one(sound)
    if len(word) > 3:
        yield f"={word}"
        yield from (f"={less}" for less in _less_one(word))


def _less_one(text: str) -> Iterable[str]:
    return (text[:place] + text[place + 1 :] for place in range(len(text)))
