"""Counting votes, and the advice that follows from them. Pure: no database."""

from collections.abc import Iterable

from grants.deciding.board.models import Endorsement
from grants.deciding.board.service import Votes
from grants.deciding.sessions.models import Choice


def counted(choices: Iterable[Choice]) -> Votes:
    """The votes on one item."""
    cast = list(choices)
    return Votes(*(cast.count(choice) for choice in Choice))


def is_carried(votes: Votes) -> bool:
    """Are there more votes for than against? A tie is not carried, and abstentions do not count."""
    return votes.in_favour > votes.against


def endorsement_of(votes: Votes, remarks: str) -> Endorsement:
    """The advice that the votes make."""
    if not is_carried(votes):
        return Endorsement.NOT_ENDORSED
    return Endorsement.ENDORSED_WITH_REMARKS if remarks else Endorsement.ENDORSED


def majority_of(in_office: int) -> int:
    """The quorum where a fund sets none: more than half of the trustees in office."""
    return in_office // 2 + 1
