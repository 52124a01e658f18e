"""A draft call that is ready: said by a person who prepares calls, for those who open them."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.service import require_draft
from grants.applying.calls.soundness import faults_of
from grants.applying.calls.workflow import PREPARED
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.models import TrailRow
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer

SAID = "say_ready"
"""It holds until anything else is done to the call."""


def say_ready(session: Session, call: Call, act: Act) -> None:
    """Ask those who open calls to open this one. DomainError while it cannot be opened."""
    act.demand(Permission.CALL_EDIT, call.scope)
    require_draft(call)
    if call.is_second_stage:
        raise Conflict(_("This stage is published together with the first one."))
    if faults := faults_of(call, act.at):
        raise DomainError(" ".join(faults))
    record(session, call, SAID, act)


def is_said_ready(trail: Sequence[TrailRow]) -> bool:
    """Is that the last thing that was done to the call?"""
    return bool(trail) and trail[-1].action == SAID


def to_open(viewer: Viewer) -> Select[int]:
    """How many calls that are said to be ready wait for this person to open them."""
    last = (
        select(TrailRow.action)
        .where(TrailRow.subject == "call", TrailRow.subject_id == Call.id)
        .order_by(TrailRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(func.count()).select_from(Call).where(Call.state.in_(PREPARED), last == SAID)
    return query.where(in_funds_with(viewer, Permission.CALL_OPEN, Call.fund_id))
