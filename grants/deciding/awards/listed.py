"""What the list of awards reads of each: facts for its cells and files, and what a grant
waits for next.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.deciding.awards.upcoming import UPCOMING, Upcoming
from grants.deciding.awards.workflow import AWARD, AwardState
from grants.platform.tables.facts import Facts
from grants.platform.web.database import session


class ListedAward(NamedTuple):
    """What the list knows of an award."""

    id: int
    state: AwardState
    reference: str
    title: str
    country: str | None
    starts_on: date
    ends_on: date
    approved_on: date
    agreement_signed_on: date | None
    organisation: str
    amount: Money
    upcoming: Upcoming | None

    @property
    def next(self) -> Upcoming:
        """What it waits for next."""
        return self.upcoming or Upcoming(AWARD.names[self.state].next)


def _listed_award(*facts: Any) -> ListedAward:
    *columns, amount, upcoming = facts
    return ListedAward._make((*columns, usd(amount), upcoming))


def _read_upcoming(rows: Sequence[tuple[Any, ...]]) -> list[Upcoming | None]:
    """Read once what all grants of a page wait for."""
    running = [row[0] for row in rows if row[1] is AwardState.AGREED]
    unsigned = [row[0] for row in rows if row[1] is AwardState.APPROVED]
    upcoming: dict[int, Upcoming] = {}
    for of_standing in UPCOMING if running or unsigned else ():
        upcoming |= of_standing(session(), running, unsigned)
    return [upcoming.get(row[0]) for row in rows]


FACTS = Facts(
    (
        *(Award.id, Award.state, Award.reference, Award.title, Award.country, Award.starts_on),
        *(Award.ends_on, Award.approved_on, Award.agreement_signed_on, Organisation.name),
        Award.amount_minor,
    ),
    _listed_award,
    also=_read_upcoming,
)
