"""The life of a contribution that is not for the fund. None of its steps touches the ledger."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class OutsideState(StrEnum):
    """The state of a contribution outside the fund."""

    ANNOUNCED = "announced"
    HANDED_ON = "handed_on"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


S = OutsideState
P = Permission

REPORTED = (S.HANDED_ON, S.CONFIRMED)
"""The office has it: it is reported as a contribution outside the fund."""

OUTSIDE_CONTRIBUTION = Workflow(
    subject="outside_contribution",
    initial=S.ANNOUNCED,
    steps=(
        Step(
            "hand_on",
            (S.ANNOUNCED,),
            S.HANDED_ON,
            P.OUTREACH_RECORD,
            _l("Pass on to the office"),
            act="giving.outside.service.hand_on",
            page="outside.hand_on",
        ),
        Step(
            "confirm",
            (S.HANDED_ON,),
            S.CONFIRMED,
            P.OUTREACH_RECORD,
            _l("Record the confirmation of the office"),
            act="giving.outside.service.confirm",
            page="outside.confirm",
        ),
        Step(
            "withdraw",
            (S.ANNOUNCED, S.HANDED_ON),
            S.WITHDRAWN,
            P.OUTREACH_RECORD,
            _l("Record that it was withdrawn"),
            needs_reason=True,
            act="giving.outside.service.withdraw",
            page="outside.withdraw",
        ),
    ),
    names={
        S.ANNOUNCED: StateName(_l("To be passed on"), _l("To be passed on"), "waiting"),
        S.HANDED_ON: StateName(_l("With the office"), _l("With the office"), "waiting"),
        S.CONFIRMED: StateName(
            _l("Confirmed by the office"), _l("Confirmed by the office"), "good"
        ),
        S.WITHDRAWN: StateName(_l("Withdrawn"), _l("Withdrawn"), "neutral"),
    },
    final=(S.CONFIRMED, S.WITHDRAWN),
)
