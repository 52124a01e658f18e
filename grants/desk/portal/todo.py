"""What waits for a person: one line for each kind of work, counted by the room it belongs to."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

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
    counted = [Waiting(task, task.count(session, viewer)) for task in held]
    return sorted((line for line in counted if line.count), key=lambda line: not line.task.urgent)
