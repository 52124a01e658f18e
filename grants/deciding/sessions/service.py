"""Before and after a session: agenda, invitations, opinions, the signed minutes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_day
from grants.deciding.board.queries import recommendation_for
from grants.deciding.sessions.models import AgendaItem, BoardSession, Leaning, Opinion
from grants.deciding.sessions.queries import candidates, is_taken_up, trustees
from grants.deciding.sessions.workflow import AHEAD, BOARD_SESSION
from grants.platform.documents.models import Document
from grants.platform.messages.service import tell

NOTICE = timedelta(days=7)
"""How long before a session its trustees must hear that it is brought forward."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When and where the Board meets, and on which applications (by their ids) it advises."""

    held_on: date
    place: str
    agenda: Collection[int]


def schedule(session: Session, fund: Fund, plan: Plan, act: Act) -> BoardSession:
    """Put a session of a fund's Board on the calendar, with its agenda. Nobody is invited yet."""
    act.demand(Permission.AWARD_ADVISE, Scope(fund.id))
    _not_past(plan.held_on)
    number = next_number(session, f"{fund.code}/board/{plan.held_on.year}")
    meeting = BoardSession(
        fund_id=fund.id,
        fund=fund,
        reference=f"{fund.code}-B-{plan.held_on.year}-{number:02d}",
        held_on=plan.held_on,
        place=plan.place.strip(),
    )
    begin(session, meeting, BOARD_SESSION, act, held_on=plan.held_on.isoformat())
    _put_on_agenda(session, meeting, plan.agenda, act)
    return meeting


def add_to_agenda(
    session: Session, meeting: BoardSession, application_ids: Collection[int], act: Act
) -> None:
    """Put further recommendations on the agenda of a session that has not been opened."""
    locked_session(session, meeting)
    act.demand(Permission.AWARD_ADVISE, meeting.scope)
    if meeting.state not in AHEAD:
        raise Conflict(_("The agenda can no longer be changed."))
    _put_on_agenda(session, meeting, application_ids, act)


def _put_on_agenda(
    session: Session, meeting: BoardSession, application_ids: Collection[int], act: Act
) -> None:
    if not application_ids:
        raise DomainError(_("Choose at least one recommended application."))
    applications = session.scalars(
        candidates(act.actor).where(
            Application.id.in_(application_ids), Application.fund_id == meeting.fund_id
        )
    ).all()
    if len(applications) != len(set(application_ids)):
        raise DomainError(
            _("Choose recommended applications of one fund that are on no other agenda.")
        )
    for application in applications:
        proposed = recommendation_for(session, application)
        assert proposed is not None
        session.add(
            AgendaItem(
                meeting_id=meeting.id,
                application_id=application.id,
                amount_minor=proposed.amount_minor,
            )
        )
    references = [application.reference for application in applications]
    record(session, meeting, "set_agenda", act, applications=references)


def invite(session: Session, meeting: BoardSession, act: Act) -> None:
    """Invite the trustees in office by e-mail: the date, what is asked of them before it, and
    where. The e-mail names no application.
    """
    locked_session(session, meeting)
    _not_past(meeting.held_on)
    if not trustees(session, meeting.fund_id):
        raise DomainError(_("The fund has no trustees in office."))
    advance(session, meeting, BOARD_SESSION, "invite", act)
    _notify_trustees(session, meeting, "invited", "invited", act)


def reschedule(
    session: Session, meeting: BoardSession, held_on: date, place: str, act: Act
) -> None:
    """Change the date or the place of a session; the trustees are told, with the reason.
    DomainError for an earlier day of which the trustees would not hear in time.
    """
    locked_session(session, meeting)
    require(session, meeting, BOARD_SESSION, "reschedule", act)
    _not_past(held_on)
    earliest = clock.today() + NOTICE
    if held_on < min(meeting.held_on, earliest):
        raise DomainError(
            _(
                "Trustees must be notified at least %(num)s days before a session "
                "that is moved to an earlier date. Choose %(day)s or later.",
                num=NOTICE.days,
                day=plain_day(min(meeting.held_on, earliest)),
            )
        )
    meeting.held_on, meeting.place = held_on, place.strip()
    advance(session, meeting, BOARD_SESSION, "reschedule", act, held_on=held_on.isoformat())
    _notify_trustees(session, meeting, "rescheduled", f"rescheduled:{meeting.version}", act)


def cancel(session: Session, meeting: BoardSession, act: Act) -> None:
    """Cancel a session that has not been opened; trustees who were invited are told why."""
    locked_session(session, meeting)
    was_invited = meeting.state != BOARD_SESSION.initial
    advance(session, meeting, BOARD_SESSION, "cancel", act)
    if was_invited:
        _notify_trustees(session, meeting, "cancelled", "cancelled", act)


def attach_signed(session: Session, meeting: BoardSession, paper: Document, act: Act) -> None:
    """Attach the minutes and the list of advice as they were signed. That ends the session."""
    locked_session(session, meeting)
    require(session, meeting, BOARD_SESSION, "sign", act)
    meeting.signed_document_id = paper.id
    advance(session, meeting, BOARD_SESSION, "sign", act, sha256=paper.sha256)


def _notify_trustees(
    session: Session, meeting: BoardSession, template: str, event: str, act: Act
) -> None:
    tell(
        session,
        trustees(session, meeting.fund_id),
        f"deciding/sessions/{template}",
        act,
        event=f"board_session:{meeting.id}:{event}",
        meeting=meeting,
        fund=meeting.fund,
        reason=act.reason,
        url=absolute("/board"),
    )


def locked_session(session: Session, meeting: BoardSession) -> None:
    """Acts on one session wait for each other."""
    session.refresh(meeting, with_for_update={"of": BoardSession})


def _not_past(day: date) -> None:
    if day < clock.today():
        raise DomainError(_("This date is in the past."))


@dataclass(frozen=True, slots=True)
class TrusteeView:
    """What a trustee says before the session."""

    leaning: Leaning
    remarks: str = ""


def give_opinion(
    session: Session, application: Application, view: TrusteeView, act: Act
) -> Opinion:
    """A trustee says before the session what they think of a recommendation that is open to them.
    They may change it until the session opens.
    """
    act.demand(Permission.BOARD_SIT, application.scope)
    session.execute(
        select(Person.id).where(Person.id == act.actor.person_id).with_for_update(key_share=True)
    )
    _may_give(session, application, act)
    if view.leaning is not Leaning.ENDORSE and not view.remarks.strip():
        raise DomainError(_("Give your reasons."))
    key = (application.id, act.actor.person_id)
    opinion = session.get(Opinion, key, populate_existing=True)
    if opinion is None:
        opinion = Opinion(application_id=application.id, trustee_id=act.actor.person_id)
        session.add(opinion)
    opinion.leaning, opinion.remarks = view.leaning, view.remarks.strip()
    opinion.given_at = act.at
    record(session, application, "give_opinion", act, leaning=view.leaning.value)
    return opinion


def _may_give(session: Session, application: Application, act: Act) -> None:
    this_one = select(Application.id).where(Application.id == application.id, open_to(act.actor))
    if session.scalar(this_one) is None:
        raise Forbidden(_("You do not have access to this application."))
    if not application.is_recommended:
        raise Conflict(_("The Board is no longer asked about this application."))
    if is_taken_up(session, application):
        raise Conflict(_("The session has been opened, so opinions can no longer be changed."))
