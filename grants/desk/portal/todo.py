"""What waits for a person: one line for each kind of work, counted by the room it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grants.core.kernel.once import asking_once
from grants.core.people.viewer import Viewer
from grants.desk.portal import giving_tasks, granting_tasks
from grants.desk.portal.task import Task

TASKS = (*granting_tasks.OF_GRANTEES, *giving_tasks.OF_THE_FUND, *granting_tasks.OF_THE_FUND)
"""Every kind of work, along the way of an application and of a contribution."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work of one kind that waits for a person."""

    task: Task
    count: int

    @property
    def text(self) -> str:
        return self.task.words(self.count)


def waiting_for(session: Session, viewer: Viewer) -> list[Waiting]:
    """Everything that waits for this person, what is late first."""
    held = [task for task in TASKS if viewer.may(task.permission)]
    with asking_once(session):
        counted = _asked_in_one(session, [task.count(session, viewer) for task in held])
    lines = [Waiting(task, count) for task, count in zip(held, counted, strict=True) if count]
    return sorted(lines, key=lambda line: not line.task.urgent)


def _asked_in_one(session: Session, counts: Sequence[int | Select[int]]) -> list[int]:
    """Each count; those that are still queries go to the database together."""
    queries = [count.scalar_subquery() for count in counts if isinstance(count, Select)]
    answers = iter(session.execute(select(*queries)).one() if queries else ())
    return [next(answers) if isinstance(count, Select) else count for count in counts]
