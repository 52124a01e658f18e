"""The life of a proposed allowance, and the bands of age it is reckoned by."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class Band(Term):
    """Whole years since a promised payment was due."""

    NOT_DUE = "not_due", _l("Not due yet")
    FIRST_YEAR = "first_year", _l("Under 1 year")
    SECOND_YEAR = "second_year", _l("1 to 2 years")
    THIRD_YEAR = "third_year", _l("2 to 3 years")
    LATER = "later", _l("3 years and more")


class AllowanceState(StrEnum):
    """The state of a proposed allowance."""

    PROPOSED = "proposed"
    POSTED = "posted"
    REJECTED = "rejected"
    REVERSED = "reversed"


S = AllowanceState
P = Permission
STANDING = (S.POSTED,)
"""In the books as it was approved."""
BOOKED = (*STANDING, S.REVERSED)
"""Posted once, whether or not it was reversed since."""

ALLOWANCE = Workflow(
    subject="allowance_run",
    initial=S.PROPOSED,
    steps=(
        Step(
            "approve",
            (S.PROPOSED,),
            S.POSTED,
            P.RECEIVABLE_APPROVE,
            _l("Approve and post"),
            not_by=("create",),
            act="giving.receivables.service.approve",
            page="receivables.approve",
        ),
        Step(
            "reject",
            (S.PROPOSED,),
            S.REJECTED,
            P.RECEIVABLE_APPROVE,
            _l("Reject"),
            needs_reason=True,
            not_by=("create",),
            act="giving.receivables.service.reject",
            page="receivables.reject",
        ),
        Step(
            "undo",
            (S.POSTED,),
            S.REVERSED,
            P.RECEIVABLE_APPROVE,
            _l("Reverse"),
            needs_reason=True,
            not_by=("create",),
            act="giving.receivables.service.undo",
            page="receivables.undo",
        ),
    ),
    names={
        S.PROPOSED: StateName(_l("Awaiting approval"), _l("Awaiting approval"), "waiting"),
        S.POSTED: StateName(_l("Posted"), _l("Posted"), "good"),
        S.REJECTED: StateName(_p("allowance", "Rejected"), _p("allowance", "Rejected"), "neutral"),
        S.REVERSED: StateName(_l("Reversed"), _l("Reversed"), "neutral"),
    },
    final=(S.REJECTED, S.REVERSED),
)
