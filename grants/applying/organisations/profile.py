"""What an organisation says of itself, as one value."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import LegalStatus
from grants.core.people.models import Organisation


@dataclass(frozen=True, slots=True)
class KeyPerson:
    """A person who leads an organisation or signs for it, by what office."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class YearBudget:
    """What an organisation had to spend in a financial year."""

    year: int
    amount: Money

    def kept(self) -> dict[str, str]:
        amount = self.amount
        return {"year": str(self.year), "currency": amount.currency, "amount": str(amount)}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> "YearBudget":
        return cls(int(kept["year"]), Money.parse(kept["amount"], kept["currency"]))


@dataclass(frozen=True, slots=True)
class Safeguards:
    """The policies that an organisation has (None: it has not said), and what it does."""

    psea_policy: bool | None = None
    child_policy: bool | None = None
    measures: str = ""
    complaints: str = ""
    data_protection: str = ""


@dataclass(frozen=True, slots=True)
class Referee:
    """An organisation or authority that knows its work, and the person to ask there."""

    organisation: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organisation says of itself. `country` is ISO alpha-2."""

    name: str
    country: str
    registration_number: str = ""
    registered_on: date | None = None
    website: str = ""
    address: str = ""
    telephone: str = ""
    survivor_led: bool = False
    other_names: tuple[str, ...] = ()
    """Former names, acronyms, names in other scripts."""
    key_persons: tuple[KeyPerson, ...] = ()
    legal_status: str = ""
    """A code of LegalStatus."""
    assists_since: int | None = None
    """The year since which it has directly assisted victims."""
    mission: str = ""
    paid_staff: int | None = None
    volunteers: int | None = None
    budgets: tuple[YearBudget, ...] = ()
    """The newest year first."""
    partner_portal: str = ""
    safeguards: Safeguards = Safeguards()
    referees: tuple[Referee, ...] = ()


def profile_of(organisation: Organisation) -> Profile:
    return Profile(
        organisation.name,
        organisation.country or "",
        organisation.registration_number or "",
        organisation.registered_on,
        organisation.website or "",
        organisation.address or "",
        organisation.telephone or "",
        organisation.survivor_led,
        tuple(organisation.other_names),
        tuple(KeyPerson(**person) for person in organisation.key_persons),
        organisation.legal_status or "",
        organisation.assists_since,
        organisation.mission or "",
        organisation.paid_staff,
        organisation.volunteers,
        tuple(YearBudget.of(budget) for budget in organisation.budgets),
        organisation.partner_portal or "",
        Safeguards(**organisation.safeguards),
        tuple(Referee(**referee) for referee in organisation.referees),
    )


def fill(organisation: Organisation, profile: Profile) -> None:
    """Write a profile into the organisation's record."""
    organisation.name = profile.name.strip()
    organisation.country = profile.country
    organisation.registration_number = profile.registration_number.strip() or None
    organisation.registered_on = profile.registered_on
    organisation.website = profile.website.strip() or None
    organisation.address = profile.address.strip() or None
    organisation.telephone = profile.telephone.strip() or None
    organisation.survivor_led = profile.survivor_led
    organisation.other_names = [name.strip() for name in profile.other_names if name.strip()]
    organisation.key_persons = [asdict(person) for person in profile.key_persons]
    organisation.legal_status = LegalStatus(profile.legal_status) if profile.legal_status else None
    organisation.assists_since = profile.assists_since
    organisation.mission = profile.mission.strip() or None
    organisation.paid_staff = profile.paid_staff
    organisation.volunteers = profile.volunteers
    organisation.budgets = [budget.kept() for budget in profile.budgets]
    organisation.partner_portal = profile.partner_portal or None
    organisation.safeguards = asdict(profile.safeguards)
    organisation.referees = [asdict(referee) for referee in profile.referees]


def kept(profile: Profile) -> dict[str, Any]:
    """A profile as plain data, for the trail and for links."""
    registered = profile.registered_on
    plain = asdict(replace(profile, budgets=()))
    return plain | {
        "registered_on": registered.isoformat() if registered else None,
        "other_names": list(profile.other_names),
        "key_persons": [asdict(person) for person in profile.key_persons],
        "budgets": [budget.kept() for budget in profile.budgets],
        "referees": [asdict(referee) for referee in profile.referees],
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
        kept.get("telephone", ""),
        bool(kept["survivor_led"]),
    )
