"""Finding proposals to change what a pledge is earmarked for."""

from collections.abc import Sequence

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.proposals.workflow import ProposalState


def open_proposal(session: Session, pledge: Pledge) -> EarmarkProposal | None:
    """The proposal that its donor has not answered yet; there is one at most."""
    return session.scalar(
        select(EarmarkProposal).where(
            EarmarkProposal.pledge_id == pledge.id,
            EarmarkProposal.state == ProposalState.PROPOSED,
        )
    )


def proposal_for_viewer(session: Session, number: int, viewer: Viewer) -> EarmarkProposal:
    """One proposal for the fund's people, or Missing."""
    funds = viewer.funds_with(Permission.PLEDGE_SEE)
    found = session.scalar(
        select(EarmarkProposal)
        .join(EarmarkProposal.pledge)
        .where(
            EarmarkProposal.id == number,
            true() if funds is None else Pledge.fund_id.in_(funds),
        )
        .options(joinedload(EarmarkProposal.pledge))
    )
    if found is None:
        raise Missing(_("Proposal not found."))
    return found


def answers_owed(session: Session, pledges: Sequence[int]) -> frozenset[int]:
    """Of these pledges, those whose donor has not answered a proposal."""
    query = select(EarmarkProposal.pledge_id).where(
        EarmarkProposal.pledge_id.in_(pledges),
        EarmarkProposal.state == ProposalState.PROPOSED,
    )
    return frozenset(session.scalars(query))
