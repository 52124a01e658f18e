"""How much of the money that is available is earmarked: said beside it everywhere.

The books know no purposes, so rooms above say what no grant has taken of earmarked
contributions.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.kernel.slots import Slot
from grants.core.texts.formats import plain_money

EARMARKED: Slot[Callable[[Session, Fund, date | None], Money]] = Slot("ledger.earmarks.EARMARKED")
"""Rooms above say here what no grant has taken of earmarked contributions up to a day, USD."""


class EarmarkedMoney(NamedTuple):
    """What no grant has taken of earmarked contributions, as one application sees it. USD."""

    idle: Money
    elsewhere: Money
    """Of it, what is bound to other purposes than the application's."""


def earmarks_of(session: Session, fund: Fund, available: Money, on: date | None = None) -> Money:
    """What of the money that a fund has available at the end of a day is earmarked: all of it
    where costs and charges took more than was free.
    """
    earmarked = total(ask(session, fund, on) for ask in EARMARKED)
    return max(min(available, earmarked), usd(0))


def note_on(
    session: Session,
    fund: Fund,
    available: Money,
    on: date | None = None,
    written: Callable[[Money], str] = plain_money,
) -> str:
    """The sentence beside what a fund has available at the end of a day."""
    return earmark_note(available, earmarks_of(session, fund, available, on), written)


def earmark_note(
    available: Money, earmarked: Money, written: Callable[[Money], str] = plain_money
) -> str:
    """The sentence beside an amount that is available; "" if nothing of it is earmarked."""
    if not earmarked:
        return ""
    return _(
        "%(earmarked)s of the %(available)s is earmarked and may only be used for the purpose its "
        "donors stated. %(free)s is not earmarked.",
        earmarked=written(earmarked),
        available=written(available),
        free=written(available - earmarked),
    )
