"""What an earmarked contribution did, grant by grant, as its donor reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.kernel.money import Money
from grants.core.kernel.slots import Slot
from grants.giving.pledges.models import Pledge


@dataclass(frozen=True, slots=True)
class GrantLine:
    """What one grant has of a contribution, in USD."""

    grant: str
    country: str
    """Empty where it could put people at risk."""
    set_apart: Money
    spent: Money


@dataclass(frozen=True, slots=True)
class EarmarkLine:
    """One earmarked contribution at the end of a day, in USD."""

    reference: str
    purpose: str
    received: Money
    """Less what was sent back."""
    set_apart: Money
    """For awards and signed grants, not yet paid."""
    spent: Money
    left: Money
    """Received and not spent: what is set apart is still left."""
    grants: tuple[GrantLine, ...]


USED: Slot[Callable[[Session, Pledge, date | None], EarmarkLine]] = Slot("pledges.earmarked.USED")
"""Rooms above say here what an earmarked contribution did by the end of a day."""
