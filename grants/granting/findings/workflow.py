"""The life of a finding, from the day it is noted until the fund closes it."""

from datetime import date, timedelta
from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class Severity(Term):
    """How much a finding matters to the fund."""

    LOW = "low", _p("severity", "Low")
    MEDIUM = "medium", _p("severity", "Medium")
    HIGH = "high", _p("severity", "High")


class FindingState(StrEnum):
    """The state of a finding."""

    OPEN = "open"
    ANSWERED = "answered"
    SENT_BACK = "sent_back"
    TO_RECOVER = "to_recover"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


S = FindingState

TO_ANSWER = (S.OPEN, S.SENT_BACK)
"""The owner has something to do."""
IN_CHECK = (S.ANSWERED, S.TO_RECOVER)
"""It has an answer, to which the owner may add files."""
UNFINISHED = (*TO_ANSWER, *IN_CHECK)
"""It holds up what depends on it."""
FINISHED = (S.CLOSED, S.WITHDRAWN)
"""All others."""

PATIENCE = {Severity.HIGH: 0, Severity.MEDIUM: 7, Severity.LOW: 14}
"""So many days after its day the fund manager hears of a finding without an answer. Money may leak
meanwhile where it is high; elsewhere a week or two is what a reminder needs to work."""


def escalates_on(severity: Severity, due_on: date) -> date:
    """The first day on which a finding without an answer goes to the fund manager."""
    return due_on + timedelta(PATIENCE[severity] + 1)


FINDING = Workflow(
    subject="finding",
    initial=S.OPEN,
    steps=(
        Step(
            "answer",
            TO_ANSWER,
            S.ANSWERED,
            Permission.FINDING_ANSWER,
            _l("Answer the finding"),
            act="granting.findings.service.answer",
            page="findings.answer",
        ),
        Step(
            "send_back",
            (S.ANSWERED,),
            S.SENT_BACK,
            Permission.FINDING_CLOSE,
            _l("Return the answer"),
            needs_reason=True,
            not_by=("answer",),
            act="granting.findings.service.send_back",
            page="findings.send_back",
        ),
        Step(
            "close",
            (S.ANSWERED,),
            S.CLOSED,
            Permission.FINDING_CLOSE,
            _l("Close the finding"),
            not_by=("answer",),
            act="granting.findings.service.close",
            page="findings.close",
        ),
        Step(
            "claim",
            (*TO_ANSWER, S.ANSWERED),
            S.TO_RECOVER,
            Permission.FINDING_CLOSE,
            _l("Ask for a refund"),
            not_by=("answer",),
            act="granting.findings.recovery.claim",
            page="findings.claim",
        ),
        Step(
            "settle",
            (S.TO_RECOVER,),
            S.CLOSED,
            Permission.FINDING_CLOSE,
            _l("Close the finding with a refund"),
            not_by=("answer",),
            act="granting.findings.recovery.settle",
            page="findings.settle",
        ),
        Step(
            "refund",
            (S.TO_RECOVER,),
            S.CLOSED,
            Permission.INSTALMENT_RELEASE,
            _l("Refunded"),
            act="granting.findings.recovery.close_refunded",
            within="payments.refund",
        ),
        Step(
            "reopen",
            (S.CLOSED,),
            S.TO_RECOVER,
            Permission.INSTALMENT_RELEASE,
            _l("The refund is owed again"),
            act="granting.findings.recovery.reopen_refunded",
            within="payments.take_back",
        ),
        Step(
            "drop_claim",
            (S.TO_RECOVER,),
            S.ANSWERED,
            Permission.REFUND_REQUEST,
            _l("Request for a refund withdrawn"),
            act="granting.findings.recovery.drop_claim",
            within="recovery.withdraw",
        ),
        Step(
            "write_off",
            (S.TO_RECOVER,),
            S.CLOSED,
            Permission.GRANT_CLOSING_APPROVE,
            _l("Write off"),
            act="granting.findings.recovery.write_off_claims",
            within="closure.approve",
        ),
        Step(
            "withdraw",
            (*TO_ANSWER, S.ANSWERED),
            S.WITHDRAWN,
            Permission.FINDING_OVERSEE,
            _l("Withdraw the finding"),
            needs_reason=True,
            not_by=("create", "answer"),
            act="granting.findings.service.withdraw",
            page="findings.withdraw",
        ),
    ),
    names={
        S.OPEN: StateName(_l("To be answered"), _l("To be answered"), "waiting"),
        S.ANSWERED: StateName(
            _l("Answered, being checked"), _l("Answered, to be checked"), "waiting"
        ),
        S.SENT_BACK: StateName(_l("Returned: please complete"), _p("finding", "Returned"), "bad"),
        S.TO_RECOVER: StateName(_l("Money to be refunded"), _l("Money to be refunded"), "bad"),
        S.CLOSED: StateName(_p("finding", "Closed"), _p("finding", "Closed"), "good"),
        S.WITHDRAWN: StateName(_p("finding", "Withdrawn"), _p("finding", "Withdrawn")),
    },
    final=(S.WITHDRAWN,),
    partitions={
        "Has the owner something to do?": {
            "TO_ANSWER": TO_ANSWER,
            "IN_CHECK": IN_CHECK,
            "no": FINISHED,
        },
        "Does it hold up a payment or the closure?": {
            "UNFINISHED": UNFINISHED,
            "FINISHED": FINISHED,
        },
    },
)

OVERDUE = StateName(_p("work", "Overdue"), _p("work", "Overdue"), "bad")


def name_of(state: FindingState, due_on: date, today: date) -> StateName:
    """The state in words: what is late after its day."""
    return OVERDUE if state in TO_ANSWER and due_on < today else FINDING.names[state]
