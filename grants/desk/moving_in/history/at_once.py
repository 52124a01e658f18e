"""Pledges, agreements and deposits of a history, many at once: what they ask is read in a few
statements, each passes the same rules in its turn, and all are written at the end.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.core.audit.advance import together
from grants.core.funds.models import Fund
from grants.core.kernel.errors import FundError
from grants.core.kernel.late import NotTogether
from grants.core.kernel.once import ask_again
from grants.desk.moving_in.history.foresight import foresee_acts
from grants.desk.moving_in.history.memory import Memory
from grants.desk.moving_in.history.plan import Files
from grants.desk.moving_in.history.planned import PlannedAct, noon

MANY = 500
"""Acts that are done at once, and those of their last day."""
FEW = 4
"""So many acts cost no less at once."""
_OPEN = frozenset({"pledges.csv", "deposits.csv"})


class Replay(Protocol):
    """What of an import under way concerns acts that are done at once."""

    fund: Fund
    files: Files
    memory: Memory

    def perform(self, session: Session, planned: PlannedAct) -> bool: ...
    def count(self, file: str, rows: int = 1) -> None: ...
    def tell(self) -> None: ...


def is_open_to(planned: PlannedAct) -> bool:
    return planned.file in _OPEN


def done(replay: Replay, session: Session, acts: Sequence[PlannedAct]) -> bool:
    """Do them all; false, with nothing of them done, where that has to be one by one: they are
    few, one is refused or in doubt, or needs what another has written.
    """
    doubts = replay.files.doubts
    if len(acts) < FEW or any(doubts.about(act.file, act.row.cell) for act in acts):
        return False
    try:
        new = _new(replay, session, acts)
    except (FundError, NotTogether, DBAPIError):
        ask_again(session)
        return False
    for file, rows in new.items():
        replay.count(file, rows)
    for act in acts:
        replay.memory.keep(act.file, act.row.value)
        replay.tell()
    return True


def _new(replay: Replay, session: Session, acts: Sequence[PlannedAct]) -> Counter[str]:
    """How many rows of each file were new."""
    new: Counter[str] = Counter()
    waiting = [act for act in acts if not replay.memory.knows(act.file, act.row.value)]
    if not waiting:
        return new
    with session.begin_nested():
        foresee_acts(session, replay.fund, waiting)
        with together(session):
            for act in waiting:
                with noon(act.on):
                    new[act.file] += replay.perform(session, act)
    return new
