"""A page without a mark is closed to everyone.

`@public`, `@signed_in` and `@needs(Permission.X)` only mark a view; one before_request reads the
mark. Which records a person may see is decided in each room's queries.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from grants.core.audit.act import Act
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import VISITOR, Viewer
from grants.platform.web.arrival import arrived_at
from grants.platform.web.database import session

View = TypeVar("View", bound=Callable[..., Any])
DOOR = "_door"
PUBLIC, SIGNED_IN = "public", "signed in"


def _mark(door: str | Permission) -> Callable[[View], View]:
    def marked(view: View) -> View:
        setattr(view, DOOR, door)
        return view

    return marked


public = _mark(PUBLIC)
"""Anybody may open this page."""
signed_in = _mark(SIGNED_IN)
"""Anybody who has signed in; the view shows only what is theirs."""


def needs(permission: Permission) -> Callable[[View], View]:
    """Only for who holds the permission in at least one standing; acts ask again by record."""
    return _mark(permission)


def door_of(view: Any) -> str | Permission | None:
    """The mark of a view; without one the page stays closed."""
    return getattr(view, DOOR, None)


def opens(view: Any) -> bool:
    """May this person open the view?"""
    door = door_of(view)
    if isinstance(door, Permission):
        return viewer().may(door)
    return door == PUBLIC or (door == SIGNED_IN and viewer() is not VISITOR)


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: a signed-in browser. Its id is the token, so ending its row ends it."""

    def __init__(self, token: str, viewer: Viewer) -> None:
        self.id = token
        self.viewer = viewer


def install(app: Flask) -> None:
    manager = LoginManager(app)
    # Phones change their address on the way; the row in the database is what ends a session.
    manager.session_protection = None
    manager.user_loader(_load)

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        door = door_here()
        if door == PUBLIC:
            return None
        if door is None:
            abort(404)
        if viewer() is VISITOR:
            if request.method == "GET":
                return redirect(url_for("signin.sign_in", next=request.full_path))
            abort(401)
        if isinstance(door, Permission) and not viewer().may(door):
            abort(403)
        return None


def door_here() -> str | Permission | None:
    """The mark of the page that is asked for."""
    if request.endpoint is None:
        return None
    if request.endpoint == "static":
        return PUBLIC
    return door_of(current_app.view_functions[request.endpoint])


def _load(token: str) -> SignedIn | None:
    found = viewer_of(session(), credentials.browser_sign_in(token))
    return SignedIn(token, found) if found else None


def viewer() -> Viewer:
    """The person who is signed in, with the roles held at this moment; VISITOR when nobody has
    signed in.
    """
    return current_user.viewer if current_user.is_authenticated else VISITOR


def who() -> str:
    """A mark of the person who looks, for what their browser keeps; empty for a visitor."""
    return str(viewer().person_id or "")


def answer_as_to_a_visitor() -> None:
    """For a page about a failure: who looks may be unknown while the database is away."""
    visitor = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    g._login_user = visitor  # noqa: SLF001 - where Flask-Login looks, and offers no other way


def this_act(reason: str | None = None) -> Act:
    """The act that this request performs, at the moment the request arrived."""
    return Act(viewer(), reason, arrived_at())


def remember_sign_in(person: Person) -> None:
    """Sign a person in, inside a transaction: a new row, a new cookie that keeps the language."""
    token = credentials.sign_in(session(), person, request.user_agent.string)
    language = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language
    found = viewer_of(session(), person.id)
    assert found is not None
    login_user(SignedIn(token, found))


def forget_sign_in() -> None:
    """Sign this browser out, inside a transaction."""
    if current_user.is_authenticated:
        credentials.sign_out(session(), current_user.id)
        logout_user()
    cookie.clear()
