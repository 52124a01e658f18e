"""How alike two names are, of 100, and in what way."""

from dataclasses import dataclass
from functools import cached_property

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.integrity.names.alphabets import SYLLABIC, Script
from grants.integrity.names.looks import same_syllables
from grants.integrity.names.pairing import Pairing, pair_words, read_aloud
from grants.integrity.names.words import Word, raw_words_of, words_of


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


THRESHOLD = 85
"""Of 100. From here on a person has to look. docs/decisions/names.md says how it was chosen."""

NOTHING = Likeness(0, How.SPELLING)
MOST_OF_OTHERS = 75
"""The most that two names reach of which each has a word that the other has not."""


@dataclass(frozen=True)
class Name:
    """A name, ready to be compared with thousands of others."""

    text: str

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return words_of(self.text)

    @cached_property
    def raw(self) -> tuple[Word, ...]:
        """With articles and titles, which may be syllables of a Chinese or Korean name."""
        return raw_words_of(self.text)

    @cached_property
    def spaced(self) -> bool:
        """In letters, not in characters that stand for syllables?"""
        return not any(word.script in SYLLABIC for word in self.words)

    @cached_property
    def syllables(self) -> tuple[str, ...]:
        """The words of a name that is in Latin letters throughout."""
        if any(word.script is not Script.LATIN or word.native for word in self.raw):
            return ()
        return tuple(word.text for word in self.raw)


def likeness(first: Name, second: Name) -> Likeness:
    """How alike two names are; NOTHING for an empty one."""
    if not first.words or not second.words:
        return NOTHING
    if first.spaced and second.spaced:
        same = same_syllables(first.syllables, second.syllables)
        if same is not None and first.words != second.words:
            return Likeness(96 if same else 60, How.SOUND)
        return _likeness_of(pair_words(Pairing([*first.words], [*second.words])))
    pairing = Pairing(
        [*(first.raw if first.spaced else first.words)],
        [*(second.raw if second.spaced else second.words)],
    )
    read_aloud(pairing, pairing.first, pairing.second)
    read_aloud(pairing, pairing.second, pairing.first)
    return _likeness_of(pair_words(pairing))


def _likeness_of(pairing: Pairing) -> Likeness:
    weights = [sum(word.weight for word in words) for words in (pairing.first, pairing.second)]
    if pairing.weight == 0.0:
        return NOTHING
    score = 100 - 100 * pairing.amiss / (pairing.letters + 4)
    how = How.SOUND if pairing.amiss else How.SPELLING
    less, more = sorted(weights)
    if not more:
        return Likeness(round(score), how)
    share = pairing.weight / (pairing.weight + more)
    if _are_different(pairing, less, more):
        return Likeness(round(min(MOST_OF_OTHERS, score * share)), how)
    return Likeness(round(score - 30 * (1 - share) - _doubt_about(pairing, more)), How.PART)


def _are_different(pairing: Pairing, less: float, more: float) -> bool:
    """Are they two names, because each has what the other has not, or too little is shared?"""
    if pairing.proper < 1:
        return True
    if less >= 0.25 and more >= 0.5:
        return True
    return pairing.proper < 1.5 and (more >= 0.5 or pairing.common > 0)


def _doubt_about(pairing: Pairing, more: float) -> float:
    return 6.0 if pairing.pairs == pairing.common and more >= 1 else 0.0
