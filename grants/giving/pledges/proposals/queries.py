"""Finding proposals to change what a pledge is earmarked for."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.proposals.workflow import ProposalState

IS_UNANSWERED = EarmarkProposal.state == ProposalState.PROPOSED
"""The donor has not answered the proposal of a query."""


def open_proposal(session: Session, pledge: Pledge) -> EarmarkProposal | None:
    """The proposal that its donor has not answered yet; there is one at most."""
    return session.scalar(
        select(EarmarkProposal).where(
            EarmarkProposal.pledge_id == pledge.id,
            EarmarkProposal.state == ProposalState.PROPOSED,
        )
    )


def newest_proposal(session: Session, pledge: Pledge) -> EarmarkProposal | None:
    """The last proposal about a pledge, answered or not."""
    return session.scalar(
        select(EarmarkProposal)
        .where(EarmarkProposal.pledge_id == pledge.id)
        .order_by(EarmarkProposal.id.desc())
        .limit(1)
    )


def proposal_for_viewer(session: Session, number: int, viewer: Viewer) -> EarmarkProposal:
    """One proposal for the fund's people, or Missing."""
    proposal = session.scalar(
        select(EarmarkProposal)
        .join(EarmarkProposal.pledge)
        .where(
            EarmarkProposal.id == number,
            in_funds_with(viewer, Permission.PLEDGE_SEE, Pledge.fund_id),
        )
        .options(joinedload(EarmarkProposal.pledge))
    )
    if proposal is None:
        raise Missing(_("Proposal not found."))
    return proposal


def _unanswered(viewer: Viewer) -> ColumnElement[bool]:
    """Proposals of a person's funds that their donor has not answered."""
    of_viewer = in_funds_with(viewer, Permission.PLEDGE_SEE, Pledge.fund_id)
    return and_(EarmarkProposal.state == ProposalState.PROPOSED, of_viewer)


def count_unanswered(viewer: Viewer) -> Select[int]:
    """How many proposals of a person's funds wait for their donor."""
    query = select(func.count()).select_from(EarmarkProposal).join(EarmarkProposal.pledge)
    return query.where(_unanswered(viewer))


def unanswered(session: Session, viewer: Viewer) -> Sequence[EarmarkProposal]:
    """The proposals of a person's funds that wait for their donor, the oldest first."""
    return session.scalars(
        select(EarmarkProposal)
        .join(EarmarkProposal.pledge)
        .where(_unanswered(viewer))
        .order_by(EarmarkProposal.id)
        .options(contains_eager(EarmarkProposal.pledge).joinedload(Pledge.donor))
    ).all()
