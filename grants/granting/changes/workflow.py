"""What can change of a signed grant, and the way of a change from the request to its effect."""

from enum import StrEnum
from typing import Any

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ChangeKind(Term):
    """What changes; `kinds.py` says of each what it does."""

    EXTENSION = "extension", _l("No-cost extension")
    TOP_UP = "top_up", _l("Extension with cost")
    BUDGET = "budget", _l("Budget revision")
    PARTNER = "partner", _l("Change of implementing partner")
    PLACE = "place", _l("Change of place")
    SIGNATORY = "signatory", _l("Change of signatory")
    SUSPENSION = "suspension", _l("Suspension")
    TERMINATION = "termination", _l("Termination")
    REDUCTION = "reduction", _l("Reduction of the award")


UNSIGNED = (ChangeKind.SUSPENSION, ChangeKind.TERMINATION, ChangeKind.REDUCTION)
"""The fund's own decisions: in force once they are approved, without the grantee's signature."""


class ChangeState(StrEnum):
    """The state of a change."""

    REQUESTED = "requested"
    SENT_BACK = "sent_back"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    RETURNED = "returned"
    AGREED = "agreed"
    IN_FORCE = "in_force"
    LIFTED = "lifted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


S = ChangeState
P = Permission

OPEN = (S.REQUESTED, S.SENT_BACK, S.RECOMMENDED, S.APPROVED, S.RETURNED, S.AGREED)
"""Not decided, not signed, or its day has not come yet."""
TO_SIGN = (S.APPROVED, S.RETURNED)
"""The terms are approved, and wait for signatures."""
WITH_FUND = (S.REQUESTED, S.RECOMMENDED, S.RETURNED)
"""The fund examines, approves or records it."""
RESERVING = (*TO_SIGN, S.AGREED)
"""Additional money is reserved, and not committed yet."""
EFFECTIVE = (S.IN_FORCE, S.LIFTED)
"""It has taken effect."""
ENDED = (S.REJECTED, S.WITHDRAWN)
"""It never took effect."""


def _is_signed(change: Any) -> bool:
    return change.kind not in UNSIGNED


def _is_unsigned(change: Any) -> bool:
    return change.kind in UNSIGNED


def _is_notice(change: Any) -> bool:
    return bool(change.by_notice)


def _is_asked(change: Any) -> bool:
    return bool(change.by_grantee)


def _can_be_withdrawn(change: Any) -> bool:
    return bool(change.by_grantee) and (change.state is not S.AGREED or change.by_notice)


def _is_notice_for_later(change: Any) -> bool:
    return _is_notice(change) and bool(change.is_for_later)


def _is_signed_for_later(change: Any) -> bool:
    return _is_signed(change) and bool(change.is_for_later)


def _is_unsigned_for_later(change: Any) -> bool:
    return _is_unsigned(change) and bool(change.is_for_later)


def _may_be_drawn_up_again(change: Any) -> bool:
    return change.state is not S.AGREED or not change.is_for_later


def _is_suspension(change: Any) -> bool:
    return change.kind is ChangeKind.SUSPENSION and change.award.suspended_on is not None


CHANGE = Workflow(
    subject="grant_change",
    initial=S.REQUESTED,
    steps=(
        Step(
            "recommend",
            (S.REQUESTED,),
            S.RECOMMENDED,
            P.GRANT_CHANGE_RECOMMEND,
            _l("Recommend the change"),
            act="granting.changes.service.recommend",
            page="changes.recommend",
        ),
        Step(
            "send_back",
            (S.REQUESTED,),
            S.SENT_BACK,
            P.GRANT_CHANGE_RECOMMEND,
            _l("Return to the organisation"),
            needs_reason=True,
            only=_is_asked,
            closed=_l("The fund began this change itself."),
            act="granting.changes.service.send_back",
            page="changes.send_back",
        ),
        Step(
            "ask_again",
            (S.SENT_BACK,),
            S.REQUESTED,
            P.GRANT_CHANGE_REQUEST,
            _l("Correct and send again"),
            act="granting.changes.service.ask_again",
            page="changes.ask_again",
        ),
        Step(
            "give_notice",
            (S.REQUESTED,),
            S.IN_FORCE,
            P.GRANT_CHANGE_REQUEST,
            _l("Give notice"),
            only=_is_notice,
            closed=_l("This change needs the approval of the fund."),
            act="granting.changes.service.request_change",
            within="changes.ask",
        ),
        Step(
            "give_notice_for_later",
            (S.REQUESTED,),
            S.AGREED,
            P.GRANT_CHANGE_REQUEST,
            _l("Give notice"),
            only=_is_notice_for_later,
            act="granting.changes.service.request_change",
            within="changes.ask",
        ),
        Step(
            "decline",
            (S.REQUESTED,),
            S.REJECTED,
            P.GRANT_CHANGE_RECOMMEND,
            _l("Reject the request"),
            needs_reason=True,
            act="granting.changes.service.decline",
            page="changes.decline",
        ),
        Step(
            "approve",
            (S.RECOMMENDED,),
            S.APPROVED,
            P.GRANT_CHANGE_APPROVE,
            _l("Approve the change"),
            not_by=("create", "recommend"),
            only=_is_signed,
            closed=_l("This change is not signed: it is in force when it is approved."),
            act="granting.changes.service.approve",
            page="changes.approve",
        ),
        Step(
            "approve_at_once",
            (S.RECOMMENDED,),
            S.IN_FORCE,
            P.GRANT_CHANGE_APPROVE,
            _l("Approve and put in force"),
            not_by=("create", "recommend"),
            only=_is_unsigned,
            closed=_l("This change is in force when both parties have signed it."),
            act="granting.changes.service.approve_at_once",
            page="changes.approve_at_once",
        ),
        Step(
            "approve_for_later",
            (S.RECOMMENDED,),
            S.AGREED,
            P.GRANT_CHANGE_APPROVE,
            _l("Approve the change"),
            not_by=("create", "recommend"),
            only=_is_unsigned_for_later,
            act="granting.changes.service.approve_at_once",
            within="changes.approve_at_once",
        ),
        Step(
            "reject",
            (S.RECOMMENDED,),
            S.REJECTED,
            P.GRANT_CHANGE_APPROVE,
            _l("Reject the change"),
            needs_reason=True,
            not_by=("create", "recommend"),
            act="granting.changes.service.reject",
            page="changes.reject",
        ),
        Step(
            "return_signed",
            (S.APPROVED,),
            S.RETURNED,
            P.APPLICATION_SIGN,
            _l("Upload the signed amendment"),
            only=_is_signed,
            act="granting.changes.signing.return_signed",
            page="changes.return_signed",
        ),
        Step(
            "send_copy_back",
            (S.RETURNED,),
            S.APPROVED,
            P.AGREEMENT_SIGN,
            _l("Return the signed amendment"),
            needs_reason=True,
            act="granting.changes.signing.send_copy_back",
            page="changes.send_copy_back",
        ),
        Step(
            "put_in_force",
            TO_SIGN,
            S.IN_FORCE,
            P.AGREEMENT_SIGN,
            _l("Record the signed amendment"),
            not_by=("approve",),
            only=_is_signed,
            act="granting.changes.signing.put_in_force",
            page="changes.put_in_force",
        ),
        Step(
            "agree",
            TO_SIGN,
            S.AGREED,
            P.AGREEMENT_SIGN,
            _l("Record the signed amendment"),
            not_by=("approve",),
            only=_is_signed_for_later,
            act="granting.changes.signing.put_in_force",
            within="changes.put_in_force",
        ),
        Step(
            "countersign_for_later",
            (S.APPROVED,),
            S.AGREED,
            P.APPLICATION_SIGN,
            _l("Sign for the organisation"),
            only=_is_signed_for_later,
            act="granting.changes.to_sign.conclude",
            within="signing.accept_for_grantee",
        ),
        Step(
            "take_effect",
            (S.AGREED,),
            S.IN_FORCE,
            P.AGREEMENT_SIGN,
            _l("Put in force"),
            act="granting.changes.later.take_effect",
            by="changes.take_effect",
        ),
        Step(
            "call_off",
            (S.AGREED,),
            S.WITHDRAWN,
            P.GRANT_CHANGE_APPROVE,
            _l("Call off the change"),
            needs_reason=True,
            act="granting.changes.later.call_off",
            page="changes.call_off",
        ),
        Step(
            "countersign",
            (S.APPROVED,),
            S.IN_FORCE,
            P.APPLICATION_SIGN,
            _l("Sign for the organisation"),
            only=_is_signed,
            act="granting.changes.to_sign.conclude",
            within="signing.accept_for_grantee",
        ),
        Step(
            "draw_up_again",
            RESERVING,
            S.RECOMMENDED,
            P.GRANT_CHANGE_RECOMMEND,
            _l("Draw up again"),
            only=_may_be_drawn_up_again,
            closed=_l("The fund began this change itself, or both parties have agreed on it."),
            act="granting.changes.service.draw_up_again",
            page="changes.draw_up_again",
        ),
        Step(
            "withdraw",
            OPEN,
            S.WITHDRAWN,
            P.GRANT_CHANGE_REQUEST,
            _l("Withdraw the request"),
            needs_reason=True,
            only=_can_be_withdrawn,
            closed=_l("The fund began this change itself, or both parties have agreed on it."),
            act="granting.changes.service.withdraw",
            page="changes.withdraw",
        ),
        Step(
            "drop",
            (S.RECOMMENDED, S.APPROVED, S.RETURNED),
            S.WITHDRAWN,
            P.GRANT_CHANGE_RECOMMEND,
            _l("Cancel the change"),
            needs_reason=True,
            act="granting.changes.service.drop",
            page="changes.drop",
        ),
        Step(
            "lift",
            (S.IN_FORCE,),
            S.LIFTED,
            P.GRANT_CHANGE_APPROVE,
            _l("Lift the suspension"),
            needs_reason=True,
            only=_is_suspension,
            closed=_l("Only a suspension that is in force can be lifted."),
            act="granting.changes.service.lift",
            page="changes.lift",
        ),
    ),
    names={
        S.REQUESTED: StateName(_l("Being examined"), _l("To be examined"), "waiting"),
        S.SENT_BACK: StateName(
            _l("Returned: please correct"), _p("grant change", "Returned"), "bad"
        ),
        S.RECOMMENDED: StateName(_l("Being examined"), _l("Awaiting approval"), "waiting"),
        S.APPROVED: StateName(_l("Approved: please sign"), _l("Approved, to be signed"), "waiting"),
        S.RETURNED: StateName(
            _l("Signed by you, being checked"), _l("Signed by the organisation"), "waiting"
        ),
        S.AGREED: StateName(
            _l("Agreed, not yet in force"), _l("Agreed, not yet in force"), "active"
        ),
        S.IN_FORCE: StateName(_l("In force"), _l("In force"), "good"),
        S.LIFTED: StateName(_p("suspension", "Lifted"), _p("suspension", "Lifted"), "neutral"),
        S.REJECTED: StateName(_l("Rejected"), _l("Rejected"), "neutral"),
        S.WITHDRAWN: StateName(
            _p("grant change", "Withdrawn"), _p("grant change", "Withdrawn"), "neutral"
        ),
    },
    final=(S.LIFTED, S.REJECTED, S.WITHDRAWN),
    partitions={
        "Has it taken effect?": {"EFFECTIVE": EFFECTIVE, "OPEN": OPEN, "ENDED": ENDED},
    },
)
