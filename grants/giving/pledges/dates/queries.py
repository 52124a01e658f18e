"""Finding what donors ask about days of payment, and the plans a pledge has had."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager

from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.pledges.dates.models import NewDate
from grants.giving.pledges.dates.workflow import DateState
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.schedule import Due


def _of_the_funds(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    return in_funds_with(viewer, permission, Pledge.fund_id)


def requests_for_viewer(viewer: Viewer) -> Select[NewDate]:
    """What donors asked, for the fund's people."""
    return (
        select(NewDate)
        .join(NewDate.pledge)
        .where(_of_the_funds(viewer, Permission.PLEDGE_SEE))
        .options(
            contains_eager(NewDate.pledge).joinedload(Pledge.donor),
            contains_eager(NewDate.pledge).joinedload(Pledge.fund),
        )
    )


def request_for_viewer(session: Session, request_id: int, viewer: Viewer) -> NewDate:
    """One request for the fund's people, or Missing."""
    new_date = session.scalar(requests_for_viewer(viewer).where(NewDate.id == request_id))
    if new_date is None:
        raise Missing(_("Request not found."))
    return new_date


def last_request(session: Session, pledge: Pledge) -> NewDate | None:
    """What the donor of a pledge asked last, if ever."""
    return session.scalar(
        select(NewDate).where(NewDate.pledge_id == pledge.id).order_by(NewDate.id.desc()).limit(1)
    )


def open_request(session: Session, pledge: Pledge) -> NewDate | None:
    """The request of a pledge's donor that awaits an answer; there is one at most."""
    return session.scalar(
        select(NewDate).where(NewDate.pledge_id == pledge.id, NewDate.state == DateState.ASKED)
    )


def asked_about(session: Session, pledges: Iterable[int]) -> set[tuple[int, int]]:
    """(pledge, number of the payment) of every request that awaits an answer."""
    query = select(NewDate.pledge_id, NewDate.number)
    query = query.where(NewDate.state == DateState.ASKED, NewDate.pledge_id.in_(list(pledges)))
    return {(pledge_id, number) for pledge_id, number in session.execute(query)}


def to_answer(viewer: Viewer) -> Select[int]:
    """How many donors wait for an answer from this person's funds."""
    return (
        select(func.count())
        .select_from(NewDate)
        .join(NewDate.pledge)
        .where(
            NewDate.state == DateState.ASKED,
            _of_the_funds(viewer, Permission.PLEDGE_SCHEDULE),
        )
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of payments, as it held from a moment on; the first since the pledge was made."""

    revision: int
    since: datetime
    actor: str
    reason: str | None
    dues: tuple[Due, ...]


def plans_of(session: Session, pledge: Pledge) -> Sequence[Plan]:
    """Every plan a pledge has had, the first one first, with who made it and why."""
    revisions = {
        row.facts["revision"]: row
        for row in trail_of(session, "pledge", pledge.id)
        if row.action in ("reschedule", "set_due_day")
    }
    plans = []
    for revision, parts in groupby(pledge.all_instalments, lambda part: part.revision):
        row = revisions.get(revision)
        plans.append(
            Plan(
                revision,
                row.at if row else pledge.made_at,
                row.actor if row else "",
                row.reason if row else None,
                tuple(Due(part.due_on, part.amount) for part in parts),
            )
        )
    return plans
