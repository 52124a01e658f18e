"""What waits for a person: one line for each kind of work, counted by the room it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grants.applying.applications.queries import BARS
from grants.core.kernel import clock
from grants.core.kernel.db import planned_once
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
    tasks, counts = asked(viewer, clock.today(), BARS.contents())
    counted = session.execute(counts).one() if tasks else ()
    lines = [Waiting(task, count) for task, count in zip(tasks, counted, strict=True) if count]
    return sorted(lines, key=lambda line: not line.task.urgent)


@lru_cache(maxsize=128)
def asked(
    viewer: Viewer, _today: date, _bars: tuple[Any, ...]
) -> tuple[Sequence[Task], Select[Any]]:
    """What may wait for a person, and how much of each in one question: worded once for a day; the
    database is asked each time.
    """
    tasks = [task for task in TASKS if viewer.may(task.permission)]
    return tasks, planned_once(select(*(task.count(viewer).scalar_subquery() for task in tasks)))
