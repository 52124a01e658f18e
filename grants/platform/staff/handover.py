"""Open work of a person whose role ends: rooms above say what it is and how it is handed over."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.slots import Slot
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Role


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work that is assigned to a person by name."""

    roles: frozenset[Role]
    """Whose work it is."""
    count: Callable[[Session, Membership], int]
    """How much is open that goes with this role."""
    words: Callable[[int], str]
    hand_over: Callable[[Session, Membership, Person, Act], int] | None = None
    """Gives it to a successor as far as they may take it; how much they took. None: others
    assign it by hand.
    """


WORK: Slot[Work] = Slot("staff.handover.WORK")
"""Every kind of work that is assigned to people by name."""


@dataclass(frozen=True, slots=True)
class Open:
    """So much work of one kind."""

    work: Work
    count: int

    @property
    def text(self) -> str:
        return self.work.words(self.count)


def open_work(session: Session, membership: Membership) -> list[Open]:
    """What is assigned to the person and goes with this role."""
    kinds = [work for work in WORK if membership.role in work.roles]
    counted = [Open(work, work.count(session, membership)) for work in kinds]
    return [item for item in counted if item.count]


def hand_over(session: Session, membership: Membership, successor: Person, act: Act) -> int:
    """Give open work to a successor; how much they took."""
    return sum(
        item.work.hand_over(session, membership, successor, act)
        for item in open_work(session, membership)
        if item.work.hand_over
    )
