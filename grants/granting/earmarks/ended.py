"""Earmarks whose last day has passed with money left, which no grant may take."""

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, select
from sqlalchemy.orm import Session, joinedload

from grants.books.ledger.models import Entry, Posting
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.holdings import ARRIVED_AT, RECEIVING
from grants.granting.earmarks.models import EarmarkMovement


def _idle_now() -> ColumnElement[int]:
    """What no grant has taken of the pledge of a query, in USD cents."""
    subject = literal("pledge:") + cast(Pledge.id, String)
    arrived = (
        select(func.coalesce(func.sum(Posting.usd_minor), 0))
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            Entry.fund_id == Pledge.fund_id,
            Entry.subject == subject,
            Entry.event.in_(RECEIVING),
            Posting.account.in_(ARRIVED_AT),
        )
        .correlate(Pledge)
        .scalar_subquery()
    )
    taken = (
        select(func.coalesce(func.sum(EarmarkMovement.usd_minor), 0))
        .where(EarmarkMovement.pledge_id == Pledge.id)
        .correlate(Pledge)
        .scalar_subquery()
    )
    return arrived - taken


def _has_ended(viewer: Viewer) -> ColumnElement[bool]:
    """The last day of a pledge's earmark has passed, and money is left that no grant may take."""
    of_viewer = in_funds_with(viewer, Permission.PLEDGE_SEE, Pledge.fund_id)
    return and_(of_viewer, Pledge.earmarked_until < clock.today(), _idle_now() > 0)


def count_ended(viewer: Viewer) -> Select[int]:
    """How many earmarks of a person's funds have ended with money left."""
    return select(func.count()).select_from(Pledge).where(_has_ended(viewer))


def ended(session: Session, viewer: Viewer) -> list[tuple[Pledge, Money]]:
    """The earmarks of a person's funds that have ended, and what is left of each, the first ended
    first.
    """
    rows = session.execute(
        select(Pledge, _idle_now())
        .where(_has_ended(viewer))
        .order_by(Pledge.earmarked_until, Pledge.id)
        .options(joinedload(Pledge.donor), joinedload(Pledge.fund))
    )
    return [(pledge, usd(int(cents))) for pledge, cents in rows]
