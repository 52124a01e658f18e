"""Finding what a person has chosen of a list, and what colleagues share with them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from grants.core.choices.models import SavedView
from grants.core.people.viewer import Viewer


def views_of(session: Session, page: str, viewer: Viewer) -> Sequence[SavedView]:
    """The person's own setting and views of a list and those shared with them, by name."""
    return session.scalars(
        select(SavedView)
        .where(SavedView.page == page, _of_viewer(viewer))
        .options(joinedload(SavedView.person))  # whose name is on what is shared
        .order_by(SavedView.name, SavedView.id)
    ).all()


def view_for(session: Session, view_id: int, viewer: Viewer) -> SavedView | None:
    """A saved view by its number, if this person sees it."""
    return session.scalar(select(SavedView).where(SavedView.id == view_id, _of_viewer(viewer)))


def _of_viewer(viewer: Viewer) -> ColumnElement[bool]:
    return or_(SavedView.person_id == viewer.person_id, _shared_with(viewer))


def _shared_with(viewer: Viewer) -> ColumnElement[bool]:
    """Views shared in a fund that this person works for."""
    if not viewer.works_for_a_fund:
        return false()
    shared = SavedView.fund_id.is_not(None)
    fund_ids = [role.fund_id for role in viewer.standings if role.organisation_id is None]
    return shared if None in fund_ids else and_(shared, SavedView.fund_id.in_(fund_ids))
