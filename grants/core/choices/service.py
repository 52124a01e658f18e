"""Choosing the columns of a list, and saving, sharing and deleting views of it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.choices.models import SavedView
from grants.core.choices.queries import view_for
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden, InvalidInput, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer

MOST = 30
"""Views that one person keeps of one list: more would be a list of their own."""
LONGEST_NAME, LONGEST_QUERY = 60, 2000


def set_columns(session: Session, page: str, columns: Sequence[str], act: Act) -> None:
    """Show these columns of a list to this person from now on; none: those it shows by itself."""
    _own_view(session, page, "", act.actor).columns = list(columns)


def save_view(
    session: Session,
    page: str,
    name: str,
    query: str,
    columns: Sequence[str],
    fund: Fund | None,
    act: Act,
) -> SavedView:
    """Keep a list as it stands under a name; a view of the person's own of that name is replaced.

    `fund`: whose people see it too. Raises Forbidden if this person may not share there.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise InvalidInput(_("Enter a name for the view."))
    if len(query) > LONGEST_QUERY:
        raise InvalidInput(_("These filters are too long to be saved."))
    if fund is not None:
        act.demand(Permission.LIST_SHARE, Scope(fund.id))
    view = _own_view(session, page, name, act.actor)
    view.query, view.columns = query, list(columns)
    view.fund_id = fund.id if fund else None
    session.flush()
    return view


def delete_view(session: Session, view_id: int, act: Act) -> SavedView:
    """Delete a view: one's own, or one shared in a fund in which this person may share."""
    view = view_for(session, view_id, act.actor)
    if view is None or not view.name:
        raise Missing(_("This saved view does not exist."))
    if not may_delete(view, act.actor):
        raise Forbidden(_("Only its owner or the fund manager can delete a shared view."))
    session.delete(view)
    return view


def may_delete(view: SavedView, viewer: Viewer) -> bool:
    """Is it the person's own, or shared in a fund in which they may share?"""
    if view.person_id == viewer.person_id:
        return True
    return view.fund_id is not None and viewer.may(Permission.LIST_SHARE, Scope(view.fund_id))


def _own_view(session: Session, page: str, name: str, viewer: Viewer) -> SavedView:
    """The person's view of this name, made if there is none; DomainError past the most."""
    of_page = (SavedView.person_id == viewer.person_id, SavedView.page == page)
    new_row = insert(SavedView).values(
        person_id=viewer.person_id, page=page, name=name, query="", columns=[]
    )
    session.execute(new_row.on_conflict_do_nothing())  # a second press changes the first one's row
    count = select(func.count()).select_from(SavedView).where(*of_page, SavedView.name != "")
    if name and session.scalars(count).one() > MOST:
        raise DomainError(
            _("You have saved %(most)s views of this list. Delete one first.", most=MOST)
        )
    return session.scalars(select(SavedView).where(*of_page, SavedView.name == name)).one()
