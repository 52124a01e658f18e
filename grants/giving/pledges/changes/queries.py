"""Finding changes of pledges, and what of them waits for a person."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.pledges.models import ChangeKind, Pledge, PledgeChange


def _of_the_funds(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    return in_funds_with(viewer, permission, Pledge.fund_id)


def changes_for_viewer(
    viewer: Viewer, permission: Permission = Permission.PLEDGE_SEE
) -> Select[PledgeChange]:
    """The changes of the pledges that the fund's people see."""
    return (
        select(PledgeChange)
        .join(PledgeChange.pledge)
        .where(_of_the_funds(viewer, permission))
        .options(
            contains_eager(PledgeChange.pledge).joinedload(Pledge.donor),
            contains_eager(PledgeChange.pledge).joinedload(Pledge.fund),
            joinedload(PledgeChange.document),
        )
    )


def change_for_viewer(session: Session, change_id: int, viewer: Viewer) -> PledgeChange:
    """One change for the fund's people, or Missing."""
    change = session.scalar(changes_for_viewer(viewer).where(PledgeChange.id == change_id))
    if change is None:
        raise Missing(_("Pledge change not found."))
    return change


def open_change(session: Session, pledge: Pledge) -> PledgeChange | None:
    """The change of a pledge that awaits its decision; there is one at most."""
    return session.scalar(
        select(PledgeChange).where(
            PledgeChange.pledge_id == pledge.id, PledgeChange.awaits_decision
        )
    )


def changes_of(session: Session, pledge: Pledge) -> Sequence[PledgeChange]:
    """Every change of a pledge, the first one first."""
    return session.scalars(
        select(PledgeChange)
        .where(PledgeChange.pledge_id == pledge.id)
        .order_by(PledgeChange.id)
        .options(joinedload(PledgeChange.document))
    ).all()


def to_approve(viewer: Viewer) -> Select[int]:
    """How many changes wait for this person's decision: those they did not ask for themselves."""
    return (
        select(func.count())
        .select_from(PledgeChange)
        .join(PledgeChange.pledge)
        .where(
            PledgeChange.awaits_decision,
            _of_the_funds(viewer, Permission.PLEDGE_APPROVE_CHANGE),
            or_(
                PledgeChange.requested_by_id.is_(None),
                PledgeChange.requested_by_id != viewer.person_id,
            ),
        )
    )


def given_up_by(
    session: Session, pledges: Iterable[Pledge], until: date
) -> Mapping[int, Mapping[ChangeKind, Money]]:
    """What changes had taken from each pledge by the end of a day, by kind; one query."""
    currency_of = {pledge.id: pledge.currency for pledge in pledges}
    amounts: dict[int, dict[ChangeKind, Money]] = {pledge_id: {} for pledge_id in currency_of}
    rows = session.execute(
        select(PledgeChange.pledge_id, PledgeChange.kind, func.sum(PledgeChange.amount_minor))
        .where(
            PledgeChange.pledge_id.in_(currency_of),
            PledgeChange.is_approved,
            PledgeChange.decided_on <= until,
        )
        .group_by(PledgeChange.pledge_id, PledgeChange.kind)
    )
    for pledge_id, kind, minor in rows:
        amounts[pledge_id][kind] = Money(int(minor), currency_of[pledge_id])
    return amounts
