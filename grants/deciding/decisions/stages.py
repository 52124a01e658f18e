"""The stages at which applications wait for a decision: the lists, and the place of a case."""

from collections.abc import Callable

from sqlalchemy import Select

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, RANKED, ApplicationState
from grants.applying.calls.models import Call
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards import queries as awards
from grants.deciding.board import queries as board
from grants.deciding.reserve_list.reserve import promotion_queue, unconfirmed
from grants.deciding.screening.queries import in_states

P, S = Permission, ApplicationState
Queue = Callable[[Viewer], Select[Application]]


def at_stage(viewer: Viewer, stage: str, call: str = "") -> Select[Application]:
    """What waits for one kind of decision, of one call or of all; without a stage all reviewed."""
    queues: dict[str, Queue] = {
        "todo": _open_applications,
        "recommend": board.recommendation_queue,
        "invite": board.invitation_queue,
        "advise": board.advice_queue,
        "approve": awards.approval_queue,
        "reject": awards.rejection_queue,
        "confirm": unconfirmed,
        "promote": promotion_queue,
        "reserve": _reserve_list,
    }
    query = queues.get(stage, _ranked_applications)(viewer)
    return query.where(Application.call.has(Call.reference == call)) if call else query


def _reserve_list(person: Viewer) -> Select[Application]:
    return board.with_names(in_states(person, P.REVIEW_SEE, S.RESERVE))


def _open_applications(person: Viewer) -> Select[Application]:
    states = [state for state in RANKED if APPLICATION.names[state].next]
    return board.with_names(in_states(person, P.REVIEW_SEE, *states))


def _ranked_applications(person: Viewer) -> Select[Application]:
    return board.with_names(in_states(person, P.REVIEW_SEE, *RANKED))
