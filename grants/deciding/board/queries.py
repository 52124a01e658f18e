"""What waits to be recommended or advised on, and what was said."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import LISTED
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.queries import first_stages
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.board.models import Advice, Recommendation
from grants.deciding.screening.queries import in_states


def recommendation_for(session: Session, application: Application) -> Recommendation | None:
    return session.get(Recommendation, application.id)


def advice_on(session: Session, application: Application) -> Advice | None:
    """The Board's advice, which may be on another sum than is recommended by now."""
    return session.get(Advice, application.id)


def recommendation_queue(viewer: Viewer) -> Select[Application]:
    """Reviewed applications on which this person may propose a decision."""
    reviewed = in_states(viewer, Permission.AWARD_RECOMMEND, ApplicationState.REVIEWED)
    return with_names(reviewed.where(Application.call_id.not_in(first_stages())))


def invitation_queue(viewer: Viewer) -> Select[Application]:
    """Reviewed concept notes, whose organisations are invited to send a full proposal or not."""
    reviewed = in_states(viewer, Permission.AWARD_RECOMMEND, ApplicationState.REVIEWED)
    return with_names(reviewed.where(Application.call_id.in_(first_stages())))


def with_names(query: Select[Application]) -> Select[Application]:
    """The applications of a query with their call and organisation, which lists show."""
    return query.options(*LISTED)


def advice_queue(viewer: Viewer) -> Select[Application]:
    """Recommendations whose amount the Board has not advised on, for who records its advice."""
    return (
        in_states(viewer, Permission.AWARD_ADVISE, ApplicationState.RECOMMENDED)
        .join(Recommendation, Recommendation.application_id == Application.id)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(Advice, Advice.application_id == Application.id)
        .where(_LACKS_ADVICE)
        .options(*LISTED)
    )


_LACKS_ADVICE = and_(
    Call.board_advises,
    or_(
        Advice.application_id.is_(None),
        Advice.amount_minor != Recommendation.amount_minor,
    ),
)


def to_recommend(viewer: Viewer) -> Select[int]:
    """How many reviewed applications wait for this person's proposal."""
    return counting(recommendation_queue(viewer))


def to_invite(viewer: Viewer) -> Select[int]:
    """How many concept notes wait for this person to invite their organisations or not."""
    return counting(invitation_queue(viewer))


def to_advise(viewer: Viewer) -> Select[int]:
    """How many recommendations wait for the Board's advice to be recorded by this person."""
    return counting(advice_queue(viewer))


def by_application(session: Session, model: type[Any], ids: Sequence[int]) -> dict[int, Any]:
    """What a model keeps of each of these applications, by their ids."""
    rows = session.scalars(select(model).where(model.application_id.in_(ids)))
    return {row.application_id: row for row in rows}


def recommendations_in_call(session: Session, call_id: int) -> dict[int, Recommendation]:
    """Every recommendation of a call, by application."""
    rows = session.scalars(
        select(Recommendation)
        .join(Application, Application.id == Recommendation.application_id)
        .where(Application.call_id == call_id)
    )
    return {row.application_id: row for row in rows}
