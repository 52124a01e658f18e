"""The life of a pledge, and of a change to it.

Money received does not move a pledge: its contributions show that. Nor does a change of
its amount, unless all of it is taken back before anything was signed or paid.
"""

from enum import StrEnum
from typing import Any

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class PledgeState(StrEnum):
    """The state of a pledge."""

    UNCONFIRMED = "unconfirmed"
    PLEDGED = "pledged"
    ACKNOWLEDGED = "acknowledged"
    SIGNED = "signed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


S = PledgeState

STANDING = (S.PLEDGED, S.ACKNOWLEDGED, S.SIGNED)
"""The donor made the promise and it was not taken back: it counts as pledged, and may be paid."""
VOID = (S.UNCONFIRMED, S.DECLINED, S.WITHDRAWN)
"""Never confirmed, or over: a statement speaks of it only where money came."""
ENDED = (S.DECLINED, S.WITHDRAWN)
"""Over: it takes no money."""
ACCEPTED = (S.ACKNOWLEDGED, S.SIGNED)
"""The fund has said yes: due diligence cleared the donor."""
OFFERED = (S.PLEDGED, S.ACKNOWLEDGED)
"""An agreement may still be offered: the pledge is in force and not signed."""
UNANSWERED = (S.PLEDGED,)
"""The fund has not said yes or no yet."""
UNSIGNED = (S.ACKNOWLEDGED,)
"""The fund has said yes, and the agreement is to be signed."""
AGREED = (S.SIGNED,)
"""The agreement is signed."""


def is_express(pledge: Any) -> bool:
    """Is it a gift that is paid at once?"""
    return bool(pledge.express)


RECORDED_THE_PROMISE = ("enter", "sign_agreement")
"""Acts on a pledge that exclude their actor from recording its money."""

PLEDGE = Workflow(
    subject="pledge",
    initial=S.UNCONFIRMED,
    steps=(
        Step(
            "confirm",
            (S.UNCONFIRMED,),
            S.PLEDGED,
            Permission.PLEDGE_MAKE,
            _l("Confirm"),
            act="giving.pledging.service.confirm",
            within="pledging.confirm",
        ),
        Step(
            "enter",
            (S.UNCONFIRMED,),
            S.PLEDGED,
            Permission.PLEDGE_ENTER,
            _l("Enter a pledge for a donor"),
            act="giving.pledges.making.enter",
            within="pledges.new",
        ),
        Step(
            "confirm_by_transfer",
            (S.UNCONFIRMED,),
            S.PLEDGED,
            Permission.CONTRIBUTION_RECORD,
            _l("Record a deposit"),
            act="giving.pledges.gifts.confirm_by_transfer",
            within="contributions.record",
            only=is_express,
            closed=_l("The donor must confirm this pledge first."),
        ),
        Step(
            "accept_gift",
            (S.PLEDGED,),
            S.ACKNOWLEDGED,
            Permission.PLEDGE_ACKNOWLEDGE,
            _l("Accept the gift"),
            act="giving.pledges.gifts.accept_gift",
            by="the automatic check of a gift",
            only=is_express,
            closed=_l("The fund acknowledges this pledge itself."),
        ),
        Step(
            "acknowledge",
            (S.PLEDGED,),
            S.ACKNOWLEDGED,
            Permission.PLEDGE_ACKNOWLEDGE,
            _l("Acknowledge"),
            act="giving.pledges.service.acknowledge",
            page="pledges.acknowledge",
        ),
        Step(
            "sign_agreement",
            (S.PLEDGED, S.ACKNOWLEDGED),
            S.SIGNED,
            Permission.PLEDGE_SIGN,
            _l("Record the signed agreement"),
            act="giving.pledges.service.sign_agreement",
            page="pledges.sign_agreement",
        ),
        Step(
            "decline",
            (S.PLEDGED, S.ACKNOWLEDGED),
            S.DECLINED,
            Permission.PLEDGE_DECLINE,
            _l("Decline"),
            needs_reason=True,
            act="giving.pledges.service.decline",
            page="pledges.decline",
        ),
        Step(
            "withdraw",
            (S.UNCONFIRMED, S.PLEDGED, S.ACKNOWLEDGED),
            S.WITHDRAWN,
            Permission.PLEDGE_MAKE,
            _l("Withdraw"),
            needs_reason=True,
            act="giving.pledges.service.withdraw",
            within="own_pledges.withdraw",
        ),
        Step(
            "take_back",
            (S.PLEDGED, S.ACKNOWLEDGED),
            S.WITHDRAWN,
            Permission.PLEDGE_APPROVE_CHANGE,
            _l("Withdraw at the donor’s request"),
            needs_reason=True,
            act="giving.pledges.changes.service.approve",
            within="pledge_changes.approve",
        ),
    ),
    names={
        S.UNCONFIRMED: StateName(
            _l("Use the link in your e-mail to confirm"),
            _l("Not confirmed"),
            "waiting",
            _l("The donor confirms"),
        ),
        S.PLEDGED: StateName(
            _l("The fund is considering your pledge"),
            _l("New pledge"),
            "waiting",
            _l("Acknowledge"),
            ("pledges.acknowledge",),
        ),
        S.ACKNOWLEDGED: StateName(
            _l("Acknowledged"),
            _l("Acknowledged"),
            "neutral",
            _l("Sign the agreement"),
            ("pledges.sign_agreement",),
        ),
        S.SIGNED: StateName(_l("Agreement signed"), _l("Agreement signed"), "good"),
        S.DECLINED: StateName(_l("Not accepted"), _p("pledge", "Declined"), "neutral"),
        S.WITHDRAWN: StateName(_p("pledge", "Withdrawn"), _p("pledge", "Withdrawn"), "neutral"),
    },
    final=(S.SIGNED, S.DECLINED, S.WITHDRAWN),
    partitions={
        "Does it count as pledged?": {"STANDING": STANDING, "VOID": VOID},
        "Has the fund accepted it?": {
            "ACCEPTED": ACCEPTED,
            "UNANSWERED": UNANSWERED,
            "VOID": VOID,
        },
        "What is it waiting for?": {
            "UNANSWERED": UNANSWERED,
            "UNSIGNED": UNSIGNED,
            "AGREED": AGREED,
            "VOID": VOID,
        },
        "May an agreement be offered?": {
            "OFFERED": OFFERED,
            "AGREED": AGREED,
            "VOID": VOID,
        },
    },
)


PAID = StateName(_p("contribution", "Paid"), _p("contribution", "Paid"), "good")


NEW_GIFT = StateName(
    _l("The fund is considering your gift"), _l("New gift"), "waiting", _l("Acknowledge")
)


def name_of(state: PledgeState, *, paid: bool, gift: bool = False) -> StateName:
    """What the state of a pledge or a gift is called: once all of it has come it is paid, signed or
    not.
    """
    if paid and state in STANDING:
        return PAID
    return NEW_GIFT if gift and state in UNANSWERED else PLEDGE.names[state]


class ChangeState(StrEnum):
    """The state of a change of a pledge's amount."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


C = ChangeState

CHANGE = Workflow(
    subject="pledge change",
    initial=C.REQUESTED,
    steps=(
        Step(
            "approve",
            (C.REQUESTED,),
            C.APPROVED,
            Permission.PLEDGE_APPROVE_CHANGE,
            _l("Approve"),
            not_by=("create",),
            act="giving.pledges.changes.service.approve",
            page="pledge_changes.approve",
            in_place=True,
        ),
        Step(
            "refuse",
            (C.REQUESTED,),
            C.REFUSED,
            Permission.PLEDGE_APPROVE_CHANGE,
            _l("Reject"),
            needs_reason=True,
            not_by=("create",),
            act="giving.pledges.changes.service.refuse",
            page="pledge_changes.refuse",
            in_place=True,
        ),
    ),
    names={
        C.REQUESTED: StateName(
            _l("Being considered"), _l("Awaiting approval"), "waiting", _l("Approve")
        ),
        C.APPROVED: StateName(_l("In force"), _l("Approved"), "good"),
        C.REFUSED: StateName(_l("Not approved"), _l("Rejected"), "neutral"),
    },
    final=(C.APPROVED, C.REFUSED),
)
