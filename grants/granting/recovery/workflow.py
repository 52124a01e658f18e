"""The life of a request for a refund: sent by letter, then settled by the bank's credit."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class RefundCause(Term):
    """Why money is asked back."""

    UNSPENT = "unspent", _l("Not spent")
    INELIGIBLE = "ineligible", _l("Ineligible expenditure")


class RequestState(StrEnum):
    """The state of a request for a refund."""

    SENT = "sent"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    WRITTEN_OFF = "written_off"


S = RequestState

SETTLED = (S.SETTLED,)
"""The money came back."""
ENDED = (S.WITHDRAWN, S.WRITTEN_OFF)
"""It is not asked for any more."""


REFUND_REQUEST = Workflow(
    subject="refund_request",
    initial=S.SENT,
    steps=(
        Step(
            "settle",
            (S.SENT,),
            S.SETTLED,
            Permission.INSTALMENT_RELEASE,
            _l("Received in full"),
            act="granting.recovery.settling.settle_requests",
            within="payments.refund",
        ),
        Step(
            "reopen",
            (S.SETTLED,),
            S.SENT,
            Permission.INSTALMENT_RELEASE,
            _l("The payment that it was deducted from was returned"),
            act="granting.recovery.settling.give_back",
            within="payments.take_back",
        ),
        Step(
            "withdraw",
            (S.SENT,),
            S.WITHDRAWN,
            Permission.REFUND_REQUEST,
            _l("Withdraw the request"),
            needs_reason=True,
            act="granting.recovery.service.withdraw",
            page="recovery.withdraw",
        ),
        Step(
            "write_off",
            (S.SENT,),
            S.WRITTEN_OFF,
            Permission.GRANT_CLOSING_APPROVE,
            _l("Write off"),
            act="granting.closure.forcing.approve",
            within="closure.approve",
        ),
    ),
    names={
        S.SENT: StateName(_l("To be refunded"), _l("Awaiting the refund"), "waiting"),
        S.SETTLED: StateName(_l("Refunded"), _l("Refunded"), "good"),
        S.WITHDRAWN: StateName(_p("request", "Withdrawn"), _p("request", "Withdrawn"), "neutral"),
        S.WRITTEN_OFF: StateName(_l("Written off"), _l("Written off"), "bad"),
    },
    final=ENDED,
    partitions={
        "Has the money come back?": {"SETTLED": SETTLED, "ENDED": ENDED, "no": (S.SENT,)},
    },
)
