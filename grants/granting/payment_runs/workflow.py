"""The life of a payment run: put together, then sent as one file, or cancelled."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class RunState(StrEnum):
    """The state of a payment run."""

    OPEN = "open"
    SENT = "sent"
    CANCELLED = "cancelled"


S = RunState

RUN = Workflow(
    subject="payment_run",
    initial=S.OPEN,
    steps=(
        Step(
            "send_file",
            (S.OPEN,),
            S.SENT,
            Permission.INSTALMENT_RELEASE,
            _l("Make the payment file"),
            act="granting.payment_runs.service.send_file",
            page="payment_runs.send_file",
        ),
        Step(
            "cancel",
            (S.OPEN,),
            S.CANCELLED,
            Permission.INSTALMENT_RELEASE,
            _l("Cancel the run"),
            needs_reason=True,
            act="granting.payment_runs.service.cancel",
            page="payment_runs.cancel",
        ),
    ),
    names={
        S.OPEN: StateName(
            _p("payment run", "Open"), _p("payment run", "In preparation"), "waiting"
        ),
        S.SENT: StateName(_p("payment run", "Sent"), _p("payment run", "Sent"), "good"),
        S.CANCELLED: StateName(
            _p("payment run", "Cancelled"), _p("payment run", "Cancelled"), "neutral"
        ),
    },
    final=(S.SENT, S.CANCELLED),
)
