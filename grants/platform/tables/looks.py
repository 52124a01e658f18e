"""How the person who looks has set up a list: which columns, which saved views.

Only the fund's people set up lists. What they chose is kept by the key of each column; a key that
no longer exists is passed over, so a column can be renamed or removed at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from grants.core.choices.models import SavedView
from grants.core.choices.queries import views_of
from grants.core.choices.service import may_delete
from grants.core.people.permissions import Permission
from grants.core.people.viewer import VISITOR, Scope, Viewer
from grants.platform.tables.columns import Column
from grants.platform.web.access import arriving, viewer
from grants.platform.web.database import session
from grants.platform.web.face import known_funds

VIEW = "view"
"""The parameter of the address that says which saved view is open."""


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view as a link; `owner`: the colleague who shares it, if another person does."""

    name: str
    href: str
    current: bool
    owner: str


@dataclass(frozen=True, slots=True)
class Look:
    """A list as one person has set it up."""

    columns: Sequence[Column]
    page: str = ""
    """The endpoint of the list; nothing for a person who sets up no lists."""
    offered: Sequence[Column] = ()
    """The columns that can be left out or added: all but the first, which names the row."""
    views: Sequence[ViewLink] = ()
    opened: SavedView | None = None
    """The saved view that is open."""
    deletes: bool = False
    """May this person delete it?"""
    funds: Sequence[str] = ()
    """Codes of the funds with whose people this person may share views."""
    here: str = ""
    """The address with its filters and order, and the path alone."""
    path: str = ""
    roomy: bool = False

    @property
    def query(self) -> str:
        """Filters and order alone."""
        return self.here.partition("?")[2]

    def has(self, column: Column) -> bool:
        """Is this column shown?"""
        return column in self.columns


def look_of(columns: Sequence[Column]) -> Look:
    """The list as the person who looks has set it up."""
    usual = [column for column in columns if column.shown]
    person = viewer()
    if person is VISITOR or not person.works_for_a_fund or not request.endpoint:
        return Look(usual)
    views = views_of(session(), request.endpoint, person)
    view_id = request.args.get(VIEW, "")
    unnamed = next((view for view in views if not view.name), None)
    opened = next((view for view in views if view.name and str(view.id) == view_id), None)
    return Look(
        chosen(columns, opened or unnamed) or usual,
        request.endpoint,
        columns[1:],
        [_link_of(view, opened, person.person_id) for view in views if view.name],
        opened,
        opened is not None and may_delete(opened, person),
        _funds_to_share(person),
        f"{request.path}?{urlencode(_filters_here())}" if _filters_here() else request.path,
        request.path,
        bool((browser := arriving()) and browser.roomy),
    )


def chosen(columns: Sequence[Column], view: SavedView | None) -> list[Column]:
    """The columns of a view in the order of the list; none where it has chosen none."""
    if view is None or not view.columns:
        return []
    return [columns[0], *(column for column in columns[1:] if column.key in view.columns)]


def _link_of(view: SavedView, opened: SavedView | None, person_id: int | None) -> ViewLink:
    query = f"{view.query}&" if view.query else ""
    return ViewLink(
        view.name,
        f"{request.path}?{query}{VIEW}={view.id}",
        view is opened,
        "" if view.person_id == person_id else view.person.name,
    )


def _funds_to_share(person: Viewer) -> list[str]:
    if not person.may(Permission.LIST_SHARE):
        return []
    funds = known_funds()
    return [funds[key][0] for key in funds if person.may(Permission.LIST_SHARE, Scope(key))]


def _filters_here() -> list[tuple[str, Any]]:
    """What the address filters and orders by."""
    leaving = {"page", "format", VIEW, "language"}
    return [(k, v) for k, v in request.args.items(multi=True) if k not in leaving and v]
