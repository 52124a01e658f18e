"""What the page of a pledge shows of the money received on it.

Deposits are kept in a room above this one, so the assembly hands over how they are found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.kernel.money import Money
from grants.giving.pledges.models import Pledge


@dataclass(frozen=True, slots=True)
class DepositLine:
    """One deposit on a pledge. `fee` was withheld by the bank; `usd` is its value in the books."""

    deposit_id: int
    bank_reference: str
    value_on: date
    amount: Money
    fee: Money
    usd: Money
    receipt: str | None


DepositsOn = Callable[[Session, Pledge], Sequence[DepositLine]]
"""Finds the deposits of a pledge that are not reversed, the oldest first."""
