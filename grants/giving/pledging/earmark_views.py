"""A donor's own pages of what the fund proposes to earmark a pledge for."""

from flask import url_for

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.giving.pledges.negotiating.forms import RefusalForm
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.proposals.queries import newest_proposal
from grants.giving.pledges.proposals.workflow import PROPOSAL
from grants.giving.pledges.queries import own_pledge
from grants.giving.pledging.own_views import pages
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import viewer
from grants.platform.web.database import session


def _find_own_proposal(reference: str) -> EarmarkProposal:
    proposal = newest_proposal(session(), own_pledge(session(), reference, viewer()))
    if proposal is None:
        raise Missing(_("Proposal not found."))
    return proposal


proposal_pages = StepPages(
    pages,
    PROPOSAL,
    _find_own_proposal,
    lambda proposal: url_for("own_pledges.show", reference=proposal.pledge.reference),
    lambda proposal: (proposal.pledge.reference,),
)
proposal_pages.step(
    "agree",
    "/<reference>/earmark/agree",
    title=_l("Agree to the fund’s proposal"),
    lead=_l("From today, your contribution will be used for the purpose proposed here."),
    button=_l("Agree"),
    done=_l("You have agreed. The fund has been notified."),
    template="giving/pledges/negotiating/answer.html",
)
proposal_pages.step(
    "decline",
    "/<reference>/earmark/decline",
    RefusalForm,
    title=_l("Do not agree"),
    lead=_l("The purpose of your contribution stays the same."),
    button=_l("Send the answer"),
    done=_l("Your answer has been sent to the fund."),
    template="giving/pledges/negotiating/answer.html",
)
