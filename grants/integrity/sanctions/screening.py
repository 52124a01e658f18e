"""Comparing names with the sanctions list: by sound and by spelling, in any script, never exactly
only.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.names import How, Name, keys, likeness, sound_of
from grants.core.kernel.taxonomies import Term
from grants.integrity.sanctions.models import SanctionsEntry
from grants.integrity.sanctions.queries import list_in_force

THRESHOLD = 85
"""Of 100. From here on a person has to look."""


class Ground(Term):
    """What speaks for two names being one, or against it."""

    SPELLING = "spelling", _l("The names are spelled similarly.")
    SOUND = "sound", _l("The names sound similar.")
    PART = "part", _l("One name contains the other.")
    WEAK_ALIAS = "weak_alias", _l("The list itself calls this alias a weak one.")
    SAME_COUNTRY = "same_country", _l("The country is the same.")
    OTHER_COUNTRY = "other_country", _l("The countries differ.")


@dataclass(frozen=True, slots=True)
class Match:
    """A name that is like one on the list: how much, of 100, and on what grounds."""

    entry_id: int
    score: int
    ours: str
    theirs: str
    grounds: tuple[Ground, ...]
    fingerprint: str = ""
    """Of the entry, all that the list says of it."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A name or alias of an entry."""

    entry_id: int
    name: Name
    weak: bool = False
    countries: frozenset[str] = frozenset()
    fingerprint: str = ""


class Index:
    """Everyone on a list, found by how single words of their names sound or are written."""

    def __init__(self, known: Iterable[_Known]) -> None:
        self.known = list(known)
        self.enough = [(4 * one.name.loudness + 4) // 5 for one in self.known]
        self.by_key: defaultdict[str, set[int]] = defaultdict(set)
        for place, one in enumerate(self.known):
            for sound, word in _heard(one.name):
                for key in keys(sound, word):
                    self.by_key[key].add(place)

    def candidates(self, name: Name) -> Iterable[_Known]:
        """Who shares so much of the name, by sound, that it is worth comparing: four of five
        consonants of the shorter one.
        """
        shared: defaultdict[int, int] = defaultdict(int)
        for sound, word in _heard(name):
            loud = len(sound)
            for place in _NONE.union(*(self.by_key.get(key, _NONE) for key in keys(sound, word))):
                shared[place] += loud
        enough = (4 * name.loudness + 4) // 5
        for place, loud in shared.items():
            if loud >= enough or loud >= self.enough[place]:
                yield self.known[place]

    def match(self, names: Sequence[str], country: str | None = None) -> list[Match]:
        """The best match of each entry that reaches the threshold, the likeliest first."""
        found: dict[int, Match] = {}
        for name in dict.fromkeys(text for text in map(str.strip, names) if text):
            ours = Name.of(name)
            for one in self.candidates(ours):
                match = _match(ours, one, country)
                held = found.get(one.entry_id)
                if match.score >= THRESHOLD and (held is None or match.score > held.score):
                    found[one.entry_id] = match
        return sorted(found.values(), key=lambda match: (-match.score, match.entry_id))


_NONE: frozenset[int] = frozenset()


def _heard(name: Name) -> set[tuple[str, str]]:
    """The sound of each word with the word, and of the whole, in case words were written as one."""
    return {*zip(name.sounds, name.words, strict=True), (sound_of(name.joined), "")}


_GROUND = {How.SPELLING: Ground.SPELLING, How.SOUND: Ground.SOUND, How.PART: Ground.PART}


def _match(ours: Name, one: _Known, country: str | None) -> Match:
    alike = likeness(ours, one.name)
    score, grounds = alike.score, [_GROUND[alike.how]]
    if one.weak:
        score, grounds = score - 5, [*grounds, Ground.WEAK_ALIAS]
    if country and country in one.countries:
        score, grounds = score + 3, [*grounds, Ground.SAME_COUNTRY]
    elif country and one.countries:
        score, grounds = score - 3, [*grounds, Ground.OTHER_COUNTRY]
    score = max(0, min(100, score))
    return Match(one.entry_id, score, ours.text, one.name.text, tuple(grounds), one.fingerprint)


def screen(session: Session, names: Sequence[str], country: str | None = None) -> list[Match]:
    """Who on the list in force these names may be; none before a first list is imported.

    `names` are all names of one party, in any script; `country` is ISO alpha-2.
    """
    return index_in_force(session).match(names, country)


def index_in_force(session: Session) -> Index:
    """The index of the list in force, built once for each list and process."""
    newest = list_in_force(session)
    if newest is None:
        return _EMPTY
    which = (newest.id, newest.taken_at)
    if (index := _BUILT.get(which)) is None:
        index = Index(_known(session))
        _BUILT.clear()
        _BUILT[which] = index
    return index


_EMPTY = Index(())
_BUILT: dict[tuple[int, datetime], Index] = {}


def _known(session: Session) -> Iterable[_Known]:
    standing = select(SanctionsEntry).where(SanctionsEntry.delisted_at.is_(None))
    for entry in session.scalars(standing.order_by(SanctionsEntry.id)):
        countries = frozenset(entry.countries)
        for text, weak in _names(entry):
            name = Name.of(text)
            if name.words:
                yield _Known(entry.id, name, weak, countries, entry.fingerprint)


def _names(entry: SanctionsEntry) -> Iterable[tuple[str, bool]]:
    """Every name of an entry, and whether it is a weak alias."""
    yield entry.name, False
    if entry.original:
        yield entry.original, False
    for alias in entry.aliases:
        yield alias["name"], alias["quality"] == "low"
