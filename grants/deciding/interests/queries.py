"""The gate of the Board: what a trustee has to declare, and what stays shut to them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import DECIDED, RANKED
from grants.applying.calls.models import Call
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.interests.models import Interest
from grants.deciding.screening.queries import counting

WAITING = tuple(state for state in RANKED if state not in DECIDED)
"""The Board may still be asked about it."""


def sits_for(viewer: Viewer) -> ColumnElement[bool]:
    """Applications to a fund on whose Board this person sits."""
    if viewer.system:
        return false()
    funds = viewer.funds_with(Permission.BOARD_SIT)
    if funds is None:
        return Application.id.is_not(None)
    return Application.fund_id.in_(funds) if funds else false()


def barred(viewer: Viewer) -> ColumnElement[bool]:
    """Applications that are shut to this person by the Board's rules: of a trustee, all but those
    on which no conflict of interest was declared; of anyone, those on which one was.
    """
    if viewer.person_id is None:
        return false()
    own = select(Interest.id).where(
        Interest.application_id == Application.id, Interest.trustee_id == viewer.person_id
    )
    undeclared = sits_for(viewer) & ~own.where(~Interest.conflict).exists()
    return undeclared | own.where(Interest.conflict).exists()


def undeclared(viewer: Viewer) -> Select[Application]:
    """Reviewed applications on which this trustee has declared nothing, decided ones too."""
    own = select(Interest.application_id).where(Interest.trustee_id == viewer.person_id)
    return select(Application).where(
        sits_for(viewer), Application.state.in_(RANKED), Application.id.not_in(own)
    )


def undeclared_in(session: Session, call: Call, viewer: Viewer) -> Sequence[Application]:
    """Those of one call. Of each, a page shows the title and the country and nothing else."""
    of_call = undeclared(viewer).where(Application.call_id == call.id)
    return session.scalars(of_call.order_by(Application.id)).all()


def calls_to_declare(session: Session, viewer: Viewer) -> list[tuple[Call, int, int]]:
    """Each call with something to declare on: how many applications, how many undecided."""
    left = undeclared(viewer).subquery()
    waits = func.count().filter(left.c.state.in_(WAITING))
    rows = session.execute(
        select(Call, func.count(), waits)
        .join(left, left.c.call_id == Call.id)
        .group_by(Call.id)
        .order_by(Call.id.desc())
    )
    return [(call, total, waiting) for call, total, waiting in rows]


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
    found = session.scalar(
        select(Interest)
        .join(Interest.application)
        .where(
            Application.reference == reference,
            Interest.trustee_id == viewer.person_id,
            sits_for(viewer),
        )
        .options(joinedload(Interest.application).joinedload(Application.call))
    )
    if found is None:
        raise Missing(_("Application %(reference)s not found.", reference=reference))
    return found
