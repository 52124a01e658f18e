"""What awaits one trustee: an opinion before a session, a vote in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.people.viewer import Viewer
from grants.deciding.dossiers.queries import readable
from grants.deciding.reviews.adjusting import Standings, standings
from grants.deciding.sessions.models import AgendaItem, BoardSession, Opinion, Seat, Vote
from grants.deciding.sessions.workflow import SessionState

MOST = 100
"""Items of a list; no session has so many."""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An item of an agenda, with its place in the ranking of its call."""

    item: AgendaItem
    rank: int | None
    score: Decimal | None
    to_vote: bool
    """The session is open: a vote is due, no longer an opinion."""


def awaiting(session: Session, viewer: Viewer) -> list[Awaiting]:
    """The items open to this trustee on which there is no vote or opinion of theirs yet, the next
    session first, the best rank first.
    """
    items = session.scalars(_items_of(viewer).limit(MOST)).all()
    ranks = _ranks_of(session, [item.application for item in items])
    lines = []
    for item in items:
        place = ranks[item.application.call_id].by_id.get(item.application_id)
        rank, score = (place.rank, place.score) if place else (None, None)
        to_vote = item.meeting.state is SessionState.OPEN
        lines.append(Awaiting(item, rank, score, to_vote))
    return sorted(lines, key=_order_of)


def _order_of(line: Awaiting) -> tuple[date, int, int]:
    meeting = line.item.meeting
    return meeting.held_on, meeting.id, line.rank or MOST


def _items_of(viewer: Viewer) -> Select[AgendaItem]:
    person = viewer.person_id
    voted = select(Vote.item_id).where(Vote.trustee_id == person)
    answered = select(Opinion.application_id).where(Opinion.trustee_id == person)
    present = exists().where(
        Seat.meeting_id == BoardSession.id, Seat.trustee_id == person, Seat.present
    )
    return (
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(
            AgendaItem.put_off == "",
            AgendaItem.application_id.in_(readable(viewer).with_only_columns(Application.id)),
            or_(
                and_(BoardSession.state == SessionState.OPEN, AgendaItem.id.not_in(voted), present),
                and_(
                    BoardSession.state == SessionState.INVITED,
                    AgendaItem.application_id.not_in(answered),
                ),
            ),
        )
        .options(
            contains_eager(AgendaItem.meeting),
            joinedload(AgendaItem.application).options(
                joinedload(Application.organisation), joinedload(Application.call).defer(Call.form)
            ),
        )
        .order_by(BoardSession.held_on, AgendaItem.id)
    )


def _ranks_of(session: Session, applications: Sequence[Application]) -> dict[int, Standings]:
    """The ranking of each call, for the applications of it that are named."""
    ids_by_call: dict[Call, list[int]] = {}
    for application in applications:
        ids_by_call.setdefault(application.call, []).append(application.id)
    return {call.id: standings(session, call, ids) for call, ids in ids_by_call.items()}
