"""The profiles of two organisations side by side, and the profile that comes out of both."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from grants.applying.organisations.profile import Profile, profile_of
from grants.applying.organisations.wording import in_words
from grants.core.kernel.countries import country_name
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Organisation

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "name": _l("Name of the organisation"),
        "country": _l("Country of registration"),
        "registration_number": _l("Registration number"),
        "registered_on": _l("Date of registration"),
        "website": _l("Website"),
        "address": _l("Postal address of the office"),
        "telephone": _l("Telephone of the office"),
        "survivor_led": _l("Survivors of trafficking lead this organisation"),
        "legal_status": _l("Legal status"),
        "assists_since": _l("Assists victims since the year"),
        "mission": _l("What it does"),
        "paid_staff": _l("Paid staff"),
        "volunteers": _l("Volunteers"),
        "budgets": _l("Annual budgets"),
        "partner_portal": _l("Number in the UN Partner Portal"),
        "safeguards": _l("Safeguarding"),
        "referees": _l("References"),
    }
)
"""What one of the two organisations gives; other names and key persons come from both."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as each of the two says it."""

    key: str
    label: str
    kept: str
    merged: str

    @property
    def differs(self) -> bool:
        return self.kept != self.merged


def sides(target: Organisation, merged: Organisation) -> list[Fact]:
    """Every fact of both profiles."""
    profile, merged_profile = profile_of(target), profile_of(merged)
    return [
        Fact(
            key,
            label,
            worded(key, getattr(profile, key)),
            worded(key, getattr(merged_profile, key)),
        )
        for key, label in FACTS.items()
    ]


def worded(key: str, value: Any) -> str:
    """A fact as pages show it."""
    if key == "country" and value:
        return country_name(value)
    return in_words(value)


def together(target: Organisation, merged: Organisation, keys: Collection[str]) -> Profile:
    """The profile after the merge. Every name that either of them had is kept as another name."""
    profile, merged_profile = profile_of(target), profile_of(merged)
    chosen = {key: getattr(merged_profile, key) for key in FACTS if key in keys}
    result = replace(profile, **chosen)
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
