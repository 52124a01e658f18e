"""An earmark is negotiated: the fund proposes other terms, its donor agrees or not."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.slots import Slot
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.giving.pledges.making import Offer, purpose_of
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.proposals.queries import open_proposal
from grants.giving.pledges.proposals.workflow import PROPOSAL
from grants.giving.pledges.service import tell_donor
from grants.giving.pledges.workflow import STANDING
from grants.platform.documents.models import Document
from grants.platform.messages.service import tell

TERMS = (
    *("earmarked_for", "earmarked_window", "earmarked_region", "earmarked_theme"),
    *("earmarked_countries", "earmarked_until"),
)
"""The columns of a purpose, as `purpose_of` gives them."""

IN_USE: Slot[Callable[[Session, Pledge], bool]] = Slot("pledges.negotiating.service.IN_USE")
"""Rooms above say whether a grant has ever taken money of a pledge."""
STILL_FITS: Slot[Callable[[Session, Pledge], None]] = Slot("pledges.negotiating.service.STILL_FITS")
"""Rooms above refuse terms that grants do not fit which have money of a pledge."""


def propose(session: Session, pledge: Pledge, offer: Offer, act: Act) -> EarmarkProposal:
    """The fund proposes other terms to a donor, and says why: narrower or wider, another last day,
    or none, which releases the money. One at a time; until the answer the pledge stays as it is.
    """
    act.demand(Permission.PLEDGE_SIGN, Scope(pledge.fund_id))
    lock(session, pledge.fund_id)
    session.refresh(pledge)
    if pledge.state not in STANDING or pledge.donor_id is None:
        raise DomainError(_("This pledge is no longer active."))
    if open_proposal(session, pledge):
        raise Conflict(_("The donor has not answered the last proposal yet."))
    if not (act.reason or "").strip():
        raise DomainError(_("Give the reason. The donor will see it."))
    terms = dict(zip(TERMS, purpose_of(offer), strict=True))
    if _is_the_same(pledge, offer.earmarking, terms):
        raise DomainError(_("The pledge is already earmarked in this way."))
    proposal = EarmarkProposal(
        pledge=pledge,
        earmarking=offer.earmarking,
        reason=act.reason,
        before=pledge.purpose,
        proposed_at=act.at,
        **terms,
    )
    begin(session, proposal, PROPOSAL, act)
    record(session, pledge, "propose_earmark", act, purpose=proposal.purpose)
    tell_donor(
        session,
        pledge,
        "giving/pledges/negotiating/proposed",
        act,
        event=f"earmark_proposal:{proposal.id}",
        proposal=proposal,
    )
    return proposal


def _is_the_same(pledge: Pledge, earmarking: Earmarking, terms: dict[str, Any]) -> bool:
    return pledge.earmarking is earmarking and all(
        getattr(pledge, name) == value for name, value in terms.items()
    )


def agree(session: Session, proposal: EarmarkProposal, act: Act) -> None:
    """The donor agrees: from now on the pledge is for this."""
    _lock_pledge(session, proposal)
    require(session, proposal, PROPOSAL, "agree", act)
    _put_in_force(session, proposal, "agree", act)
    _tell_fund(session, proposal, act)


def record_letter(
    session: Session, proposal: EarmarkProposal, document: Document, act: Act
) -> None:
    """The donor agreed by letter, which the fund keeps."""
    _lock_pledge(session, proposal)
    require(session, proposal, PROPOSAL, "record_letter", act)
    proposal.document = document
    _put_in_force(session, proposal, "record_letter", act)


def decline(session: Session, proposal: EarmarkProposal, act: Act) -> None:
    """The pledge stays what it was for; the donor says why."""
    _lock_pledge(session, proposal)
    require(session, proposal, PROPOSAL, "decline", act)
    proposal.answer, proposal.decided_on = act.reason, clock.today()
    advance(session, proposal, PROPOSAL, "decline", act)
    record(session, proposal.pledge, "decline_earmark", act)
    _tell_fund(session, proposal, act)


def withdraw(session: Session, proposal: EarmarkProposal, act: Act) -> None:
    """The fund no longer proposes it."""
    _lock_pledge(session, proposal)
    require(session, proposal, PROPOSAL, "withdraw", act)
    proposal.decided_on = clock.today()
    advance(session, proposal, PROPOSAL, "withdraw", act)


def _put_in_force(session: Session, proposal: EarmarkProposal, action: str, act: Act) -> None:
    """The pledge has the proposed terms. Released money of which grants have taken stays on the
    list of earmarks, for nothing in particular.
    """
    pledge, before = proposal.pledge, proposal.pledge.purpose
    earmarking = proposal.earmarking
    if earmarking is Earmarking.UNEARMARKED and any(ask(session, pledge) for ask in IN_USE):
        earmarking = Earmarking.SOFT
    for name in TERMS:
        setattr(pledge, name, getattr(proposal, name))
    pledge.earmarking = earmarking
    proposal.decided_on = clock.today()
    session.flush()
    for check in STILL_FITS:
        check(session, pledge)
    advance(session, proposal, PROPOSAL, action, act)
    facts = {"before": before, "purpose": pledge.purpose, "earmarking": earmarking.value}
    record(session, pledge, "change_earmark", act, **facts)


def _lock_pledge(session: Session, proposal: EarmarkProposal) -> None:
    """The pledge, while nobody else moves the fund's money; both as they are now."""
    lock(session, proposal.pledge.fund_id)
    session.refresh(proposal)
    session.refresh(proposal.pledge)


def _tell_fund(session: Session, proposal: EarmarkProposal, act: Act) -> None:
    pledge = proposal.pledge
    tell(
        session,
        people_of_fund(session, Permission.PLEDGE_SIGN, pledge.fund_id),
        "giving/pledges/negotiating/answered",
        act,
        event=f"earmark_proposal:{proposal.id}:{proposal.state.value}",
        proposal=proposal,
        pledge=pledge,
        url=absolute(f"/pledges/{pledge.reference}"),
    )
