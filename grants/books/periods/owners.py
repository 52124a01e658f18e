"""Which record an entry belongs to, so that it is corrected there and not behind its back."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Event
from grants.books.ledger.models import Entry
from grants.core.kernel.slots import Slot

FREE = frozenset(
    {
        Event.INTEREST_EARNED,
        Event.BANK_CHARGED,
        Event.DONOR_REFUNDED,
        Event.OPENING_BALANCE_BROUGHT_IN,
        Event.DIRECT_COST_PAID,
        Event.ADMINISTRATION_FEE_PAID,
    }
)
"""Events that may have been booked by themselves, without a record of another room."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A record that an entry is about, and its page."""

    name: str
    endpoint: str
    values: tuple[tuple[str, str], ...]


OWNERS: Slot[Callable[[Session, Entry], Owner | None]] = Slot("periods.owners.OWNERS")
"""Rooms above say here which page an entry's record has."""

HELD: Slot[Callable[[Session, Entry], str | None]] = Slot("periods.owners.HELD")
"""Rooms above say here why an entry may not be reversed by itself."""


def owner_of(session: Session, entry: Entry) -> Owner | None:
    """The record on whose page this entry is corrected, if it has one."""
    return next((owner for ask in OWNERS if (owner := ask(session, entry))), None)


def held_by(session: Session, entry: Entry) -> str | None:
    """Why this entry cannot be reversed by itself; None if it can."""
    return next((text for ask in HELD if (text := ask(session, entry))), None)
