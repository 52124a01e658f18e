"""The life of a set-off: proposed and agreed by two people, deducted with the payment."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class SetOffState(StrEnum):
    """The state of a set-off."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DEDUCTED = "deducted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


S, P = SetOffState, Permission

BINDING = (S.AGREED, S.DEDUCTED)
"""It lessens what is paid of its instalment."""


SET_OFF = Workflow(
    subject="set_off",
    initial=S.PROPOSED,
    steps=(
        Step(
            "agree",
            (S.PROPOSED,),
            S.AGREED,
            P.INSTALMENT_APPROVE,
            _l("Approve the set-off"),
            not_by=("create",),
            act="granting.set_offs.service.agree",
            page="set_offs.agree",
        ),
        Step(
            "decline",
            (S.PROPOSED,),
            S.DECLINED,
            P.INSTALMENT_APPROVE,
            _l("Decline the set-off"),
            needs_reason=True,
            not_by=("create",),
            act="granting.set_offs.service.decline",
            page="set_offs.decline",
        ),
        Step(
            "deduct",
            (S.AGREED,),
            S.DEDUCTED,
            P.INSTALMENT_RELEASE,
            _l("Deducted from the payment"),
            act="granting.set_offs.booking.deduct",
            within="payments.release",
        ),
        Step(
            "restore",
            (S.DEDUCTED,),
            S.AGREED,
            P.INSTALMENT_RELEASE,
            _l("The payment was returned"),
            act="granting.set_offs.booking.restore",
            within="payments.take_back",
        ),
        Step(
            "withdraw",
            (S.PROPOSED, S.AGREED),
            S.WITHDRAWN,
            P.INSTALMENT_CERTIFY,
            _l("Withdraw the set-off"),
            needs_reason=True,
            act="granting.set_offs.service.withdraw",
            page="set_offs.withdraw",
        ),
    ),
    names={
        S.PROPOSED: StateName(_l("Awaiting approval"), _l("Awaiting approval"), "waiting"),
        S.AGREED: StateName(
            _l("To be deducted from the payment"), _l("To be deducted from the payment"), "active"
        ),
        S.DEDUCTED: StateName(_l("Deducted"), _l("Deducted"), "good"),
        S.DECLINED: StateName(_p("set-off", "Declined"), _p("set-off", "Declined"), "neutral"),
        S.WITHDRAWN: StateName(_p("set-off", "Withdrawn"), _p("set-off", "Withdrawn"), "neutral"),
    },
    final=(S.DECLINED, S.WITHDRAWN),
    partitions={
        "Does it lessen a payment?": {
            "BINDING": BINDING,
            "no": (S.PROPOSED, S.DECLINED, S.WITHDRAWN),
        },
    },
)
