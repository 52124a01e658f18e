"""How much of the money that is available was given for a purpose: shown beside it everywhere.

The books know no purposes, so rooms above say what came with one. Which grants have used it is not
on record yet: what is said is the most that may still be earmarked, and the least that is free.
"""

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.kernel.slots import Slot
from grants.core.texts.formats import plain_money

RECEIVED: Slot[Callable[[Session, Fund, date | None], Money]] = Slot("ledger.earmarks.RECEIVED")
"""Rooms above say here what donors paid for a purpose up to a day, USD."""


def earmarked_in(available: Money, received: Money) -> Money:
    """At most so much of what is available is earmarked, if so much was received for a purpose."""
    return max(min(available, received), usd(0))


def earmarks_of(session: Session, fund: Fund, available: Money, on: date | None = None) -> Money:
    """At most so much of what a fund has available at the end of a day is earmarked."""
    return earmarked_in(available, total(ask(session, fund, on) for ask in RECEIVED))


def note_on(session: Session, fund: Fund, available: Money, on: date | None = None) -> str:
    """The sentence beside what a fund has available at the end of a day."""
    return earmark_note(available, earmarks_of(session, fund, available, on))


def earmark_note(available: Money, earmarked: Money) -> str:
    """The sentence beside an amount that is available; "" if nothing of it is earmarked."""
    if not earmarked:
        return ""
    return _(
        "Up to %(earmarked)s of the %(available)s is earmarked and may only be used for the "
        "purpose its donors stated. At least %(free)s is not earmarked.",
        earmarked=plain_money(earmarked),
        available=plain_money(available),
        free=plain_money(available - earmarked),
    )
