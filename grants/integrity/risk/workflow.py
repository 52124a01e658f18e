"""The life of a flag: raised, made more or less severe, lifted by another person."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class FlagState(StrEnum):
    """The state of a flag."""

    RAISED = "raised"
    LIFTED = "lifted"


S = FlagState

FLAG = Workflow(
    subject="flag",
    initial=S.RAISED,
    steps=(
        Step(
            "regrade",
            (S.RAISED,),
            S.RAISED,
            Permission.DUE_DILIGENCE_RECOMMEND,
            _l("Change the severity"),
            needs_reason=True,
            act="integrity.risk.service.regrade",
            page="risk.regrade",
        ),
        Step(
            "lift",
            (S.RAISED,),
            S.LIFTED,
            Permission.DUE_DILIGENCE_DECIDE,
            _l("Lift the flag"),
            needs_reason=True,
            not_by=("create", "regrade"),
            act="integrity.risk.service.lift",
            page="risk.lift",
        ),
    ),
    names={
        S.RAISED: StateName(_l("Raised"), _l("Raised"), "waiting"),
        S.LIFTED: StateName(_l("Lifted"), _l("Lifted"), "neutral"),
    },
    final=(S.LIFTED,),
)
