"""The gate of the Board: what a trustee has to declare, and what stays shut to them."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from sqlalchemy import ColumnElement, Select, any_, case, exists, false, func, select, true
from sqlalchemy.orm import Session, joinedload, load_only

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import DECIDED, RANKED
from grants.applying.calls.models import Call
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.interests.models import Interest

WAITING = tuple(state for state in RANKED if state not in DECIDED)
"""The Board may still be asked about it."""
MOST_CALLS = 60
"""On one page."""


def sits_for(viewer: Viewer) -> ColumnElement[bool]:
    """Applications to a fund on whose Board this person sits."""
    if viewer.system:
        return false()
    return in_funds_with(viewer, Permission.BOARD_SIT, Application.fund_id)


def barred(viewer: Viewer) -> ColumnElement[bool]:
    """Applications that are shut to this person by the Board's rules: of a trustee, all but those
    on which no conflict of interest was declared; of anyone, those on which one was.
    """
    if viewer.person_id is None:
        return false()
    own = Interest.trustee_id == viewer.person_id
    conflicts = _DECLARATIONS.where(own, Interest.conflict)
    if not viewer.may(Permission.BOARD_SIT):
        return conflicts
    return (sits_for(viewer) & ~_DECLARATIONS.where(own, ~Interest.conflict)) | conflicts


_DECLARATIONS = exists().where(Interest.application_id == Application.id)


def reach(session: Session, viewer: Viewer) -> tuple[int, int]:
    """What `barred` rests on, for files made before: how many declarations this person has made,
    and in how many there is a conflict.
    """
    declarations = select(func.count(), func.count().filter(Interest.conflict))
    declared, conflicts = session.execute(
        declarations.where(Interest.trustee_id == viewer.person_id)
    ).one()
    return declared, conflicts


def denied_by(viewer: Viewer) -> ColumnElement[bool]:
    """Applications in which this person has denied a conflict of interest: the few that may be open
    to a trustee. As an array, so that the database begins with them.
    """
    denied = select(Interest.application_id).where(
        Interest.trustee_id == viewer.person_id, ~Interest.conflict
    )
    return Application.id == any_(func.array(denied.scalar_subquery()))


def undeclared(viewer: Viewer) -> Select[Application]:
    """Reviewed applications on which this trustee has declared nothing, decided ones too."""
    declared_ids = select(Interest.application_id).where(Interest.trustee_id == viewer.person_id)
    return select(Application).where(
        sits_for(viewer), Application.state.in_(RANKED), Application.id.not_in(declared_ids)
    )


def undeclared_of(call: Call, viewer: Viewer) -> Select[Application]:
    """The undeclared applications of a call. A page shows their title and country only."""
    return undeclared(viewer).where(Application.call_id == call.id)


def undeclared_in(
    session: Session, call: Call, viewer: Viewer, *among: ColumnElement[bool]
) -> Sequence[Application]:
    """The undeclared applications of a call that meet these conditions, in the order of their
    numbers.
    """
    return session.scalars(undeclared_of(call, viewer).where(*among).order_by(Application.id)).all()


def left_in(session: Session, call: Call, viewer: Viewer) -> set[int]:
    """The ids of the undeclared applications of a call."""
    return {*session.scalars(undeclared_of(call, viewer).with_only_columns(Application.id))}


def mark_of(ids: Collection[int]) -> str:
    """A mark of these applications, other for any others, so that a page can say which ones it
    counted.
    """
    return sha256(" ".join(map(str, sorted(ids))).encode()).hexdigest()


def calls_to_declare(
    session: Session, viewer: Viewer, before: int | None = None
) -> list[tuple[Call, int, int]]:
    """The newest calls, or those older than `before`, with something to declare on: how many
    applications, how many of them the Board is still asked about. One more than a page shows, if
    there are more.
    """
    of_call = _reviewed_of_call().lateral()
    declared = _declared_by(viewer).subquery()
    undeclared_total, waiting = (
        of_call.c[name] - func.coalesce(declared.c[name], 0) for name in ("total", "waiting")
    )
    query = (
        select(Call, undeclared_total, case((Call.board_advises, waiting), else_=0))
        .join(of_call, true())
        .outerjoin(declared, declared.c.call_id == Call.id)
        .where(in_funds_with(viewer, Permission.BOARD_SIT, Call.fund_id), undeclared_total > 0)
        .options(load_only(Call.reference, Call.title))
        .order_by(Call.id.desc())
        .limit(MOST_CALLS + 1)
    )
    if before is not None:
        query = query.where(Call.id < before)
    return [(call, total, undecided) for call, total, undecided in session.execute(query)]


def _reviewed_of_call() -> Select[int, int]:
    """How many applications of the call of a query are reviewed, and how many of them undecided."""
    undecided = func.count().filter(Application.state.in_(WAITING))
    return select(func.count().label("total"), undecided.label("waiting")).where(
        Application.call_id == Call.id, Application.state.in_(RANKED)
    )


def _declared_by(viewer: Viewer) -> Select[int, int, int]:
    """How many reviewed applications this person has declared on, and how many of them are
    undecided, by call.
    """
    undecided = func.count().filter(Application.state.in_(WAITING))
    return (
        select(Application.call_id, func.count().label("total"), undecided.label("waiting"))
        .join(Interest, Interest.application_id == Application.id)
        .where(Interest.trustee_id == viewer.person_id, Application.state.in_(RANKED))
        .group_by(Application.call_id)
    )


def to_declare(viewer: Viewer) -> Select[int]:
    """How many undecided applications wait for this trustee's declaration."""
    waiting = undeclared(viewer).join(Application.call)
    return counting(waiting.where(Application.state.in_(WAITING), Call.board_advises))


def interest_of(session: Session, application_id: int, person_id: int | None) -> Interest | None:
    """What a person declared about an application."""
    return session.scalar(
        select(Interest).where(
            Interest.application_id == application_id, Interest.trustee_id == person_id
        )
    )


def own_interest(session: Session, reference: str, viewer: Viewer) -> Interest:
    """The declaration of this trustee on an application; Missing where there is none."""
    interest = session.scalar(
        select(Interest)
        .join(Interest.application)
        .where(
            Application.reference == reference,
            Interest.trustee_id == viewer.person_id,
            sits_for(viewer),
        )
        .options(joinedload(Interest.application).joinedload(Application.call))
    )
    if interest is None:
        raise Missing(_("Application %(reference)s not found.", reference=reference))
    return interest
