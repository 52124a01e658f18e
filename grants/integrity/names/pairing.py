"""Which words of two names belong together, and what is left of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from grants.integrity.names import alignment, latin
from grants.integrity.names.alphabets import SYLLABIC, Script
from grants.integrity.names.east_asia import pattern_of
from grants.integrity.names.lexicon import COMMON
from grants.integrity.names.likewords import difference
from grants.integrity.names.words import Word


@dataclass
class Pairing:
    """Which words of two names belong together, and what is left."""

    first: list[Word]
    second: list[Word]
    amiss: float = 0.0
    letters: int = 0
    weight: float = 0.0
    proper: float = 0.0
    """Weight of what is only this name's: no general word, no country."""
    common: int = 0
    pairs: int = 0


def read_aloud(pairing: Pairing, first: list[Word], second: list[Word]) -> None:
    """Find what is written in characters among the words in letters, read aloud."""
    for word in [word for word in first if word.script in SYLLABIC]:
        pattern = pattern_of(word.text)
        for start, end in _runs_of(len(second)):
            run = second[start:end]
            if any(w.script not in (Script.LATIN, Script.KANA) for w in run):
                continue
            if pattern.fullmatch("".join(map(alignment.latin_of, run))):
                first.remove(word)
                del second[start:end]
                _count_pair(pairing, word, 0.0, len(word.text) * 3)
                break


def _runs_of(length: int) -> Iterator[tuple[int, int]]:
    """Places of neighbouring words, the longest runs first."""
    for size in range(min(length, 5), 0, -1):
        yield from ((start, start + size) for start in range(length - size + 1))


def pair_words(pairing: Pairing) -> Pairing:
    """Pair the words that are likest first; then neighbouring words that are written as one."""
    near = _near_words(pairing.first, pairing.second)
    _pair_nearest(pairing, [pair for pair in near if pair[0] <= SURE])
    while pairing.first and pairing.second and (best := _best_merged(pairing)):
        amiss, (start, end), (place, stop) = best
        words = (*pairing.first[start:end], *pairing.second[place:stop])
        letters = sum(len(word.text) for word in pairing.first[start:end])
        _count_pair(pairing, max(words, key=_weight_of), amiss, letters)
        del pairing.first[start:end], pairing.second[place:stop]
    if pairing.first and pairing.second:
        _pair_nearest(pairing, _near_words(pairing.first, pairing.second))
    return pairing


SURE = 0.3
"""So near that no other way to pair a word is looked for."""

_Near: TypeAlias = "tuple[float, int, int]"


def _weight_of(word: Word) -> float:
    return word.weight


def _near_words(first: Sequence[Word], second: Sequence[Word]) -> list[_Near]:
    """Every pair of words that may be one, the likest first."""
    pairs = []
    for place, word in enumerate(first):
        for at, candidate in enumerate(second):
            amiss = difference(word, candidate)
            if amiss is not None:
                pairs.append((amiss, place, at))
    return sorted(pairs)


def _pair_nearest(pairing: Pairing, near: Sequence[_Near]) -> None:
    open_first, open_second = set(range(len(pairing.first))), set(range(len(pairing.second)))
    for amiss, place, at in near:
        if place in open_first and at in open_second:
            open_first.remove(place)
            open_second.remove(at)
            first, second = pairing.first[place], pairing.second[at]
            word = max(first, second, key=_weight_of)
            initial = first.initial or second.initial
            _count_pair(pairing, word, amiss, len(first.text), 0.3 if initial else 1.0)
    pairing.first = [pairing.first[place] for place in sorted(open_first)]
    pairing.second = [pairing.second[at] for at in sorted(open_second)]


def _count_pair(
    pairing: Pairing, word: Word, amiss: float, letters: int, share: float = 1.0
) -> None:
    pairing.amiss += amiss
    pairing.letters += letters
    pairing.weight += word.weight * share
    pairing.pairs += 1
    if word.script is not Script.IDEA:
        pairing.proper += word.weight * share
        pairing.common += latin.folded(word.text) in _COMMON


_COMMON = frozenset(map(latin.folded, COMMON))

_Place: TypeAlias = "tuple[int, int]"


def _best_merged(pairing: Pairing) -> tuple[float, _Place, _Place] | None:
    first, second = pairing.first, pairing.second
    merged = [
        *_merged_words(first, second),
        *((amiss, at, place) for amiss, place, at in _merged_words(second, first)),
    ]
    return min(merged, default=None)


def _merged_words(
    first: Sequence[Word], second: Sequence[Word]
) -> Iterator[tuple[float, _Place, _Place]]:
    """Neighbouring words of one side that are one word on the other."""
    for size in (2, 3):
        for start in range(len(first) - size + 1):
            run = first[start : start + size]
            if any(word.script is not run[0].script or word.script is Script.IDEA for word in run):
                continue
            joined = Word(
                "-".join(w.text for w in run), run[0].script, 1.0, "".join(w.native for w in run)
            )
            for at, candidate in enumerate(second):
                amiss = difference(joined, candidate)
                if amiss is not None:
                    yield amiss + 0.05, (start, start + size), (at, at + 1)
