"""Comparing names with the sanctions list: by sound and by spelling, in any script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.integrity.names.comparing import THRESHOLD, How, Name, likeness
from grants.integrity.names.index import Index as NameIndex
from grants.integrity.sanctions.models import SanctionsEntry
from grants.integrity.sanctions.queries import list_in_force


class Ground(Term):
    """What speaks for two names being one, or against it."""

    SPELLING = "spelling", _l("The names are spelled similarly.")
    SOUND = "sound", _l("The names sound similar.")
    PART = "part", _l("One name contains the other.")
    WEAK_ALIAS = "weak_alias", _l("The list marks this alias as low quality.")
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
class _ListedName:
    """A name or alias of an entry."""

    entry_id: int
    name: Name
    weak: bool = False
    countries: frozenset[str] = frozenset()
    fingerprint: str = ""


class Index:
    """Everyone on a list, found by what may be words of their names."""

    def __init__(self, entries: Iterable[_ListedName]) -> None:
        self.entries = list(entries)
        self.names = NameIndex(entry.name for entry in self.entries)

    def match(self, names: Sequence[str], country: str | None = None) -> list[Match]:
        """The best match of each entry that reaches the threshold, the likeliest first."""
        matches: dict[int, Match] = {}
        for name in dict.fromkeys(text for text in map(str.strip, names) if text):
            ours = Name(name)
            for place in self.names.like(ours):
                match = _match_with(ours, self.entries[place], country)
                best = matches.get(match.entry_id)
                if match.score >= THRESHOLD and (best is None or match.score > best.score):
                    matches[match.entry_id] = match
        return sorted(matches.values(), key=lambda match: (-match.score, match.entry_id))


_GROUND = {How.SPELLING: Ground.SPELLING, How.SOUND: Ground.SOUND, How.PART: Ground.PART}


def _match_with(ours: Name, listed: _ListedName, country: str | None) -> Match:
    alike = likeness(ours, listed.name)
    score, grounds = alike.score, [_GROUND[alike.how]]
    if listed.weak:
        score, grounds = score - 5, [*grounds, Ground.WEAK_ALIAS]
    if country and country in listed.countries:
        score, grounds = score + 3, [*grounds, Ground.SAME_COUNTRY]
    elif country and listed.countries:
        score, grounds = score - 3, [*grounds, Ground.OTHER_COUNTRY]
    score = max(0, min(100, score))
    return Match(
        listed.entry_id, score, ours.text, listed.name.text, tuple(grounds), listed.fingerprint
    )


def screen(session: Session, names: Sequence[str], country: str | None = None) -> list[Match]:
    """Who on the list in force these names may be; none before a first list is imported.

    `names` are all names of one party, in any script; `country` is ISO alpha-2.
    """
    return index_in_force(session).match(names, country)


def index_in_force(session: Session) -> Index:
    """The index of the list in force, built once for each list and process."""
    newest = list_in_force(session)
    if newest is None:
        return NO_LIST
    which = (newest.id, newest.taken_at)
    if (index := _BUILT.get(which)) is None:
        index = Index(_listed_names(session))
        _BUILT.clear()
        _BUILT[which] = index
    return index


NO_LIST = Index(())
"""Nobody is on it: no list has been imported."""
_BUILT: dict[tuple[int, datetime], Index] = {}


def _listed_names(session: Session) -> Iterable[_ListedName]:
    query = select(SanctionsEntry).where(SanctionsEntry.delisted_at.is_(None))
    for entry in session.scalars(query.order_by(SanctionsEntry.id)):
        countries = frozenset(entry.countries)
        for text, weak in _names_of_entry(entry):
            name = Name(text)
            if name.words:
                yield _ListedName(entry.id, name, weak, countries, entry.fingerprint)


def _names_of_entry(entry: SanctionsEntry) -> Iterable[tuple[str, bool]]:
    """Every name of an entry, and whether it is a weak alias."""
    yield entry.name, False
    if entry.original:
        yield entry.original, False
    for alias in entry.aliases:
        yield alias["name"], alias["quality"] == "low"
