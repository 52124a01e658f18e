"""What a line of the inbox says, on the page and in e-mails."""

from collections.abc import Iterable
from dataclasses import dataclass

from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import Viewer
from grants.platform.casework.queries import Event
from grants.platform.trail.views import state_of


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One event in words."""

    event: Event
    what: str


def lines_of(events: Iterable[Event], person: Viewer) -> list[InboxLine]:
    """The events in the reader's language."""
    return [InboxLine(event, what_of(event, person)) for event in events]


def what_of(event: Event, person: Viewer) -> str:
    """What happened, and who did it."""
    by = event.row.actor
    if event.remark is None and event.row.action != "assign_case":
        return _("New status: %(status)s", status=state_of(event.row))
    if event.row.action == "withdraw_remark":
        return _("%(name)s has withdrawn a remark.", name=by)
    if event.remark is not None:
        if person.person_id in event.remark.mentioned:
            return _("%(name)s has mentioned you in a remark.", name=by)
        return _("%(name)s has written a remark.", name=by)
    if event.concerned == person.person_id:
        return _("%(name)s has assigned this case to you.", name=by)
    return _("%(name)s has changed the owner of this case.", name=by)
