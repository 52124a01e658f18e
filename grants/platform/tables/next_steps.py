"""The next step of a row of a list, as a link to the page where it is taken."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, url_for

from grants.core.kernel.workflow import Workflow
from grants.core.people.permissions import Permission
from grants.platform.web.access import door_of, viewer


def next_pages(
    workflow: Workflow, values: Callable[[Any], Mapping[str, Any]]
) -> Callable[[Any], str]:
    """The address at which the next step of a record is taken, if its page opens to the person who
    looks and the record has this step; `values` are those of the address. The page itself asks
    again.
    """
    person = viewer()

    def opens(endpoint: str) -> bool:
        door = door_of(current_app.view_functions[endpoint])
        return isinstance(door, Permission) and person.may(door)

    pages = {state: [*filter(opens, name.next_pages)] for state, name in workflow.names.items()}

    def address(row: Any) -> str:
        shut = {
            step.page
            for step in workflow.steps
            if step.page in pages[row.state]
            and row.state in step.sources
            and not step.is_open_to(row)
        }
        page = next((page for page in pages[row.state] if page not in shut), "")
        return url_for(page, **values(row)) if page else ""

    return address
