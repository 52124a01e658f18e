"""The life of a purge: proposed, confirmed by another person, carried out by the worker."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class PurgeState(StrEnum):
    """The state of a purge."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DONE = "done"
    STOPPED = "stopped"


S = PurgeState

PURGE = Workflow(
    subject="purge",
    initial=S.PROPOSED,
    steps=(
        Step(
            "confirm",
            (S.PROPOSED,),
            S.CONFIRMED,
            Permission.RETENTION_DECIDE,
            _l("Confirm the purge"),
            not_by=("create",),
            act="desk.retention.service.confirm",
            page="retention.confirm",
        ),
        Step(
            "carry_out",
            (S.CONFIRMED,),
            S.DONE,
            Permission.RETENTION_DECIDE,
            act="desk.retention.service.carry_out",
            by="the worker, soon after the list was confirmed",
        ),
        Step(
            "stop",
            (S.PROPOSED, S.CONFIRMED),
            S.STOPPED,
            Permission.RETENTION_DECIDE,
            _l("Stop the purge"),
            needs_reason=True,
            act="desk.retention.service.stop",
            page="retention.stop",
        ),
    ),
    names={
        S.PROPOSED: StateName(_l("To be confirmed"), _l("To be confirmed"), "waiting"),
        S.CONFIRMED: StateName(_l("Confirmed"), _l("Confirmed"), "waiting"),
        S.DONE: StateName(_l("Purged"), _l("Purged"), "good"),
        S.STOPPED: StateName(_l("Stopped"), _l("Stopped"), "neutral"),
    },
    final=(S.DONE, S.STOPPED),
)

OPEN = (S.PROPOSED, S.CONFIRMED)
