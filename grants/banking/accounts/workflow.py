"""The way of a change of a bank account's details."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class DetailsState(StrEnum):
    """The state of a proposed change."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    DECLINED = "declined"


S = DetailsState
P = Permission

ACCOUNT_CHANGE = Workflow(
    subject="account_change",
    initial=S.PROPOSED,
    steps=(
        Step(
            "approve",
            (S.PROPOSED,),
            S.IN_FORCE,
            P.BANK_ACCOUNT_APPROVE,
            _l("Approve the change"),
            not_by=("create",),
            act="banking.accounts.service.approve",
            page="accounts.approve",
        ),
        Step(
            "decline",
            (S.PROPOSED,),
            S.DECLINED,
            P.BANK_ACCOUNT_APPROVE,
            _l("Decline the change"),
            needs_reason=True,
            not_by=("create",),
            act="banking.accounts.service.decline",
            page="accounts.decline",
        ),
    ),
    names={
        S.PROPOSED: StateName(_l("Awaiting approval"), _l("Awaiting approval"), "waiting"),
        S.IN_FORCE: StateName(_l("In force"), _l("In force"), "good"),
        S.DECLINED: StateName(_l("Declined"), _l("Declined"), "neutral"),
    },
    final=(S.IN_FORCE, S.DECLINED),
)
