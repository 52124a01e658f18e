"""Finding the few of thousands of names that are worth comparing: by the consonants that every
ear and every script keeps.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, product

from rapidfuzz import fuzz

from grants.integrity.names.alignment import latin_of, letters_of
from grants.integrity.names.alphabets import SYLLABIC, TABLES, Script, script_of, units_of
from grants.integrity.names.comparing import Name
from grants.integrity.names.east_asia import readings_of
from grants.integrity.names.latin import LEAST, folded
from grants.integrity.names.likewords import ATTACHED, difference
from grants.integrity.names.looks import syllables_of
from grants.integrity.names.words import Word

_CLASSES = {
    "P": "b p f v ph bh",
    "T": "t d th dh",
    "K": "k g q kh gh ck",
    "S": "s z sh j zh ts tz sch dj jh dz dg",
    "N": "m n",
    "R": "r l",
}
_CLASS: dict[str, tuple[str, ...]] = {
    unit: (kind,) for kind, units in _CLASSES.items() for unit in units.split()
}
_CLASS |= {"c": ("K", "S"), "ch": ("S", "K", ""), "g": ("K", "S"), "v": ("P", "")}
_CLASS |= {"j": ("S", ""), "kh": ("K", ""), "gh": ("K", ""), "w": ("", "P")}
_WAYS = 16
_IDEA = "="


@lru_cache(65536)
def _skeletons_of(word: str, script: Script) -> frozenset[str]:
    """What is left of a word when vowels go and like consonants are one; each way to hear it."""
    if script in TABLES:
        heard = [_consonant_classes(letter.units) for letter in letters_of(word, script)]
    else:
        heard = [_CLASS.get(unit, ("",)) for unit in units_of(word)]
    ways = {_without_doubles("".join(way)) for way in islice(product(*heard), _WAYS)}
    start = "^" if _begins_with_vowel(word, script) else ""
    return frozenset(way if len(way) > 2 else start + way for way in ways)


def _begins_with_vowel(word: str, script: Script) -> bool:
    if script in TABLES:
        letters = letters_of(word, script)
        return bool(letters) and bool(letters[0].vowels)
    return word[0] in "aeiouyw"


def _consonant_classes(units: frozenset[str]) -> tuple[str, ...]:
    kinds = {kind for unit in units for kind in _CLASS.get(unit, ("",))[:1]}
    return tuple(sorted(kinds)) or ("",)


def _without_doubles(text: str) -> str:
    return "".join(
        letter for place, letter in enumerate(text) if not place or text[place - 1] != letter
    )


class Index:
    """Names, found by the words that may be words of them."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.sizes: list[int] = []
        self.places: defaultdict[Word, set[int]] = defaultdict(set)
        self.by_key: defaultdict[str, list[Word]] = defaultdict(list)
        self.by_less: defaultdict[str, list[Word]] = defaultdict(list)
        self.by_syllables: defaultdict[str, set[int]] = defaultdict(set)
        self.places_by_word: dict[Word, frozenset[int]] = {}
        for place, name in enumerate(names):
            self.sizes.append(len(_proper_words(name)))
            for _bits, word in _heard_words(name):
                self.places[word].add(place)
            for key in syllables_of(name.syllables):
                self.by_syllables[key].add(place)
        for word in self.places:
            for key in _keys_of(word):
                self.by_key[key].append(word)
                for less in _less_one(key):
                    self.by_less[less].append(word)

    def like(self, name: Name) -> set[int]:
        """Places of names that have every word of this one, or of which this one has every word;
        of four words and more, one may be another.
        """
        places = {
            place
            for key in syllables_of(name.syllables)
            for place in self.by_syllables.get(key, ())
        }
        shared: defaultdict[int, int] = defaultdict(int)
        for bits, word in _heard_words(name):
            for place in self._places_with(word):
                shared[place] |= bits
        size = len(_proper_words(name))
        for place, bits in shared.items():
            fewer = min(size, self.sizes[place])
            if bits.bit_count() >= (fewer if fewer < 4 else fewer - 1):
                places.add(place)
        return places

    def _places_with(self, word: Word) -> frozenset[int]:
        """Places of names that have this word, in whatever way it is written."""
        if (places := self.places_by_word.get(word)) is None:
            sure = [
                other
                for other in _likely_words(word, self._words_near(word))
                if _may_be_one(word, other)
            ]
            places = frozenset().union(*(self.places[other] for other in sure))
            if len(self.places_by_word) > MOST_KEPT:
                self.places_by_word.clear()
            self.places_by_word[word] = places
        return places

    def _words_near(self, word: Word) -> set[Word]:
        """Words that sound alike, one consonant more or less."""
        words: set[Word] = set()
        for key in _keys_of(word):
            words.update(self.by_key.get(key, ()), self.by_less.get(key, ()))
            for less in _less_one(key):
                words.update(self.by_key.get(less, ()))
        return words


MOST_KEPT = 50_000


def _less_one(key: str) -> Iterator[str]:
    if len(key) > 3:
        yield from (key[:at] + key[at + 1 :] for at in range(len(key)))


def _likely_words(word: Word, near: Iterable[Word]) -> Iterable[Word]:
    """Leave out what differs too much, before each letter is weighed."""
    if word.script is not Script.LATIN:
        return near
    attached = ATTACHED.match(word.text)
    written = folded(word.text)
    return [
        other
        for other in near
        if other.script is not Script.LATIN
        or attached
        or fuzz.ratio(written, folded(other.text), score_cutoff=LEAST)
        or ATTACHED.match(other.text)
    ]


def _may_be_one(first: Word, second: Word) -> bool:
    if first.script in SYLLABIC or second.script in SYLLABIC:
        return True
    return difference(first, second) is not None or Script.IDEA in (first.script, second.script)


def _proper_words(name: Name) -> Sequence[Word]:
    """Words that are more than general, if there are any."""
    return [word for word in name.words if word.weight >= 1] or name.words


def _heard_words(name: Name) -> Iterator[tuple[int, Word]]:
    """Each word, then neighbouring words written as one; the bits say which words they are."""
    words = _proper_words(name)
    for place, word in enumerate(words):
        yield 1 << place, word
    for size in (2, 3):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if joined := _joined_word(run):
                yield ((1 << size) - 1) << start, joined
    raw = [word.text for word in name.raw if word.script is Script.LATIN]
    if 2 <= len(raw) <= 4 and len(raw) > len(words):
        yield (1 << len(words)) - 1, Word("-".join(raw), Script.LATIN)


def _joined_word(run: Sequence[Word]) -> Word | None:
    script = next((word.script for word in run if word.script is not Script.IDEA), Script.LATIN)
    if script in SYLLABIC or any(word.script not in (script, Script.IDEA) for word in run):
        return None
    return Word(("-" if script is Script.LATIN else "").join(map(_written_text, run)), script)


def _written_text(word: Word) -> str:
    return word.native if word.script is Script.IDEA else word.text


def _keys_of(word: Word) -> frozenset[str]:
    """Under which keys a word is found."""
    if word.script is Script.IDEA:
        keys = _keys_of_text(word.native, script_of(word.native[0])) if word.native else frozenset()
        return keys | {_IDEA + word.text}
    if word.script in SYLLABIC:
        ways = (_keys_of_text(text, Script.LATIN) for text in readings_of(word.text))
        return frozenset((word.native or word.text,)).union(*ways)
    return _keys_of_text(word.text, word.script)


@lru_cache(65536)
def _keys_of_text(text: str, script: Script) -> frozenset[str]:
    ways = _skeletons_of(text, script)
    bare = ATTACHED.sub("", text)
    if script is Script.LATIN and bare != text:
        ways |= _skeletons_of(bare, script)
    return ways - {""} or frozenset((latin_of(Word(text, script)),))
