"""What waits for the person who looks, read again once anything was written."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from grants.core.people.viewer import Viewer
from grants.desk.tasks.blind_titles import titled
from grants.desk.tasks.cases import CaseRow
from grants.desk.tasks.todo import Waiting, cases_behind, waiting_for
from grants.platform.web.database import session
from grants.platform.web.unchanged import (
    while_nothing_is_written,
)


def waiting_for_person(person: Viewer) -> list[Waiting]:
    """Everything that waits for a person, counted again once anything was written."""
    return while_nothing_is_written(("waiting", person), lambda: waiting_for(session(), person))


def cases_for_person(person: Viewer, waiting: Sequence[Waiting]) -> Sequence[CaseRow]:
    """The records behind it, read again once anything was written."""
    return while_nothing_is_written(
        ("cases", person),
        lambda: titled(session(), waiting, cases_behind(session(), person, waiting)),
    )


def all_wait_for_others(waiting: Sequence[Waiting]) -> bool:
    """Has the person nothing to do themselves today?"""
    return all(entry.task.others for entry in waiting)


def lines_of(waiting: Sequence[Waiting]) -> list[dict[str, Any]]:
    """What waits, as pages draw it."""
    return [
        {
            "text": line.text,
            "count": line.count,
            "href": url_for(line.task.endpoint, **dict[str, Any](line.task.values)),
            "tone": "late" if line.task.urgent else "",
        }
        for line in waiting
    ]
