"""The life of a report. Its narrative and its finances are accepted apart, each by its officer."""

from datetime import date
from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ReportState(StrEnum):
    """The state of a report."""

    DUE = "due"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


S = ReportState


class ReportPart(Term):
    """What of a report is accepted by itself."""

    NARRATIVE = "narrative", _l("Narrative report")
    FINANCES = "finances", _l("Financial report")

    @property
    def permission(self) -> Permission:
        """Accepts it, and returns its sections."""
        narrative = self is ReportPart.NARRATIVE
        return Permission.REPORT_ACCEPT if narrative else Permission.REPORT_ACCEPT_FINANCES


class PartAnswer(Term):
    """What the fund has answered to one part of a report."""

    NONE = "none", _l("Not yet checked")
    RETURNED = "returned", _p("report", "Returned")
    ACCEPTED = "accepted", _l("Accepted")


OPEN = (S.DUE, S.SENT_BACK)
"""The grantee has something to write."""
SENT = (S.SUBMITTED, S.ACCEPTED)
"""What it says was sent to the fund."""
ANSWERED = (S.SUBMITTED, S.SENT_BACK)
"""The fund may answer a part of it, also while the grantee corrects the other part."""
UNFINISHED = (*OPEN, S.SUBMITTED)
"""Few of many: the index on states finds them."""


REPORT = Workflow(
    subject="report",
    initial=S.DUE,
    steps=(
        Step(
            "submit",
            (S.DUE, S.SENT_BACK),
            S.SUBMITTED,
            Permission.REPORT_WRITE,
            _l("Submit the report"),
            act="granting.reporting.service.submit",
            page="reporting.check",
        ),
        Step(
            "accept",
            (S.SUBMITTED,),
            S.ACCEPTED,
            Permission.REPORT_ANSWER,
            _l("Accept"),
            act="granting.reporting.service.accept",
            page="reporting.accept",
            in_place=True,
        ),
        Step(
            "send_back",
            ANSWERED,
            S.SENT_BACK,
            Permission.REPORT_ANSWER,
            _l("Return"),
            needs_reason=True,
            act="granting.reporting.service.send_back",
            page="reporting.send_back",
        ),
    ),
    names={
        S.DUE: StateName(_l("Not yet submitted"), _l("Not yet submitted")),
        S.SUBMITTED: StateName(
            _l("Submitted, being checked"), _l("Submitted, to be checked"), "waiting"
        ),
        S.SENT_BACK: StateName(_l("Returned: please complete"), _p("report", "Returned"), "bad"),
        S.ACCEPTED: StateName(_l("Accepted"), _l("Accepted"), "good"),
    },
    final=(S.ACCEPTED,),
    partitions={
        "Has the grantee something to write?": {"OPEN": OPEN, "SENT": SENT},
        "Is there anything left to do?": {"UNFINISHED": UNFINISHED, "no": (S.ACCEPTED,)},
    },
)

OVERDUE = StateName(_l("Overdue"), _l("Overdue"), "bad")


def name_of(state: ReportState, due_on: date, today: date) -> StateName:
    """A report’s state in words: nothing is marked before its day, and what is late after it."""
    return OVERDUE if state is S.DUE and due_on < today else REPORT.names[state]
