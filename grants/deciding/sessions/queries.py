"""Finding sessions, and what waits for trustees and for the secretariat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.audit.models import TrailRow
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import holds_for, in_funds_with, people_of_fund
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.board.models import Advice, Recommendation
from grants.deciding.board.queries import with_names
from grants.deciding.dossiers.queries import readable
from grants.deciding.interests.models import Interest
from grants.deciding.screening.queries import in_states
from grants.deciding.sessions.models import AgendaItem, BoardSession, Opinion, Seat, Vote
from grants.deciding.sessions.workflow import STANDING, TAKEN_UP, TO_ATTEND, SessionState


def for_viewer(viewer: Viewer) -> Select[BoardSession]:
    """The sessions of the Boards whose decisions this person reads, the newest first."""
    ours = in_funds_with(viewer, Permission.REVIEW_SEE, BoardSession.fund_id)
    query = select(BoardSession).options(joinedload(BoardSession.fund)).where(ours)
    if viewer.may(Permission.BOARD_SIT) and not viewer.may(Permission.AWARD_ADVISE):
        query = query.where(BoardSession.state != SessionState.PREPARED)
    return query.order_by(BoardSession.held_on.desc(), BoardSession.id.desc())


def is_session(session: Session, reference: str) -> bool:
    """Is this the number of a session of a Board?"""
    return bool(session.scalar(select(exists().where(BoardSession.reference == reference))))


def session_for_viewer(session: Session, reference: str, viewer: Viewer) -> BoardSession:
    """A session by its reference, or Missing for a person who does not read it."""
    meeting = session.scalar(for_viewer(viewer).where(BoardSession.reference == reference))
    if meeting is None:
        raise Missing(_("Session %(reference)s not found.", reference=reference))
    return meeting


def items_of(session: Session, meeting: BoardSession) -> Sequence[AgendaItem]:
    """The agenda, with applications and votes, in its order."""
    return session.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id)
        .options(
            joinedload(AgendaItem.application).options(
                joinedload(Application.organisation), joinedload(Application.call).defer(Call.form)
            ),
            selectinload(AgendaItem.votes).joinedload(Vote.trustee),
        )
        .order_by(AgendaItem.id)
        .execution_options(populate_existing=True)
    ).all()


def item_of(session: Session, meeting: BoardSession, application: Application) -> AgendaItem:
    """The item of an application on the agenda of a session, or Missing."""
    item = session.scalar(
        select(AgendaItem).where(
            AgendaItem.meeting_id == meeting.id, AgendaItem.application_id == application.id
        )
    )
    if item is None:
        raise Missing(_("Item not found."))
    return item


def open_items(session: Session, meeting: BoardSession, viewer: Viewer) -> frozenset[int]:
    """Applications on the agenda that this person may open; of the others a page shows the title
    and the country.
    """
    on_agenda = select(AgendaItem.application_id).where(AgendaItem.meeting_id == meeting.id)
    return frozenset(
        session.scalars(
            select(Application.id).where(Application.id.in_(on_agenda), open_to(viewer))
        )
    )


def seats_of(session: Session, meeting: BoardSession) -> Sequence[Seat]:
    """The trustees in office when the session was opened, by name, present or not."""
    return session.scalars(
        select(Seat)
        .where(Seat.meeting_id == meeting.id)
        .options(joinedload(Seat.trustee))
        .order_by(Seat.trustee_id)
        .execution_options(populate_existing=True)
    ).all()


def trustees(session: Session, fund_id: int) -> Sequence[Person]:
    """The trustees in office."""
    return people_of_fund(session, Permission.BOARD_SIT, fund_id)


def trustees_called(session: Session, meeting: BoardSession) -> Sequence[Person]:
    """The trustees in office who already were when the session was called: they alone sit in it.
    Those appointed since begin with the next one.
    """
    called_at = select(func.max(TrailRow.at)).where(
        TrailRow.subject == BoardSession.__tablename__,
        TrailRow.subject_id == meeting.id,
        TrailRow.action == "invite",
    )
    called = set(
        session.scalars(
            select(Membership.person_id).where(
                Membership.role == Role.TRUSTEE,
                or_(Membership.fund_id.is_(None), Membership.fund_id == meeting.fund_id),
                Membership.begun_at <= called_at.scalar_subquery(),
                or_(
                    Membership.ended_at.is_(None),
                    Membership.ended_at > called_at.scalar_subquery(),
                ),
            )
        )
    )
    return [trustee for trustee in trustees(session, meeting.fund_id) if trustee.id in called]


def candidates(viewer: Viewer) -> Select[Application]:
    """Recommendations without advice on their amount, on no agenda of a session ahead or open."""
    on_agenda = (
        exists()
        .where(
            AgendaItem.application_id == Application.id,
            AgendaItem.put_off == "",
            AgendaItem.meeting_id == BoardSession.id,
            BoardSession.state.in_(STANDING),
        )
        .correlate(Application)
    )
    recommended = in_states(viewer, Permission.AWARD_ADVISE, ApplicationState.RECOMMENDED)
    return with_names(
        recommended.join(Recommendation, Recommendation.application_id == Application.id)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(Advice, Advice.application_id == Application.id)
        .where(
            Call.board_advises,
            or_(
                Advice.application_id.is_(None),
                Advice.amount_minor != Recommendation.amount_minor,
            ),
            ~on_agenda,
        )
    ).order_by(Application.id)


def is_taken_up(session: Session, application: Application) -> bool:
    """Has a session begun to advise on it, so that opinions given before it are settled?"""
    return bool(
        session.scalar(
            select(
                exists().where(
                    AgendaItem.application_id == application.id,
                    AgendaItem.put_off == "",
                    AgendaItem.meeting_id == BoardSession.id,
                    BoardSession.state.in_(TAKEN_UP),
                    ~exists().where(
                        Recommendation.application_id == application.id,
                        Recommendation.amount_minor != AgendaItem.amount_minor,
                    ),
                )
            )
        )
    )


def own_opinion(session: Session, application: Application, viewer: Viewer) -> Opinion | None:
    return session.get(Opinion, (application.id, viewer.person_id))


def opinions_on(session: Session, application_ids: Sequence[int]) -> dict[int, list[Opinion]]:
    """What trustees said of these applications, by application."""
    rows = session.scalars(
        select(Opinion)
        .where(Opinion.application_id.in_(application_ids))
        .options(joinedload(Opinion.trustee))
        .order_by(Opinion.trustee_id)
    )
    opinions: dict[int, list[Opinion]] = {}
    for row in rows:
        opinions.setdefault(row.application_id, []).append(row)
    return opinions


@dataclass(frozen=True, slots=True)
class Answered:
    """How far a trustee has come before the session."""

    trustee: Person
    declared: int
    conflicts: int
    opinions: int
    asked: int
    """How many applications are on the agenda."""

    @property
    def done(self) -> bool:
        """Has the trustee declared on everything, and said something on everything open?"""
        return self.declared == self.asked and self.opinions >= self.asked - self.conflicts


def answered(session: Session, meeting: BoardSession) -> list[Answered]:
    """How far each trustee in office has come."""
    ids = select(AgendaItem.application_id).where(AgendaItem.meeting_id == meeting.id)
    agenda_length = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    interests = select(
        Interest.trustee_id, func.count(), func.count().filter(Interest.conflict)
    ).where(Interest.application_id.in_(ids))
    declared = {row[0]: row[1:] for row in session.execute(interests.group_by(Interest.trustee_id))}
    opinion_counts = select(Opinion.trustee_id, func.count()).where(Opinion.application_id.in_(ids))
    opinions = {
        row[0]: row[1] for row in session.execute(opinion_counts.group_by(Opinion.trustee_id))
    }
    return [
        Answered(
            trustee, *declared.get(trustee.id, (0, 0)), opinions.get(trustee.id, 0), agenda_length
        )
        for trustee in trustees(session, meeting.fund_id)
    ]


def to_answer(viewer: Viewer) -> Select[int]:
    """How many recommended applications wait for this trustee's opinion before a session."""
    answered_ids = select(Opinion.application_id).where(Opinion.trustee_id == viewer.person_id)
    ahead = (
        select(AgendaItem.application_id)
        .join(AgendaItem.meeting)
        .where(BoardSession.state == SessionState.INVITED)
    )
    waiting = readable(viewer).where(Application.id.in_(ahead), Application.id.not_in(answered_ids))
    return counting(waiting)


def _sessions_in(viewer: Viewer, *states: SessionState) -> Select[BoardSession]:
    return for_viewer(viewer).where(BoardSession.state.in_(states))


def to_attend(viewer: Viewer) -> Select[int]:
    """How many sessions this trustee is invited to, or sits in now."""
    return counting(_sessions_in(viewer, *TO_ATTEND))


def to_invite(viewer: Viewer) -> Select[int]:
    """How many sessions are prepared, and their trustees not invited yet."""
    return counting(_sessions_in(viewer, SessionState.PREPARED))


def to_hold(viewer: Viewer) -> Select[int]:
    """How many sessions are to be opened, for their day has come, or to be closed."""
    ours = _sessions_in(viewer, *TO_ATTEND)
    return counting(ours.where(BoardSession.held_on <= clock.today()))


def to_sign(viewer: Viewer) -> Select[int]:
    """How many sessions lack their signed minutes."""
    return counting(_sessions_in(viewer, SessionState.CLOSED))


def unanswered(viewer: Viewer) -> Select[int]:
    """How many trustees have not answered before a session they are invited to: who has not
    declared on the whole agenda, or not given an opinion on all of it that is open to them.
    """
    ours = in_funds_with(viewer, Permission.AWARD_ADVISE, _PAIRS.c.fund_id)
    return select(func.count()).select_from(_UNANSWERED.where(ours).subquery())


def _unanswered_of(pairs: CTE) -> Select[Any]:
    """The sessions and trustees of `pairs` who have not answered."""
    agenda = (
        select(AgendaItem.application_id)
        .where(AgendaItem.meeting_id == pairs.c.session_id)
        .correlate(pairs)  # of this session, and not of all
    )
    agenda_length = _count_for_pairs(agenda, pairs)
    interests = select(Interest.application_id).where(
        Interest.trustee_id == pairs.c.trustee_id, Interest.application_id.in_(agenda)
    )
    opinions = select(Opinion.application_id).where(
        Opinion.trustee_id == pairs.c.trustee_id, Opinion.application_id.in_(agenda)
    )
    declared, barred = (
        _count_for_pairs(interests, pairs),
        _count_for_pairs(interests.where(Interest.conflict), pairs),
    )
    silent, unread = (
        declared != agenda_length,
        _count_for_pairs(opinions, pairs) < agenda_length - barred,
    )
    return select(pairs).where(silent | unread)


def _count_for_pairs(query: Select[int], pairs: CTE) -> ScalarSelect[int]:
    """How many, of each session and trustee that the question around it is about."""
    return query.with_only_columns(func.count()).correlate(pairs).scalar_subquery()


_PAIRS = (
    select(BoardSession.id.label("session_id"), BoardSession.fund_id, Person.id.label("trustee_id"))
    .join(Person, holds_for(Permission.BOARD_SIT, BoardSession.fund_id))
    .where(BoardSession.state == SessionState.INVITED)
    .cte("pairs")
    # trustees first: the rest is not asked of everyone whom the database knows
    .prefix_with("MATERIALIZED")
)
_UNANSWERED = _unanswered_of(_PAIRS)
