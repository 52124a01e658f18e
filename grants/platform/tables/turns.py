"""Whose turn it is with a case, and what this person may do with it now.

    turn = turn_of(pledge, PLEDGE, buttons(pledge, PLEDGE, reference=pledge.reference))

layout/case.html shows it above the case: one filled button, only for a person whose turn it is; all
other acts and pages behind “More”.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from grants.core.audit.advance import Stateful
from grants.core.kernel.language import gettext as _
from grants.core.kernel.workflow import StateName, Workflow
from grants.core.people.role_permissions import GRANTED
from grants.platform.web.access import door_of
from grants.platform.web.steps import Button


@dataclass(frozen=True, slots=True)
class Turn:
    """What can be done with a case now. No main act: `waits` says for what, or for whom."""

    main: Button | None = None
    more: Sequence[Button] = ()
    waits: str = ""


def linked(links: Sequence[tuple[str, str]]) -> list[Button]:
    """Pages about a record, to stand behind “More”."""
    return [Button("", text, href) for text, href in links]


def turn_of(
    record: Stateful, workflow: Workflow, offered: Sequence[Button], page: str = ""
) -> Turn:
    """The act that the state waits for, if this person may take it, and the other acts.

    `page`: the address of the next step where it is no step of the workflow itself; "" if the
    person may not open it.
    """
    name = workflow.names[record.state]
    awaited = {step.action for step in workflow.steps if step.page in name.next_pages}
    main = next((button for button in offered if button.action in awaited), None)
    if main is None and not awaited and page:
        main = Button("", str(name.next), page)
    others = [button for button in offered if button is not main]
    return Turn(main, others, "" if main else waits_for(name))


def waits_for(name: StateName) -> str:
    """Who takes the next step, by their roles; "" where nothing is waited for."""
    doors = {door_of(current_app.view_functions[page]) for page in name.next_pages}
    roles = [str(role.label) for role, permissions in GRANTED.items() if doors & permissions]
    if not roles:
        return _("Next: %(step)s", step=name.next) if name.next else ""
    return _("Waiting for: %(roles)s", roles=" · ".join(roles))
