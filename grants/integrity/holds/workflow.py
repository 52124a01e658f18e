"""The life of a hold on an organisation: placed, reviewed, lifted by another person."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class HoldState(StrEnum):
    """The state of a hold."""

    PLACED = "placed"
    LIFTED = "lifted"


S = HoldState

HOLD = Workflow(
    subject="organisation_hold",
    initial=S.PLACED,
    steps=(
        Step(
            "review",
            (S.PLACED,),
            S.PLACED,
            Permission.DUE_DILIGENCE_RECOMMEND,
            _l("Keep the hold"),
            needs_reason=True,
            act="integrity.holds.service.review",
            page="holds.review",
        ),
        Step(
            "lift",
            (S.PLACED,),
            S.LIFTED,
            Permission.DUE_DILIGENCE_DECIDE,
            _l("Lift the hold"),
            needs_reason=True,
            not_by=("create",),
            act="integrity.holds.service.lift",
            page="holds.lift",
        ),
    ),
    names={
        S.PLACED: StateName(_l("On hold"), _l("On hold"), "bad"),
        S.LIFTED: StateName(_p("hold", "Lifted"), _p("hold", "Lifted"), "neutral"),
    },
    final=(S.LIFTED,),
)
