"""What the public reads of a call that is decided: filled in by the rooms that decide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.core.kernel.money import Money
from grants.core.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class Announced:
    """One award as the public reads it. Neither organisation nor title where a name would put
    people at risk, and then only the region instead of the country.
    """

    reference: str
    """Of its public page; none before the results are published."""
    organisation: str
    title: str
    place: str
    amount: Money
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many applications were received, eligible and on the reserve list, and what was awarded,
    in all and by country or region. USD.
    """

    received: int
    eligible: int
    reserve: int
    awards: Sequence[Announced]
    total: Money
    places: Sequence[tuple[str, int, Money]]
    """A country, or a region where countries are not told; grants; and their sum."""


OUTCOME: Slot[Callable[[Session, Call], Outcome]] = Slot("calls.outcome.OUTCOME")
"""The published results of a call: awards are kept by rooms above."""
