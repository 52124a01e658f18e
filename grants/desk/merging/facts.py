"""The profiles of two organisations side by side, and the profile that comes out of both."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from grants.applying.organisations.facts import FACTS, profile_of
from grants.applying.organisations.profile import Profile
from grants.core.people.models import Organisation

CHOSEN = [fact for fact in FACTS if fact.files.merged == "chosen"]
"""What one of the two organisations gives; the rest comes from both."""


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


def sides(target: Organisation, merged: Organisation) -> list[Compared]:
    """Every fact of both profiles."""
    profile, merged_profile = profile_of(target), profile_of(merged)
    return [
        Compared(
            fact.key,
            str(fact.label),
            fact.words(profile),
            fact.words(merged_profile),
            fact.files.merged == "chosen",
        )
        for fact in FACTS
    ]


def together(target: Organisation, merged: Organisation, keys: Collection[str]) -> Profile:
    """The profile after the merge. Every name that either of them had is kept as another name."""
    profile, merged_profile = profile_of(target), profile_of(merged)
    chosen = {fact.key: fact.of(merged_profile) for fact in CHOSEN if fact.key in keys}
    both = {
        fact.key: tuple(dict.fromkeys((*fact.of(profile), *fact.of(merged_profile))))
        for fact in FACTS
        if fact.files.merged == "both"
    }
    result = replace(profile, **{**chosen, **both})
    names = (*profile.other_names, profile.name, merged_profile.name, *merged_profile.other_names)
    persons = {
        person.name.casefold(): person
        for person in (*merged_profile.key_persons, *profile.key_persons)
    }
    return replace(
        result,
        other_names=tuple(name for name in dict.fromkeys(names) if name != result.name),
        key_persons=tuple(persons.values()),
    )
