"""What a grant needs at its end: a certificate of audit, and closing it where that cannot be."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class CertificateState(StrEnum):
    """The state of a certificate of audit."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class ForcedState(StrEnum):
    """The state of a proposal to close a grant with a write-off."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


C, F, P = CertificateState, ForcedState, Permission

SUBMITTED = (C.SUBMITTED, C.ACCEPTED)
"""The grantee has nothing to do about it."""

CERTIFICATE = Workflow(
    subject="audit_certificate",
    initial=C.SUBMITTED,
    steps=(
        Step(
            "accept",
            (C.SUBMITTED,),
            C.ACCEPTED,
            P.REPORT_ACCEPT,
            _l("Accept the certificate"),
            act="granting.closure.certificates.accept",
            page="closure.accept_certificate",
        ),
        Step(
            "send_back",
            (C.SUBMITTED,),
            C.RETURNED,
            P.REPORT_ACCEPT,
            _l("Return the certificate"),
            needs_reason=True,
            act="granting.closure.certificates.send_back",
            page="closure.return_certificate",
        ),
    ),
    names={
        C.SUBMITTED: StateName(_l("Being checked"), _l("To be checked"), "waiting"),
        C.ACCEPTED: StateName(_l("Accepted"), _l("Accepted"), "good"),
        C.RETURNED: StateName(_l("Returned: please replace"), _p("report", "Returned"), "bad"),
    },
    final=(C.ACCEPTED, C.RETURNED),
    partitions={
        "Has the grantee something to do?": {"SUBMITTED": SUBMITTED, "yes": (C.RETURNED,)},
    },
)

FORCED_CLOSING = Workflow(
    subject="forced_closing",
    initial=F.PROPOSED,
    steps=(
        Step(
            "approve",
            (F.PROPOSED,),
            F.APPROVED,
            P.GRANT_CLOSING_APPROVE,
            _l("Approve: write off and close"),
            not_by=("create",),
            act="granting.closure.forcing.approve",
            page="closure.approve",
        ),
        Step(
            "decline",
            (F.PROPOSED,),
            F.DECLINED,
            P.GRANT_CLOSING_APPROVE,
            _l("Decline the proposal"),
            needs_reason=True,
            not_by=("create",),
            act="granting.closure.forcing.decline",
            page="closure.decline",
        ),
        Step(
            "withdraw",
            (F.PROPOSED,),
            F.WITHDRAWN,
            P.GRANT_CLOSING_PROPOSE,
            _l("Withdraw the proposal"),
            needs_reason=True,
            act="granting.closure.forcing.withdraw",
            page="closure.withdraw",
        ),
    ),
    names={
        F.PROPOSED: StateName(_l("Awaiting approval"), _l("Awaiting approval"), "waiting"),
        F.APPROVED: StateName(_l("Approved"), _l("Approved"), "neutral"),
        F.DECLINED: StateName(_l("Declined"), _l("Declined"), "neutral"),
        F.WITHDRAWN: StateName(_p("proposal", "Withdrawn"), _p("proposal", "Withdrawn"), "neutral"),
    },
    final=(F.APPROVED, F.DECLINED, F.WITHDRAWN),
)
