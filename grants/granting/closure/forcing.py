"""Closing a grant although its organisation owes something: one proposes it, another approves.

What cannot be recovered is written off in the books with it.
"""

from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import write_off_grant
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.granting.closure import notices
from grants.granting.closure.models import ForcedClosing
from grants.granting.closure.queries import at_end, ending_of
from grants.granting.closure.service import obstacles_at_end, obstacles_of_grant
from grants.granting.closure.workflow import FORCED_CLOSING, ForcedState
from grants.granting.findings.recovery import write_off_claims
from grants.granting.recovery.workflow import REFUND_REQUEST


def propose(session: Session, award: Award, act: Act) -> ForcedClosing:
    """Propose to close a grant with what is open, and to write off what the organisation holds.

    DomainError where nothing is open, or where an instalment, a change or a suspension has to be
    ended first: the grant is terminated for that. Conflict while another proposal waits.
    """
    act.demand(Permission.GRANT_CLOSING_PROPOSE, award.scope)
    keep_apart(act.actor, award.organisation_id)
    award = lock_award(session, award.id)
    reason = (act.reason or "").strip()
    if not reason:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    require_forcible(session, award)
    closing = ForcedClosing(
        award=award,
        amount_minor=at_end(session, award).to_write_off.minor,
        reason=reason,
        proposed_at=act.at,
    )
    begin(session, closing, FORCED_CLOSING, act, minor=closing.amount_minor)
    notices.tell_fund(
        session,
        award,
        "proposed",
        Permission.GRANT_CLOSING_APPROVE,
        act,
        event=f"forced_closing:{closing.id}",
    )
    return closing


def require_forcible(session: Session, award: Award) -> None:
    """Refuse as `propose` would, whatever the reason is."""
    if not award.is_running:
        raise Conflict(_("The grant is not active."))
    end = at_end(session, award)
    forced = end.ending.forced
    if forced is not None and forced.state is ForcedState.PROPOSED:
        raise Conflict(_("A closure with a write-off is awaiting approval."))
    _require_ended(session, award)
    if not list(obstacles_at_end(session, award, end)):
        raise DomainError(_("Nothing is open: close the grant."))


def _require_ended(session: Session, award: Award) -> None:
    if obstacles := list(obstacles_of_grant(session, award)):
        raise DomainError(_("Before the grant can be closed: %(what)s", what=" ".join(obstacles)))


def approve(session: Session, closing: ForcedClosing, act: Act) -> None:
    """Another person approves: what the organisation holds is written off, what was asked back is
    not asked for any more, and the grant is closed.

    Conflict where it holds another amount by now.
    """
    award = lock_award(session, closing.award_id)
    session.refresh(closing)
    require(session, closing, FORCED_CLOSING, "approve", act)
    keep_apart(act.actor, award.organisation_id)
    _require_ended(session, award)
    to_write_off = at_end(session, award).to_write_off.minor
    if to_write_off != closing.amount_minor:
        raise Conflict(
            _(
                "The amount that the organisation holds is no longer %(amount)s. Decline this "
                "proposal.",
                amount=plain_money(closing.amount),
            )
        )
    if to_write_off:
        key = f"forced_closing:{closing.id}"
        day, note = clock.today(), award.reference
        voucher = Voucher(award.fund, day, award.account, key, act, note=note)
        write_off_grant(session, voucher, closing.amount)
    requests = ending_of(session, award).open_requests
    for request in requests:
        advance(session, request, REFUND_REQUEST, "write_off", act)
    write_off_claims(session, requests, act)
    closing.written_off_on = clock.today()
    advance(session, closing, FORCED_CLOSING, "approve", act)
    advance(session, award, AWARD, "force_close", act)
    notices.tell_closed(session, award, act)


def decline(session: Session, closing: ForcedClosing, act: Act) -> None:
    """The grant stays open, for a reason."""
    _end_proposal(session, closing, "decline", act)


def withdraw(session: Session, closing: ForcedClosing, act: Act) -> None:
    """The proposal is taken back."""
    _end_proposal(session, closing, "withdraw", act)


def _end_proposal(session: Session, closing: ForcedClosing, action: str, act: Act) -> None:
    award = lock_award(session, closing.award_id)
    session.refresh(closing)
    require(session, closing, FORCED_CLOSING, action, act)
    keep_apart(act.actor, award.organisation_id)
    advance(session, closing, FORCED_CLOSING, action, act)


def written_off_in(year: int) -> Select[int, int]:
    """By grant, the cents that were given up in a year."""
    return (
        select(ForcedClosing.award_id, func.sum(ForcedClosing.amount_minor).label("cents"))
        .where(ForcedClosing.written_off_on.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(ForcedClosing.award_id)
    )
