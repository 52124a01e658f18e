"""What an organisation says of itself, as one value."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from grants.core.people.models import Organisation


@dataclass(frozen=True, slots=True)
class KeyPerson:
    """A person who leads an organisation or signs for it, by what office."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organisation says of itself. `country` is ISO alpha-2."""

    name: str
    country: str
    registration_number: str = ""
    registered_on: date | None = None
    website: str = ""
    address: str = ""
    survivor_led: bool = False
    other_names: tuple[str, ...] = ()
    """Former names, acronyms, names in other scripts."""
    key_persons: tuple[KeyPerson, ...] = ()


def profile_of(organisation: Organisation) -> Profile:
    return Profile(
        organisation.name,
        organisation.country or "",
        organisation.registration_number or "",
        organisation.registered_on,
        organisation.website or "",
        organisation.address or "",
        organisation.survivor_led,
        tuple(organisation.other_names),
        tuple(KeyPerson(**person) for person in organisation.key_persons),
    )


def fill(organisation: Organisation, profile: Profile) -> None:
    """Write a profile into the organisation's record."""
    organisation.name = profile.name.strip()
    organisation.country = profile.country
    organisation.registration_number = profile.registration_number.strip() or None
    organisation.registered_on = profile.registered_on
    organisation.website = profile.website.strip() or None
    organisation.address = profile.address.strip() or None
    organisation.survivor_led = profile.survivor_led
    organisation.other_names = [name.strip() for name in profile.other_names if name.strip()]
    organisation.key_persons = [asdict(person) for person in profile.key_persons]


def kept(profile: Profile) -> dict[str, Any]:
    """A profile as plain data, for the trail and for links."""
    return {
        "name": profile.name,
        "country": profile.country,
        "registration_number": profile.registration_number,
        "registered_on": profile.registered_on.isoformat() if profile.registered_on else None,
        "website": profile.website,
        "address": profile.address,
        "survivor_led": profile.survivor_led,
        "other_names": list(profile.other_names),
        "key_persons": [asdict(person) for person in profile.key_persons],
    }


def unkept(kept: dict[str, Any]) -> Profile:
    """The profile that was kept in a registration link."""
    registered = kept.get("registered_on")
    return Profile(
        kept["name"],
        kept["country"],
        kept["registration_number"],
        date.fromisoformat(registered) if registered else None,
        kept["website"],
        kept["address"],
        bool(kept["survivor_led"]),
    )
