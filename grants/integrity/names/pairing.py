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

    ours: list[Word]
    theirs: list[Word]
    amiss: float = 0.0
    letters: int = 0
    weight: float = 0.0
    own: float = 0.0
    """Weight of what is only this name's: no general word, no country."""
    common: int = 0
    pairs: int = 0


def read_aloud(pairing: Pairing, ours: list[Word], theirs: list[Word]) -> None:
    """Find what is written in characters among the words in letters, read aloud."""
    for word in [word for word in ours if word.script in SYLLABIC]:
        pattern = pattern_of(word.text)
        for start, end in _runs(len(theirs)):
            run = theirs[start:end]
            if any(w.script not in (Script.LATIN, Script.KANA) for w in run):
                continue
            if pattern.fullmatch("".join(map(alignment.latin_of, run))):
                ours.remove(word)
                del theirs[start:end]
                _count(pairing, word, 0.0, len(word.text) * 3)
                break


def _runs(length: int) -> Iterator[tuple[int, int]]:
    """Places of neighbouring words, the longest runs first."""
    for size in range(min(length, 5), 0, -1):
        yield from ((start, start + size) for start in range(length - size + 1))


def pair_words(pairing: Pairing) -> Pairing:
    """Pair the words that are likest first; then neighbouring words that are written as one."""
    ours, theirs = pairing.ours, pairing.theirs
    near = _near(ours, theirs)
    _pair(pairing, [found for found in near if found[0] <= SURE])
    while pairing.ours and pairing.theirs and (found := _best_merged(pairing)):
        amiss, (start, end), (place, stop) = found
        words = (*pairing.ours[start:end], *pairing.theirs[place:stop])
        letters = sum(len(word.text) for word in pairing.ours[start:end])
        _count(pairing, max(words, key=_weight), amiss, letters)
        del pairing.ours[start:end], pairing.theirs[place:stop]
    if pairing.ours and pairing.theirs:
        _pair(pairing, _near(pairing.ours, pairing.theirs))
    return pairing


SURE = 0.3
"""So near that no other way to pair a word is looked for."""

_Near: TypeAlias = "tuple[float, int, int]"


def _weight(word: Word) -> float:
    return word.weight


def _near(ours: Sequence[Word], theirs: Sequence[Word]) -> list[_Near]:
    """Every pair of words that may be one, the likest first."""
    found = []
    for place, word in enumerate(ours):
        for at, known in enumerate(theirs):
            amiss = difference(word, known)
            if amiss is not None:
                found.append((amiss, place, at))
    return sorted(found)


def _pair(pairing: Pairing, near: Sequence[_Near]) -> None:
    mine, other = set(range(len(pairing.ours))), set(range(len(pairing.theirs)))
    for amiss, place, at in near:
        if place in mine and at in other:
            mine.remove(place)
            other.remove(at)
            ours, theirs = pairing.ours[place], pairing.theirs[at]
            word = max(ours, theirs, key=_weight)
            initial = ours.initial or theirs.initial
            _count(pairing, word, amiss, len(ours.text), 0.3 if initial else 1.0)
    pairing.ours = [pairing.ours[place] for place in sorted(mine)]
    pairing.theirs = [pairing.theirs[at] for at in sorted(other)]


def _count(pairing: Pairing, word: Word, amiss: float, letters: int, share: float = 1.0) -> None:
    pairing.amiss += amiss
    pairing.letters += letters
    pairing.weight += word.weight * share
    pairing.pairs += 1
    if word.script is not Script.IDEA:
        pairing.own += word.weight * share
        pairing.common += latin.folded(word.text) in _COMMON


_COMMON = frozenset(map(latin.folded, COMMON))

_Place: TypeAlias = "tuple[int, int]"


def _best_merged(pairing: Pairing) -> tuple[float, _Place, _Place] | None:
    ours, theirs = pairing.ours, pairing.theirs
    found = [
        *_merged(ours, theirs),
        *((amiss, mine, other) for amiss, other, mine in _merged(theirs, ours)),
    ]
    return min(found, default=None)


def _merged(ours: Sequence[Word], theirs: Sequence[Word]) -> Iterator[tuple[float, _Place, _Place]]:
    """Neighbouring words of one side that are one word on the other."""
    for size in (2, 3):
        for start in range(len(ours) - size + 1):
            run = ours[start : start + size]
            if any(word.script is not run[0].script or word.script is Script.IDEA for word in run):
                continue
            joined = Word(
                "-".join(w.text for w in run), run[0].script, 1.0, "".join(w.native for w in run)
            )
            for at, known in enumerate(theirs):
                amiss = difference(joined, known)
                if amiss is not None:
                    yield amiss + 0.05, (start, start + size), (at, at + 1)
