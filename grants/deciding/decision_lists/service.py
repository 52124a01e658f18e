"""Attaching the list of decisions as it was signed."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.people.permissions import Permission
from grants.deciding.decision_lists.facts import DecisionList
from grants.deciding.decision_lists.models import SignedDecisions
from grants.deciding.decision_lists.queries import (
    decisions_of_session,
    held_session,
    is_open_whole,
    signed_lists,
)
from grants.deciding.sessions.models import BoardSession
from grants.deciding.sessions.service import locked_session
from grants.platform.documents.models import Document


def attach_signed(
    session: Session, meeting: BoardSession, paper: Document, act: Act
) -> SignedDecisions:
    """Attach the signed list of decisions to its session, with its hash in the trail.

    DomainError while a decision is awaited; a list that replaces an earlier one takes a reason, and
    the earlier one is kept.
    """
    _require_signable(session, meeting, act)
    reason = (act.reason or "").strip()
    if signed_lists(session, meeting) and not reason:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    signed = _enter_signed(session, meeting, paper.id, reason, act)
    record(session, meeting, "attach_decisions", act, sha256=paper.sha256)
    return signed


def keep_elsewhere(session: Session, meeting: BoardSession, act: Act) -> SignedDecisions:
    """Record that the list was signed on paper of which no copy is attached: the act's reason says
    where it is kept. DomainError while a decision is awaited.
    """
    _require_signable(session, meeting, act)
    where = (act.reason or "").strip()
    if not where:
        raise DomainError(_("Enter where the signed list is kept."))
    signed = _enter_signed(session, meeting, None, where, act)
    record(session, meeting, "keep_decisions_elsewhere", act)
    return signed


def _require_signable(session: Session, meeting: BoardSession, act: Act) -> None:
    locked_session(session, meeting)
    act.demand(Permission.AWARD_ADVISE, meeting.scope)
    held_session(session, meeting.reference, act.actor)
    require_complete(session, meeting, act)


def _enter_signed(
    session: Session, meeting: BoardSession, document_id: int | None, reason: str, act: Act
) -> SignedDecisions:
    signed = SignedDecisions(
        meeting_id=meeting.id,
        document_id=document_id,
        attached_by_id=act.actor.person_id,
        attached_at=act.at,
        reason=reason,
    )
    session.add(signed)
    return signed


def require_complete(session: Session, meeting: BoardSession, act: Act) -> DecisionList:
    """The list that is signed; DomainError while a decision on it is awaited."""
    if not is_open_whole(session, meeting, act.actor):
        raise DomainError(_("You cannot attach this list, because you may not see part of it."))
    listed = decisions_of_session(session, meeting, act.actor)
    if listed.pending:
        raise DomainError(
            ngettext(
                "%(num)s decision of this session is still awaited.",
                "%(num)s decisions of this session are still awaited.",
                listed.pending,
            )
        )
    return listed
