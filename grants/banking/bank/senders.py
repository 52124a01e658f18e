"""Whose name the sender of a payment has, among those who pledged, without reading every donor.

A process keeps the names as it last read them, with the donors by each word of their names, and
asks for those written since (`Organisation.named_in`).
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.banking.bank.scoring import plain_name

MOST_ALIKE = 50
"""So many names that resemble the sender's most; a pledge of which exactly the sum is due, or that
is quoted, is found whatever its donor is called.
"""
CALLED_SO, LIKE_IT = 90, 85
"""Of 100: the sender has the donor's name; it resembles it."""
MOST_SENDERS = 500
"""So many answers are kept."""

Place = tuple[int, int]
"""(donor, which of its names)"""


class Near:
    """Donors of names that resemble one, and whether it is the same: of a common name there are
    thousands, so they are packed.
    """

    def __init__(self, found: Iterable[tuple[int, bool]] = ()) -> None:
        self._packed = array("q", (donor << 1 | same for donor, same in found))

    def __len__(self) -> int:
        return len(self._packed)

    def __iter__(self) -> Iterator[tuple[int, bool]]:
        return ((packed >> 1, bool(packed & 1)) for packed in self._packed)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of donors, written plainly once, and what each sender asked for resembles."""

    written: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Each donor's names as they are written."""
    plain: Mapping[Place, str] = field(default_factory=dict)
    in_order: Mapping[Place, str] = field(default_factory=dict)
    """The same with the words of each in the order of the alphabet, each once."""
    by_word: Mapping[str, Collection[Place]] = field(default_factory=dict)
    answers: dict[str, "Near"] = field(default_factory=dict)

    def and_(self, changed: Mapping[int, tuple[str, ...]]) -> "Names":
        """These with the names of some donors as they are now."""
        new = {donor: names for donor, names in changed.items() if self.written.get(donor) != names}
        if not new:
            return self
        plain = {place: name for place, name in self.plain.items() if place[0] not in new}
        plain |= {
            (donor, at): plain_name(name)
            for donor, names in new.items()
            for at, name in enumerate(names)
        }
        by_word: dict[str, list[Place]] = {}
        for place, name in plain.items():
            for word in set(name.split()):
                by_word.setdefault(word, []).append(place)
        in_order = {place: _in_order(name) for place, name in plain.items()}
        return Names({**self.written, **new}, plain, in_order, by_word)

    def resembling(self, sender: str) -> "Near":
        """Donors with a name that the sender's resembles, the most alike first, and whether it is
        the same name.
        """
        wanted = plain_name(sender)
        if len(wanted) < 3:
            return Near()
        if wanted not in self.answers:
            if len(self.answers) >= MOST_SENDERS:
                self.answers.clear()
            self.answers[wanted] = Near(self._looked_for(wanted))
        return self.answers[wanted]

    def _looked_for(self, wanted: str) -> Iterator[tuple[int, bool]]:
        """A name that resembles another without a common word is as a whole nearly the same."""
        ratio: Any = {"scorer": fuzz.ratio, "score_cutoff": LIKE_IT, "limit": None}
        near = process.extract(_in_order(wanted), self.in_order, **ratio)
        places = {place for _name, _score, place in near}
        places.update(*(self.by_word.get(word, ()) for word in set(wanted.split())))
        alike = process.extract(
            wanted,
            {place: self.plain[place] for place in sorted(places)},
            **{**ratio, "scorer": fuzz.token_set_ratio},
        )
        for name, _score, (donor, _at) in alike:
            yield donor, fuzz.token_sort_ratio(wanted, name) >= CALLED_SO


def _in_order(name: str) -> str:
    return " ".join(sorted(set(name.split())))


@dataclass(slots=True)
class _Kept:
    database: int
    names: Names = field(default_factory=Names)
    since: int = 0
    """All that was written before this transaction is among the names."""


_known: dict[str, _Kept] = {}
"""What this process knows of a database. What this transaction writes is never kept."""

_WRITTEN_SINCE = text(
    "SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS database,"
    " txid_snapshot_xmin(txid_current_snapshot()) AS until, named_in IS NOT DISTINCT FROM"
    " txid_current_if_assigned() AS own, id, jsonb_build_array(name) || other_names AS names"
    " FROM (SELECT) one LEFT JOIN organisation ON named_in >= :since"
    # after a restore some are of transactions that this server has not had: they are read at first
    "   AND (:since = 0 OR named_in < txid_snapshot_xmax(txid_current_snapshot())"
    "     OR named_in = txid_current_if_assigned())"
)


def names_of_donors(session: Session) -> Names:
    """The names of all who ever pledged, as this transaction sees them."""
    place = str(session.get_bind().engine.url)
    kept = _known.get(place) or _Kept(0)
    rows = session.execute(_WRITTEN_SINCE, {"since": kept.since}).all()
    if rows[0].database != kept.database:
        kept = _Kept(rows[0].database)
        rows = session.execute(_WRITTEN_SINCE, {"since": 0}).all()
    if own := {r.id: tuple(r.names) for r in rows if r.own and r.id}:
        # what they hide, others still see: it is asked for again
        others = {r.id: tuple(r.names) for r in rows if r.id and not r.own}
        return kept.names.and_({**others, **own})
    names = kept.names.and_({r.id: tuple(r.names) for r in rows if r.id})
    _known[place] = replace(kept, names=names, since=rows[0].until)
    return names


def called_like(session: Session, senders: Iterable[str]) -> Mapping[str, dict[int, bool]]:
    """Of each sender the donors whom the name resembles, as far as `MOST_ALIKE` names go, and
    whether it is the same name. Of more, those with open pledges.
    """
    names = names_of_donors(session)
    near = {sender: names.resembling(sender) for sender in senders}
    many = {sender: alike for sender, alike in near.items() if len(alike) > MOST_ALIKE}
    few = {sender: _same_of(alike) for sender, alike in near.items() if sender not in many}
    return few | _open_ones(session, many)


def _same_of(near: Iterable[tuple[int, bool]]) -> dict[int, bool]:
    """Donors, and whether one of their names is the same."""
    found: dict[int, bool] = {}
    for donor, same in near:
        found[donor] = found.get(donor, False) or same
    return found


def _open_ones(session: Session, alike: Mapping[str, Near]) -> dict[str, dict[int, bool]]:
    is_open: dict[int, bool] = {}
    most = MOST_ALIKE
    found = {sender: _first(near, is_open, most) for sender, near in alike.items()}
    while asked := set().union(*(unknown for _known, unknown in found.values())):
        is_open |= dict.fromkeys(asked, False)
        is_open |= dict.fromkeys(session.scalars(_OPEN, {"donors": list(asked)}), True)
        most *= 2
        found = {sender: _first(near, is_open, most) for sender, near in alike.items()}
    return {sender: known for sender, (known, _unknown) in found.items()}


_OPEN = text(
    "SELECT donor FROM unnest(CAST(:donors AS bigint[])) donor"
    " WHERE EXISTS (SELECT FROM pledge_owed WHERE donor_id = donor)"
)


def _first(
    near: Iterable[tuple[int, bool]], is_open: Mapping[int, bool], most: int
) -> tuple[dict[int, bool], set[int]]:
    """The first donors who have an open pledge, and of whom it is to be asked."""
    found: dict[int, bool] = {}
    unknown: set[int] = set()
    names = 0
    for donor, same in near:
        if names == MOST_ALIKE or len(unknown) == most:
            break
        if donor not in is_open:
            unknown.add(donor)
        elif is_open[donor]:
            names += 1
            found[donor] = found.get(donor, False) or same
    return found, unknown
