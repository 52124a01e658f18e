"""Earmarked contributions: what each did, grant by grant, as its donor reads it; and how much of
what a fund accepts in a year is earmarked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.slots import Slot
from grants.core.kernel.taxonomies import Earmarking
from grants.core.texts.formats import plain_percent
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


@dataclass(frozen=True, slots=True)
class EarmarkShare:
    """What of the contributions that a fund accepted in a year is earmarked, in USD; without and
    with one pledge, whose own terms are earmarked.
    """

    year: int
    earmarked: Money
    contributions: Money
    """What was accepted, earmarked or not."""
    earmarked_with: Money
    contributions_with: Money
    limit: Decimal
    """The most that the fund accepts, of 1; 1: any share."""

    @property
    def now(self) -> Decimal:
        return share_of(self.earmarked, self.contributions)

    @property
    def with_pledge(self) -> Decimal:
        return share_of(self.earmarked_with, self.contributions_with)

    @property
    def is_limited(self) -> bool:
        return self.limit < 1

    @property
    def is_above(self) -> bool:
        """Would more be earmarked with it than the fund accepts?"""
        return self.is_limited and self.with_pledge > self.limit

    @property
    def in_words(self) -> str:
        """What is too much, and what to do."""
        return _(
            "With this pledge, %(share)s of the contributions accepted in %(year)s would be "
            "earmarked. The fund accepts at most %(limit)s. Ask the donor for unearmarked money, "
            "or enter the reason why the fund accepts it.",
            share=plain_percent(self.with_pledge),
            year=self.year,
            limit=plain_percent(self.limit),
        )


SHARE_OF: Slot[Callable[[Session, Pledge], EarmarkShare]] = Slot("pledges.earmarked.SHARE_OF")
"""Rooms above say here what share of a year is earmarked, without and with a pledge."""


def share_with(session: Session, pledge: Pledge) -> EarmarkShare:
    """The earmarked share of the year of a pledge, without and with it."""
    (compute,) = SHARE_OF
    return compute(session, pledge)


def require_share(session: Session, pledge: Pledge, act: Act) -> None:
    """DomainError if more would be earmarked than the fund accepts, and the act gives no reason. A
    history that is taken over was accepted elsewhere.
    """
    if pledge.earmarking is Earmarking.UNEARMARKED or act.actor.system:
        return
    share = share_with(session, pledge)
    if share.is_above and not (act.reason or "").strip():
        raise DomainError(share.in_words)


def share_of(part: Money, whole: Money) -> Decimal:
    """A part of 1; 0 of nothing."""
    return Decimal(part.minor) / whole.minor if whole else Decimal(0)
