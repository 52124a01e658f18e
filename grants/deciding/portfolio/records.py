"""How the organisations of a ranking did with their earlier grants."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy.orm import Session

from grants.core.kernel.slots import Slot
from grants.deciding.portfolio.ranking import Ranking

RECORDS: Slot[Callable[[Session, Collection[int]], Mapping[int, str]]] = Slot(
    "portfolio.records.RECORDS"
)
"""One line for each organisation, empty where it had no grant: grants are kept by rooms above."""


def records_of(session: Session, ranking: Ranking) -> Mapping[int, str]:
    """By organisation, how it did with earlier grants."""
    (lines_of,) = RECORDS
    candidates = (line.candidate for line in ranking.lines)
    return lines_of(session, {candidate.application.organisation_id for candidate in candidates})
