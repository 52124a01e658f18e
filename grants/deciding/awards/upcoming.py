"""What grants wait for next: the rooms above know, and the list of awards tells."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What a grant waits for next: in words, by when, and whether that day has passed."""

    what: str
    by: date | None = None
    late: bool = False


UPCOMING: Slot[Callable[[Session, Collection[int], Collection[int]], Mapping[int, Upcoming]]] = (
    Slot("awards.upcoming.UPCOMING")
)
"""What is next, asked for all of a page at once: the running grants, and the awards that are not
signed; by the id of the award.
"""
