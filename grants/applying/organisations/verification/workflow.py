"""The life of an organisation's verification."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class VerificationState(StrEnum):
    """The state of an organisation's verification."""

    DRAFT = "draft"
    PENDING = "pending"
    VERIFIED = "verified"
    RETURNED = "returned"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


S = VerificationState

EXPLAINED = (S.RETURNED, S.REJECTED, S.SUSPENDED)
"""The organisation reads why."""

VERIFICATION = Workflow(
    subject="organisation_verification",
    initial=S.DRAFT,
    steps=(
        Step(
            "ask",
            (S.DRAFT, S.RETURNED),
            S.PENDING,
            Permission.ORGANISATION_EDIT,
            _l("Ask to be verified"),
            act="applying.organisations.verification.service.ask",
            page="organisations.ask_verification",
        ),
        Step(
            "renew",
            (S.VERIFIED,),
            S.PENDING,
            Permission.ORGANISATION_EDIT,
            _l("Ask to be verified again"),
            act="applying.organisations.verification.service.ask",
            within="organisations.ask_verification",
        ),
        Step(
            "verify",
            (S.PENDING,),
            S.VERIFIED,
            Permission.ORGANISATION_VERIFY,
            _l("Answer the questions"),
            act="applying.organisations.verification.service.verify",
            page="organisations.verify",
        ),
        Step(
            "return",
            (S.PENDING, S.REJECTED),
            S.RETURNED,
            Permission.ORGANISATION_VERIFY,
            _l("Return to the organisation"),
            needs_reason=True,
            act="applying.organisations.verification.service.return_",
            page="organisations.return_verification",
        ),
        Step(
            "reject",
            (S.PENDING, S.SUSPENDED),
            S.REJECTED,
            Permission.ORGANISATION_VERIFY,
            _l("Reject"),
            needs_reason=True,
            act="applying.organisations.verification.service.reject",
            page="organisations.reject_verification",
        ),
        Step(
            "suspend",
            (S.VERIFIED,),
            S.SUSPENDED,
            Permission.ORGANISATION_VERIFY,
            _l("Suspend the verification"),
            needs_reason=True,
            act="applying.organisations.verification.service.suspend",
            page="organisations.suspend_verification",
        ),
        Step(
            "reinstate",
            (S.SUSPENDED,),
            S.VERIFIED,
            Permission.ORGANISATION_VERIFY,
            _l("End the suspension"),
            needs_reason=True,
            act="applying.organisations.verification.service.reinstate",
            page="organisations.reinstate_verification",
        ),
    ),
    names={
        S.DRAFT: StateName(
            _p("organisation", "Not verified yet"), _p("organisation", "Not verified yet")
        ),
        S.PENDING: StateName(_l("Being checked"), _l("To be verified"), "waiting"),
        S.VERIFIED: StateName(
            _p("organisation", "Verified"), _p("organisation", "Verified"), "good"
        ),
        S.RETURNED: StateName(
            _l("Returned to you: please correct it"),
            _l("Returned to the organisation"),
            "active",
        ),
        S.REJECTED: StateName(_l("Not accepted"), _p("organisation", "Rejected"), "bad"),
        S.SUSPENDED: StateName(
            _p("organisation", "Suspended"), _p("organisation", "Suspended"), "bad"
        ),
    },
)
