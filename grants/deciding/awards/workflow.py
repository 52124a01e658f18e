"""The life of an award, from approval to closure."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
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
STANDING = (S.APPROVED, S.AGREED)
"""The grant is to be carried out, or is."""


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
            not_by=("create", "agree_support_cost", "change_period"),
            act="granting.agreements.service.sign_agreement",
            page="agreements.sign",
        ),
        Step(
            "countersign",
            (S.APPROVED,),
            S.AGREED,
            Permission.APPLICATION_SIGN,
            _l("Sign for the organisation"),
            act="granting.agreements.service.conclude",
            within="signing.accept_for_grantee",
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
            "change_period",
            (S.APPROVED,),
            S.APPROVED,
            Permission.AWARD_APPROVE,
            _l("Change the period"),
            needs_reason=True,
            act="granting.agreements.period.change_period",
            page="agreements.period",
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
            "lapse",
            (S.APPROVED,),
            S.CANCELLED,
            Permission.AWARD_APPROVE,
            _l("Let the award lapse"),
            act="deciding.awards.service.lapse_award",
            by="signing.follow",
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
        Step(
            "force_close",
            (S.AGREED,),
            S.CLOSED,
            Permission.GRANT_CLOSING_APPROVE,
            _l("Close with a write-off"),
            act="granting.closure.forcing.approve",
            within="closure.approve",
        ),
    ),
    names={
        S.APPROVED: StateName(
            _l("Agreement not signed yet"),
            _l("Agreement not signed yet"),
            "waiting",
            _l("Sign the agreement"),
        ),
        S.AGREED: StateName(_p("grant", "Active"), _p("grant", "Active"), "good"),
        S.CLOSED: StateName(_p("grant", "Closed"), _p("grant", "Closed"), "neutral"),
        S.CANCELLED: StateName(_p("grant", "Cancelled"), _p("grant", "Cancelled"), "neutral"),
    },
    final=(S.CLOSED, S.CANCELLED),
    partitions={
        "Is there a signed agreement?": {"SIGNED": SIGNED, "no": (S.APPROVED, S.CANCELLED)},
        "Is money still to go to the grantee?": {
            "STANDING": STANDING,
            "no": (S.CLOSED, S.CANCELLED),
        },
    },
)
