"""What an organisation says of itself, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from grants.core.kernel.money import Money


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

    def plain(self) -> dict[str, str]:
        amount = self.amount
        return {"year": str(self.year), "currency": amount.currency, "amount": str(amount)}

    @classmethod
    def of(cls, plain: Mapping[str, str]) -> "YearBudget":
        return cls(int(plain["year"]), Money.parse(plain["amount"], plain["currency"]))


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


@dataclass(frozen=True)
class Profile:
    """What an organisation says of itself; facts.py says of each fact what is made of it."""

    name: str
    country: str
    other_names: tuple[str, ...] = ()
    legal_status: str = ""
    registration_number: str = ""
    registered_on: date | None = None
    website: str = ""
    address: str = ""
    telephone: str = ""
    key_persons: tuple[KeyPerson, ...] = ()
    survivor_led: bool = False
    assists_since: int | None = None
    mission: str = ""
    paid_staff: int | None = None
    volunteers: int | None = None
    budgets: tuple[YearBudget, ...] = ()
    """The newest year first."""
    partner_portal: str = ""
    referees: tuple[Referee, ...] = ()
    safeguards: Safeguards = Safeguards()
    may_be_named: bool | None = None
