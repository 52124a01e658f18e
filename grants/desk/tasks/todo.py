"""What waits for a person: one line for each kind of work, counted by the room it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from grants.core.people.viewer import Viewer
from grants.desk.tasks import deciding_tasks, giving_tasks, grantee_tasks, granting_tasks
from grants.desk.tasks.cases import CaseRow
from grants.desk.tasks.task import Task

TASKS = (
    *grantee_tasks.OF_GRANTEES,
    *giving_tasks.OF_THE_FUND,
    *deciding_tasks.OF_THE_FUND,
    *granting_tasks.OF_THE_FUND,
)
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
    tasks = [task for task in TASKS if viewer.may(task.permission)]
    counts = select(*(task.count(viewer).scalar_subquery() for task in tasks))
    counted = session.execute(counts).one() if tasks else ()
    lines = [Waiting(task, count) for task, count in zip(tasks, counted, strict=True) if count]
    return sorted(lines, key=lambda line: not line.task.urgent)


READ = 40
"""Records read of one kind of work: how many there are is counted apart."""


def cases_behind(session: Session, viewer: Viewer, waiting: Sequence[Waiting]) -> list[CaseRow]:
    """The records that wait for this person, of each kind the most pressing, in one question. The
    place of a row is that of its kind in `waiting`.
    """
    parts = [
        entry.task.case.kind.rows(place, entry.task.count(viewer), READ)
        for place, entry in enumerate(waiting)
        if entry.task.case is not None
    ]
    return [CaseRow(*row) for row in session.execute(union_all(*parts))] if parts else []
