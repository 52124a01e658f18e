"""The profiles of two organisations side by side, and the profile that comes out of both."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.organisations import declared
from grants.applying.organisations import facts as of_applicants
from grants.core.database.db import Base
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.donors import facts as of_donors
from grants.giving.donors.models import Donor
from grants.platform.profiles.facts import Fact, Table


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact as each of the two says it."""

    key: str
    label: str
    kept: str
    merged: str
    is_chosen: bool
    """Does one of the two give it?"""

    @property
    def differs(self) -> bool:
        return self.kept != self.merged


@dataclass(frozen=True, slots=True)
class Profiles:
    """What the two say as applicants, or as donors."""

    table: Table[Any, Any]
    kept: tuple[Base, ...]
    merged: tuple[Base, ...]

    def together(self, keys: Collection[str]) -> Any:
        """The profile after the merge. Every name that either had is kept as another name."""
        profile, merged = self.table.read(*self.kept), self.table.read(*self.merged)
        values = {
            fact.key: fact.of(merged)
            if _is_chosen(fact)
            else _of_both(fact.of(profile), fact.of(merged))
            for fact in self.table.facts
            if fact.key in keys or not _is_chosen(fact)
        }
        result = replace(profile, **values)
        names = (*profile.other_names, profile.name, merged.name, *merged.other_names)
        others = tuple(name for name in dict.fromkeys(names) if name != result.name)
        return replace(result, other_names=others)


def gives(session: Session, *organisations: Organisation) -> bool:
    """Is one of them a donor?"""
    return any(session.get(Donor, organisation.id) for organisation in organisations)


def profiles(session: Session, target: Organisation, merged: Organisation) -> Iterator[Profiles]:
    """As applicants, if they may apply; as donors, if one of them gives."""
    if DonorKind.NGO in {target.kind, merged.kind}:
        yield Profiles(of_applicants.PROFILE, (target,), (merged,))
    if gives(session, target, merged):
        card, other = (
            session.get(Donor, each.id) or Donor(language="en") for each in (target, merged)
        )
        yield Profiles(of_donors.PROFILE, (target, card), (merged, other))


def sides(session: Session, target: Organisation, merged: Organisation) -> list[Compared]:
    """Every fact of both profiles."""
    compared: dict[str, Compared] = {}
    for pair in profiles(session, target, merged):
        kept, other = pair.table.read(*pair.kept), pair.table.read(*pair.merged)
        for fact in pair.table.facts:
            words = fact.words(kept), fact.words(other)
            row = Compared(fact.key, str(fact.label), *words, _is_chosen(fact))
            compared.setdefault(fact.key, row)
    return list(compared.values())


def write_together(
    session: Session, target: Organisation, merged: Organisation, keys: Collection[str]
) -> dict[str, Any]:
    """Write what both say together into the record that is kept; what it said before, as JSON."""
    pairs = list(profiles(session, target, merged))
    before: dict[str, Any] = {}
    for pair in pairs:
        before |= pair.table.plain(pair.table.read(*pair.kept))
    for pair, profile in [(pair, pair.together(keys)) for pair in pairs]:
        pair.table.write(profile, *pair.kept)
    return before


def _is_chosen(fact: Fact) -> bool:
    if isinstance(fact, of_donors.Fact):
        return fact.merged == "chosen"
    assert isinstance(fact, declared.Fact)
    return fact.files.merged == "chosen"


def _of_both(kept: Any, merged: Any) -> Any:
    """What both say: all of two lists, both texts; a permission that both give."""
    if isinstance(kept, bool):
        return kept and merged
    if isinstance(kept, str):
        return "\n".join(dict.fromkeys(filter(None, (kept, merged))))
    by_name = {str(getattr(entry, "name", entry)).casefold(): entry for entry in (*merged, *kept)}
    return tuple(by_name.values())
