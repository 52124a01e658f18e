"""The way of a contribution agreement that is signed online: by the donor first, then the fund."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class Party(Term):
    """Who signs."""

    DONOR = "donor", _l("The donor")
    FUND = "fund", _l("The fund")


class AgreementState(StrEnum):
    """The state of an agreement that went out to be signed."""

    OUT = "out"
    COUNTERSIGN = "countersign"
    SIGNED = "signed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


S = AgreementState
P = Permission

OPEN = (S.OUT, S.COUNTERSIGN)
"""It is still to be signed by a side."""

AGREEMENT_SIGNING = Workflow(
    subject="agreement signing",
    initial=S.OUT,
    steps=(
        Step(
            "sign_for_donor",
            (S.OUT,),
            S.COUNTERSIGN,
            P.PLEDGE_AGREE,
            _l("Sign online"),
            act="giving.pledges.signing.service.sign",
            page="agreement_signing.sign",
        ),
        Step(
            "sign_for_fund",
            (S.COUNTERSIGN,),
            S.SIGNED,
            P.PLEDGE_SIGN,
            _l("Sign for the fund"),
            act="giving.pledges.signing.service.sign",
            page="agreement_signing.sign_for_fund",
        ),
        Step(
            "ask_again",
            (S.COUNTERSIGN,),
            S.OUT,
            P.PLEDGE_SIGN,
            _l("Return to the donor to sign again"),
            needs_reason=True,
            act="giving.pledges.signing.service.ask_again",
            page="agreement_signing.ask_again",
        ),
        Step(
            "send_back",
            (S.OUT,),
            S.SENT_BACK,
            P.PLEDGE_AGREE,
            _l("Return it unsigned"),
            needs_reason=True,
            act="giving.pledges.signing.service.send_back",
            page="agreement_signing.send_back",
        ),
        Step(
            "end",
            OPEN,
            S.WITHDRAWN,
            P.PLEDGE_SIGN,
            _l("End: replaced by another agreement"),
            act="giving.pledges.signing.service.end_open",
            within="pledges.offer_agreement",
        ),
    ),
    names={
        S.OUT: StateName(_l("Sent for signature"), _l("Sent for signature"), "waiting"),
        S.COUNTERSIGN: StateName(
            _l("Signed by you: the fund signs next"), _l("Signed by the donor"), "active"
        ),
        S.SIGNED: StateName(_l("Signed by both parties"), _l("Signed by both parties"), "good"),
        S.SENT_BACK: StateName(_l("Returned unsigned"), _l("Returned unsigned"), "bad"),
        S.WITHDRAWN: StateName(_l("Replaced"), _l("Replaced"), "neutral"),
    },
    final=(S.SIGNED, S.SENT_BACK, S.WITHDRAWN),
    partitions={
        "Is it still to be signed?": {
            "OPEN": OPEN,
            "no": (S.SIGNED, S.SENT_BACK, S.WITHDRAWN),
        },
    },
)
