"""The life of a run: ordered, printed by the worker, and begun again where it was stopped."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class RunState(StrEnum):
    """The state of a run."""

    ORDERED = "ordered"
    PRINTED = "printed"
    INCOMPLETE = "incomplete"
    STUCK = "stuck"
    CANCELLED = "cancelled"


S = RunState
ISSUE = Permission.STATEMENT_ISSUE

RUN = Workflow(
    subject="statement_run",
    initial=S.ORDERED,
    steps=(
        Step(
            "finish",
            (S.ORDERED,),
            S.PRINTED,
            ISSUE,
            act="papers.printing.service.record_end",
            by="the job that prints",
        ),
        Step(
            "leave_out",
            (S.ORDERED,),
            S.INCOMPLETE,
            ISSUE,
            act="papers.printing.service.record_end",
            by="the job that prints",
        ),
        Step(
            "get_stuck",
            (S.ORDERED,),
            S.STUCK,
            ISSUE,
            needs_reason=True,
            act="papers.printing.service.record_failure",
            by="the job that prints",
        ),
        Step(
            "cancel",
            (S.ORDERED,),
            S.CANCELLED,
            ISSUE,
            _l("Stop"),
            act="papers.printing.service.cancel",
            page="printing.cancel",
            in_place=True,
        ),
        Step(
            "resume",
            (S.CANCELLED, S.INCOMPLETE, S.STUCK),
            S.ORDERED,
            ISSUE,
            _l("Resume"),
            act="papers.printing.service.resume",
            page="printing.resume",
            in_place=True,
        ),
    ),
    names={
        S.ORDERED: StateName(_l("In progress"), _l("In progress"), "active"),
        S.PRINTED: StateName(_l("Complete"), _l("Complete"), "good"),
        S.INCOMPLETE: StateName(_l("Incomplete"), _l("Incomplete"), "bad"),
        S.STUCK: StateName(_l("Stopped by an error"), _l("Stopped by an error"), "bad"),
        S.CANCELLED: StateName(_l("Stopped"), _l("Stopped"), "waiting"),
    },
    final=(S.PRINTED,),
)
