"""The fund's pages of negotiating an earmark: proposing other terms, the donor's letter."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.permissions import Permission
from grants.giving.pledges.earmarked import share_with
from grants.giving.pledges.making import Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.negotiating import service
from grants.giving.pledges.negotiating.forms import LetterForm, ProposalForm
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.proposals.queries import proposal_for_viewer, unanswered
from grants.giving.pledges.proposals.workflow import PROPOSAL
from grants.giving.pledges.views import page_of, pledge_pages
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import received as uploaded

pages = Blueprint("earmark_proposals", __name__, url_prefix="/pledges/earmarks")


@pages.get("")
@needs(Permission.PLEDGE_SEE)
def index() -> ResponseReturnValue:
    """The proposals that donors have not answered."""
    return render_template(
        "giving/pledges/negotiating/index.html",
        proposals=unanswered(session(), viewer()),
        here=page_of,
    )


def _propose(opened: Session, pledge: Pledge, form: ProposalForm, act: Act) -> None:
    """Other terms, with the reason, as an offer of the same amount."""
    earmarking = Earmarking.of(form.earmarking.data)
    service.propose(opened, pledge, Offer(pledge.amount, (), earmarking, **form.bound()), act)


pledge_pages.act(
    "propose_earmark",
    Permission.PLEDGE_SIGN,
    "/<reference>/earmark",
    ProposalForm.of,
    _propose,
    title=_l("Propose another earmark"),
    lead=_l(
        "Nothing changes until the donor agrees, here or by letter. If you choose “Unearmarked”, "
        "what is left of the money is released. Before the agreement, money that is not earmarked "
        "helps victims most: it goes where the need is greatest."
    ),
    button=_l("Send the proposal to the donor"),
    done=_l("The donor has been asked to agree."),
    template="giving/pledges/negotiating/propose.html",
    facts=lambda pledge: {"share": share_with(session(), pledge)},
)

proposal_pages = StepPages(
    pages,
    PROPOSAL,
    lambda number: proposal_for_viewer(session(), number, viewer()),
    lambda proposal: page_of(proposal.pledge),
    lambda proposal: (proposal.pledge.reference,),
)


def _record_letter(opened: Session, proposal: EarmarkProposal, form: LetterForm, act: Act) -> None:
    document = keep(opened, uploaded(form.file.data), act, accept=(".pdf",), signed=True)
    service.record_letter(opened, proposal, document, act)


proposal_pages.step(
    "record_letter",
    "/<int:number>/letter",
    LetterForm,
    _record_letter,
    title=_l("Record the donor’s letter"),
    lead=_l("The donor agreed by letter to what you proposed."),
    button=_l("Record that the donor agreed"),
    done=_l("The pledge now has the terms that were proposed."),
    template="giving/pledges/negotiating/answer.html",
)
proposal_pages.step(
    "withdraw",
    "/<int:number>/withdraw",
    title=_l("Withdraw the proposal"),
    lead=_l("The earmark does not change."),
    done=_l("The proposal has been withdrawn."),
    template="giving/pledges/negotiating/answer.html",
)
