"""The life of a proposal to change what a pledge is earmarked for."""

from enum import StrEnum

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission


class ProposalState(StrEnum):
    """The state of a proposal."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


P = ProposalState

PROPOSAL = Workflow(
    subject="earmark proposal",
    initial=P.PROPOSED,
    steps=(
        Step(
            "agree",
            (P.PROPOSED,),
            P.AGREED,
            Permission.PLEDGE_MAKE,
            _l("Agree"),
            act="giving.pledges.negotiating.service.agree",
            page="own_pledges.agree_earmark",
        ),
        Step(
            "decline",
            (P.PROPOSED,),
            P.DECLINED,
            Permission.PLEDGE_MAKE,
            _l("Decline"),
            needs_reason=True,
            act="giving.pledges.negotiating.service.decline",
            page="own_pledges.decline_earmark",
        ),
        Step(
            "record_letter",
            (P.PROPOSED,),
            P.AGREED,
            Permission.PLEDGE_SIGN,
            _l("Record the donor’s letter"),
            act="giving.pledges.negotiating.service.record_letter",
            page="earmark_proposals.record_letter",
        ),
        Step(
            "withdraw",
            (P.PROPOSED,),
            P.WITHDRAWN,
            Permission.PLEDGE_SIGN,
            _l("Withdraw the proposal"),
            act="giving.pledges.negotiating.service.withdraw",
            page="earmark_proposals.withdraw",
        ),
    ),
    names={
        P.PROPOSED: StateName(
            _l("Awaiting your answer"),
            _l("Awaiting the donor’s answer"),
            "waiting",
            _p("next step", "Answer"),
        ),
        P.AGREED: StateName(_l("Agreed"), _l("Agreed"), "good"),
        P.DECLINED: StateName(_l("Not agreed"), _l("Declined by the donor"), "bad"),
        P.WITHDRAWN: StateName(_l("Withdrawn"), _l("Withdrawn"), "neutral"),
    },
    final=(P.AGREED, P.DECLINED, P.WITHDRAWN),
)
