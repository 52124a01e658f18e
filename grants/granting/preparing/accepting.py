"""A grantee accepts its award, or asks for another start; the fund changes the period, or keeps it.

Nothing binds either side before both have signed: that an award is accepted tells the fund that the
work on its agreement is worth while.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.requested_period import RequestedPeriod
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import Scope, keep_apart
from grants.deciding.awards.examined import call_of
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.notices import facts_of_grant
from grants.deciding.awards.period import check_period
from grants.granting.preparing.models import AwardReply
from grants.granting.preparing.queries import reply_of
from grants.granting.signing.queries import open_signing
from grants.platform.messages.service import tell


def accept_award(session: Session, award: Award, act: Act) -> AwardReply:
    """The grantee accepts the award as it stands; a request for another start is taken back."""
    award = _lock_for_grantee(session, award, act)
    reply = _begun_reply(session, award)
    if reply.accepted_at:
        raise Conflict(_("Your organisation has accepted this award already."))
    reply.accepted_at, reply.to_answer = act.at, False
    record(session, award, "accept_award", act)
    return reply


def ask_start(session: Session, award: Award, starts_on: date, act: Act) -> AwardReply:
    """The grantee asks for another start, for a reason; those who may change the period are told.
    DomainError for a start that the call does not allow.
    """
    award = _lock_for_grantee(session, award, act)
    if not (act.reason or "").strip():
        raise DomainError(_("Say why the start does not suit you."))
    if starts_on == award.starts_on:
        raise DomainError(_("This is the start that the award has now. Enter another day."))
    if starts_on < award.fund.day_of(act.at):
        raise DomainError(_("This date is in the past."))
    check_period(call_of(award), starts_on, moved_end(award, starts_on))
    reply = _begun_reply(session, award)
    reply.start_asked, reply.asked_at = starts_on, act.at
    reply.accepted_at, reply.to_answer = None, True
    days = {"starts_on": starts_on.isoformat(), "before": award.starts_on.isoformat()}
    record(session, award, "ask_start", act, **days)
    people = people_of_fund(session, Permission.AWARD_APPROVE, award.fund_id)
    tell(session, people, "granting/preparing/start_asked", act, **_facts_of(session, reply, act))
    return reply


def keep_start(session: Session, award: Award, act: Act) -> None:
    """The fund keeps the start of an award although the grantee asks for another, for a reason
    that the grantee reads.
    """
    award = lock_award(session, award.id)
    act.demand(Permission.AWARD_APPROVE, award.scope)
    keep_apart(act.actor, award.organisation_id)
    reply = require_start_asked(session, award)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    reply.to_answer = False
    record(session, award, "keep_start", act)
    people = people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE)
    tell(session, people, "granting/preparing/start_kept", act, **_facts_of(session, reply, act))


def ask_again(session: Session, award: Award) -> None:
    """The period of an award has changed: its grantee accepts it again, and its request for another
    start is answered.
    """
    if reply := reply_of(session, award.id):
        reply.accepted_at, reply.to_answer = None, False


def require_start_asked(session: Session, award: Award) -> AwardReply:
    """The reply of a grantee that asks for another start; Conflict unless the fund is to answer."""
    reply = reply_of(session, award.id)
    if reply is None or not reply.to_answer or not award.awaits_agreement:
        raise Conflict(_("The organisation does not ask for another start now."))
    return reply


def require_start_answered(session: Session, award: Award) -> None:
    """Conflict while the grantee asks for another start."""
    reply = reply_of(session, award.id)
    if reply is not None and reply.to_answer:
        raise Conflict(
            _("The organisation asks for another start. Change the period or keep it first.")
        )


def require_open_to_reply(session: Session, award: Award) -> None:
    """Conflict once the agreement is out to be signed, or the award has ended."""
    if not award.awaits_agreement:
        raise Conflict(_("The agreement has been signed, or the award has ended."))
    if open_signing(session, award.id):
        raise Conflict(
            _(
                "The agreement has been sent for signature. If something in it does not suit you, "
                "return it instead of signing it."
            )
        )


def moved_end(award: Award, starts_on: date) -> date:
    """The last day of the award if it began on another day: as many months later, or days."""
    following = award.ends_on + timedelta(1)
    years, months = following.year - award.starts_on.year, following.month - award.starts_on.month
    months += 12 * years
    if months_after(award.starts_on, months) == following:
        return months_after(starts_on, months) - timedelta(1)
    return award.ends_on + (starts_on - award.starts_on)


def why_this_start(award: Award, requested: RequestedPeriod) -> str:
    """Why an award starts on its day, beside what the application asks for."""
    start = requested.starts_on
    if start is None:
        return _("The application names no start. The fund set it with the award.")
    if start == award.starts_on:
        return _("This is the start that the application asks for.")
    if start < award.approved_on:
        return _("The start that the application asks for had passed when the grant was awarded.")
    try:
        check_period(call_of(award), start, moved_end(award, start))
    except DomainError as refusal:
        return str(refusal)
    return _("The fund set this start with the award.")


def _lock_for_grantee(session: Session, award: Award, act: Act) -> Award:
    act.demand(Permission.GRANT_CHANGE_REQUEST, Scope(organisation_id=award.organisation_id))
    award = lock_award(session, award.id)
    require_open_to_reply(session, award)
    return award


def _begun_reply(session: Session, award: Award) -> AwardReply:
    reply = reply_of(session, award.id)
    if reply is None:
        reply = AwardReply(award=award)
        session.add(reply)
    return reply


def _facts_of(session: Session, reply: AwardReply, act: Act) -> dict[str, Any]:
    session.flush()
    award = reply.award
    return {
        "event": f"award:{award.id}:start:{reply.version}",
        **facts_of_grant(award, "/acceptance"),
        "starts_on": award.starts_on,
        "start_asked": reply.start_asked,
        "reason": act.reason,
    }
