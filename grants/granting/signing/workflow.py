"""The way of a paper about a grant: cleared, sent out, signed by one side and then by the other."""

from enum import StrEnum
from typing import Any

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class Side(Term):
    """Who signs."""

    GRANTEE = "grantee", _l("The grantee")
    FUND = "fund", _l("The fund")

    @property
    def other(self) -> "Side":
        return Side.FUND if self is Side.GRANTEE else Side.GRANTEE


class SigningState(StrEnum):
    """The state of a paper that is to be signed."""

    CLEARANCE = "clearance"
    OUT = "out"
    COUNTERSIGN = "countersign"
    SIGNED = "signed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


S = SigningState
P = Permission

WITH_PARTIES = (S.OUT, S.COUNTERSIGN)
"""One of the two sides is to sign."""
OPEN = (S.CLEARANCE, *WITH_PARTIES)
"""What it says may not be changed meanwhile."""


def _begins_with(side: Side) -> Any:
    return lambda signing: signing.first is side


SIGNING = Workflow(
    subject="signing",
    initial=S.CLEARANCE,
    steps=(
        Step(
            "send",
            (S.CLEARANCE,),
            S.OUT,
            P.AGREEMENT_SIGN,
            _l("Send for signature"),
            act="granting.signing.service.send_out",
            within="agreements.send_out",
            only=lambda signing: not signing.needs_clearance,
        ),
        Step(
            "clear",
            (S.CLEARANCE,),
            S.OUT,
            P.AGREEMENT_CLEAR,
            _l("Give legal clearance"),
            not_by=("create",),
            act="granting.signing.service.clear",
            page="signing.clear",
            only=lambda signing: signing.needs_clearance,
        ),
        Step(
            "refuse_clearance",
            (S.CLEARANCE,),
            S.SENT_BACK,
            P.AGREEMENT_CLEAR,
            _l("Refuse legal clearance"),
            needs_reason=True,
            act="granting.signing.service.refuse_clearance",
            page="signing.refuse_clearance",
        ),
        Step(
            "sign_for_grantee",
            (S.OUT,),
            S.COUNTERSIGN,
            P.APPLICATION_SIGN,
            _l("Sign for the organisation"),
            act="granting.signing.service.sign",
            page="signing.accept_for_grantee",
            only=_begins_with(Side.GRANTEE),
        ),
        Step(
            "countersign_for_grantee",
            (S.COUNTERSIGN,),
            S.SIGNED,
            P.APPLICATION_SIGN,
            _l("Sign for the organisation"),
            act="granting.signing.service.sign",
            page="signing.accept_for_grantee",
            only=_begins_with(Side.FUND),
        ),
        Step(
            "sign_for_fund",
            (S.OUT,),
            S.COUNTERSIGN,
            P.AGREEMENT_SIGN,
            _l("Sign for the fund"),
            act="granting.signing.service.sign",
            page="signing.accept_for_fund",
            only=_begins_with(Side.FUND),
        ),
        Step(
            "countersign_for_fund",
            (S.COUNTERSIGN,),
            S.SIGNED,
            P.AGREEMENT_SIGN,
            _l("Sign for the fund"),
            act="granting.signing.service.sign",
            page="signing.accept_for_fund",
            only=_begins_with(Side.GRANTEE),
        ),
        Step(
            "ask_again",
            (S.COUNTERSIGN,),
            S.OUT,
            P.AGREEMENT_SIGN,
            _l("Return to the organisation to sign again"),
            needs_reason=True,
            act="granting.signing.service.ask_again",
            page="signing.ask_again",
            only=_begins_with(Side.GRANTEE),
        ),
        Step(
            "send_back",
            WITH_PARTIES,
            S.SENT_BACK,
            P.APPLICATION_SIGN,
            _l("Return it unsigned"),
            needs_reason=True,
            act="granting.signing.service.send_back",
            page="signing.send_back",
            only=lambda signing: signing.turn is Side.GRANTEE,
        ),
        Step(
            "withdraw",
            OPEN,
            S.WITHDRAWN,
            P.AGREEMENT_SIGN,
            _l("Withdraw the document"),
            needs_reason=True,
            act="granting.signing.service.withdraw",
            page="signing.withdraw",
        ),
        Step(
            "end",
            OPEN,
            S.WITHDRAWN,
            P.AWARD_APPROVE,
            _l("End the document with its award"),
            act="granting.signing.service.end_with_award",
            within="awards.cancel",
        ),
        Step(
            "lapse",
            WITH_PARTIES,
            S.LAPSED,
            P.AGREEMENT_SIGN,
            _l("Let it lapse"),
            act="granting.signing.lapsing.lapse",
            by="signing.follow",
            only=lambda signing: signing.turn is Side.GRANTEE,
        ),
    ),
    names={
        S.CLEARANCE: StateName(
            _l("In preparation"),
            _l("Awaiting legal clearance"),
            "waiting",
            _l("Give legal clearance"),
        ),
        S.OUT: StateName(_l("Sent for signature"), _l("Sent for signature"), "waiting"),
        S.COUNTERSIGN: StateName(_l("Signed by one side"), _l("Signed by one side"), "active"),
        S.SIGNED: StateName(_l("Signed by both parties"), _l("Signed by both parties"), "good"),
        S.SENT_BACK: StateName(_l("Returned unsigned"), _l("Returned unsigned"), "bad"),
        S.WITHDRAWN: StateName(_p("document", "Withdrawn"), _p("document", "Withdrawn"), "neutral"),
        S.LAPSED: StateName(_l("Lapsed"), _l("Lapsed"), "bad"),
    },
    final=(S.SIGNED, S.SENT_BACK, S.WITHDRAWN, S.LAPSED),
    partitions={
        "Is it still to be signed?": {
            "OPEN": OPEN,
            "no": (S.SIGNED, S.SENT_BACK, S.WITHDRAWN, S.LAPSED),
        },
    },
)
