"""The life of an award, from approval to closure."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class AwardState(StrEnum):
    """The state of an award."""

    APPROVED = "approved"
    AGREED = "agreed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = AwardState

SIGNED = (S.AGREED, S.CLOSED)
"""There is a signed agreement."""


AWARD = Workflow(
    subject="award",
    initial=S.APPROVED,
    steps=(
        Step(
            "sign_agreement",
            (S.APPROVED,),
            S.AGREED,
            Permission.AGREEMENT_SIGN,
            _l("Record the signed agreement"),
            not_by=("create", "agree_support_cost"),
            act="granting.agreements.service.sign_agreement",
            page="agreements.sign",
        ),
        Step(
            "agree_support_cost",
            (S.APPROVED,),
            S.APPROVED,
            Permission.AWARD_APPROVE,
            _l("Agree a different rate of programme support costs"),
            needs_reason=True,
            act="granting.agreements.service.agree_support_cost",
            page="agreements.support_cost",
        ),
        Step(
            "cancel",
            (S.APPROVED,),
            S.CANCELLED,
            Permission.AWARD_APPROVE,
            _l("Cancel the award"),
            needs_reason=True,
            act="deciding.awards.service.cancel_award",
            page="awards.cancel",
        ),
        Step(
            "close",
            (S.AGREED,),
            S.CLOSED,
            Permission.REPORT_ACCEPT,
            _l("Close the grant"),
            act="granting.closure.service.close_grant",
            page="closure.close",
        ),
    ),
    names={
        S.APPROVED: StateName(
            _l("Agreement to be signed"), _l("Agreement to be signed"), "waiting"
        ),
        S.AGREED: StateName(_l("Running"), _l("Running"), "good"),
        S.CLOSED: StateName(_l("Closed"), _l("Closed"), "neutral"),
        S.CANCELLED: StateName(_l("Cancelled"), _l("Cancelled"), "bad"),
    },
    final=(S.CLOSED, S.CANCELLED),
    partitions={
        "Is there a signed agreement?": {"SIGNED": SIGNED, "no": (S.APPROVED, S.CANCELLED)}
    },
)
