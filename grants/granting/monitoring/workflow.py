"""The life of a visit, a spot check or an audit of a grant."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ActivityState(StrEnum):
    """The state of a visit, a spot check or an audit."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    HELD = "held"
    REPORTED = "reported"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = ActivityState

AHEAD = (S.PLANNED, S.ANNOUNCED)
"""It has still to be held."""
DONE = (S.REPORTED, S.CLOSED)
"""There is a report."""
OBSERVED = (S.HELD, S.REPORTED)
"""Findings are noted from it."""
SHARED = (S.ANNOUNCED, S.HELD, *DONE)
"""The grantee knows of it; its report is shared once it is closed."""
UNFINISHED = (*AHEAD, S.HELD, S.REPORTED)
"""The fund has something to do."""

ACTIVITY = Workflow(
    subject="monitoring",
    initial=S.PLANNED,
    steps=(
        Step(
            "announce",
            AHEAD,
            S.ANNOUNCED,
            Permission.MONITORING_PLAN,
            _l("Announce to the organisation"),
            act="granting.monitoring.service.announce",
            page="monitoring.announce",
            only=lambda activity: bool(activity.award.is_running),
            closed=_l("The grant is not active, so its organisation expects no visit."),
        ),
        Step(
            "hold",
            AHEAD,
            S.HELD,
            Permission.MONITORING_PLAN,
            _l("Record that it took place"),
            act="granting.monitoring.service.hold",
            page="monitoring.hold",
        ),
        Step(
            "report",
            (S.HELD, S.REPORTED),
            S.REPORTED,
            Permission.MONITORING_PLAN,
            _l("Write the report"),
            act="granting.monitoring.service.report",
            page="monitoring.report",
        ),
        Step(
            "close",
            (S.REPORTED,),
            S.CLOSED,
            Permission.MONITORING_CLOSE,
            _l("Close it and share the report"),
            not_by=("report",),
            act="granting.monitoring.service.close",
            page="monitoring.close",
        ),
        Step(
            "cancel",
            AHEAD,
            S.CANCELLED,
            Permission.MONITORING_PLAN,
            _p("monitoring", "Cancel it"),
            needs_reason=True,
            act="granting.monitoring.service.cancel",
            page="monitoring.cancel",
        ),
    ),
    names={
        S.PLANNED: StateName(_p("monitoring", "Planned"), _p("monitoring", "Planned"), "neutral"),
        S.ANNOUNCED: StateName(
            _p("monitoring", "Announced"), _p("monitoring", "Announced"), "waiting"
        ),
        S.HELD: StateName(
            _l("Took place, report being written"),
            _l("Took place, report to be written"),
            "waiting",
        ),
        S.REPORTED: StateName(
            _l("Took place, report being checked"), _l("Reported, to be closed"), "waiting"
        ),
        S.CLOSED: StateName(_p("monitoring", "Closed"), _p("monitoring", "Closed"), "good"),
        S.CANCELLED: StateName(
            _p("monitoring", "Cancelled"), _p("monitoring", "Cancelled"), "neutral"
        ),
    },
    final=(S.CLOSED, S.CANCELLED),
    partitions={
        "How far is it?": {
            "AHEAD": AHEAD,
            "held": (S.HELD,),
            "DONE": DONE,
            "off": (S.CANCELLED,),
        },
        "Does the grantee know of it?": {
            "SHARED": SHARED,
            "no": (S.PLANNED, S.CANCELLED),
        },
        "Are findings noted from it?": {
            "OBSERVED": OBSERVED,
            "no": (*AHEAD, S.CLOSED, S.CANCELLED),
        },
        "Has the fund something to do?": {
            "UNFINISHED": UNFINISHED,
            "no": (S.CLOSED, S.CANCELLED),
        },
    },
)
