"""The life of an organisation's bank details, from the request to the next ones."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class DetailsState(StrEnum):
    """The state of bank details."""

    REQUESTED = "requested"
    CHECKED = "checked"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = DetailsState

APPROVED = (S.IN_FORCE, S.REPLACED)
"""Two persons have confirmed it, now or before."""

OPEN = (S.REQUESTED, S.CHECKED)
"""Asked for and not decided: nothing is paid to the organisation meanwhile."""

BANK_DETAILS = Workflow(
    subject="bank_details",
    initial=S.REQUESTED,
    steps=(
        Step(
            "check",
            (S.REQUESTED,),
            S.CHECKED,
            Permission.PAYEE_CHECK,
            _l("Record the call-back"),
            not_by=("create",),
            act="granting.bank_details.service.record_call",
            page="bank_details.check",
        ),
        Step(
            "approve",
            (S.CHECKED,),
            S.IN_FORCE,
            Permission.PAYEE_APPROVE,
            _l("Approve"),
            not_by=("create", "check"),
            act="granting.bank_details.service.approve",
            page="bank_details.approve",
        ),
        Step(
            "refuse",
            (S.REQUESTED,),
            S.REFUSED,
            Permission.PAYEE_CHECK,
            _l("Refuse"),
            needs_reason=True,
            act="granting.bank_details.service.refuse",
            page="bank_details.refuse",
        ),
        Step(
            "not_approve",
            (S.CHECKED,),
            S.REFUSED,
            Permission.PAYEE_APPROVE,
            _l("Do not approve"),
            needs_reason=True,
            act="granting.bank_details.service.not_approve",
            page="bank_details.not_approve",
        ),
        Step(
            "withdraw",
            OPEN,
            S.WITHDRAWN,
            Permission.PAYEE_REQUEST,
            _l("Withdraw the request"),
            needs_reason=True,
            act="granting.bank_details.service.withdraw",
            page="bank_details.withdraw",
        ),
        Step(
            "replace",
            (S.IN_FORCE,),
            S.REPLACED,
            Permission.PAYEE_APPROVE,
            _l("Replaced"),
            act="granting.bank_details.service.approve",
            within="bank_details.approve",
        ),
    ),
    names={
        S.REQUESTED: StateName(_l("Waiting to be checked"), _l("To be checked"), "waiting"),
        S.CHECKED: StateName(_l("Waiting to be checked"), _l("To be approved"), "waiting"),
        S.IN_FORCE: StateName(_l("In use"), _l("In use"), "good"),
        S.REPLACED: StateName(_l("No longer used"), _l("Replaced"), "neutral"),
        S.REFUSED: StateName(_p("bank details", "Refused"), _p("bank details", "Refused"), "bad"),
        S.WITHDRAWN: StateName(
            _p("bank details", "Withdrawn"), _p("bank details", "Withdrawn"), "neutral"
        ),
    },
    final=(S.REPLACED, S.REFUSED, S.WITHDRAWN),
    partitions={
        "Was it approved?": {
            "APPROVED": APPROVED,
            "no": (*OPEN, S.REFUSED, S.WITHDRAWN),
        },
        "Does it keep payments back?": {
            "OPEN": OPEN,
            "no": (S.IN_FORCE, S.REPLACED, S.REFUSED, S.WITHDRAWN),
        },
    },
)
