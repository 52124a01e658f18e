"""What a grantee prepares for its agreement: sent to the fund, accepted or sent back."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class Part(Term):
    """What is prepared."""

    BUDGET = "budget", _l("Revised budget")
    FINANCE = "finance", _l("Finance questionnaire")


class PreparationState(StrEnum):
    """The state of what a grantee prepares."""

    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


S = PreparationState

PREPARATION = Workflow(
    subject="preparation",
    initial=S.SUBMITTED,
    steps=(
        Step(
            "submit_again",
            (S.SENT_BACK,),
            S.SUBMITTED,
            Permission.REPORT_WRITE,
            _l("Correct and submit"),
            act="granting.preparing.service.submit",
            within="preparing.budget",
        ),
        Step(
            "accept",
            (S.SUBMITTED,),
            S.ACCEPTED,
            Permission.REPORT_ACCEPT,
            _l("Accept"),
            act="granting.preparing.service.accept",
            page="preparing.accept",
        ),
        Step(
            "send_back",
            (S.SUBMITTED,),
            S.SENT_BACK,
            Permission.REPORT_ACCEPT,
            _l("Return to the organisation"),
            needs_reason=True,
            act="granting.preparing.service.send_back",
            page="preparing.send_back",
        ),
    ),
    names={
        S.SUBMITTED: StateName(_l("With the fund"), _l("To be checked"), "waiting"),
        S.SENT_BACK: StateName(_l("To be corrected"), _l("Returned to the organisation"), "active"),
        S.ACCEPTED: StateName(_p("paper", "Accepted"), _p("paper", "Accepted"), "good"),
    },
    final=(S.ACCEPTED,),
)
