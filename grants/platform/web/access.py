"""A page without a mark is closed to everyone.

`@public`, `@signed_in`, `@entering` and `@needs(Permission.X)` only mark a view; one before_request
reads the mark. Which records a person may see is decided in each room's queries.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.people import credentials
from grants.core.people.guessing import network_of
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import VISITOR, Viewer
from grants.core.proofs.losses import open_loss, take_back_loss
from grants.core.proofs.queries import Browser, browser_of
from grants.core.proofs.service import note_proof
from grants.platform.web import lasting
from grants.platform.web.arrival import arrived_at
from grants.platform.web.database import session

LONGEST_NUMBER = 10

View = TypeVar("View", bound=Callable[..., Any])
DOOR = "_door"
PUBLIC, SIGNED_IN, ENTERING, BY_TOKEN = "public", "signed in", "entering", "by token"
AT_PROVIDER = "provider_signed_in"
"""In the cookie of a browser that signed in at the provider, and may still be signed in there."""


def _mark_view(door: str | Permission) -> Callable[[View], View]:
    def marked(view: View) -> View:
        setattr(view, DOOR, door)
        return view

    return marked


public = _mark_view(PUBLIC)
"""Anybody may open this page."""
signed_in = _mark_view(SIGNED_IN)
"""Anybody who has signed in; the view shows only what is theirs."""
entering = _mark_view(ENTERING)
"""Anybody whose passphrase or link was right, even if their second factor is still missing."""


by_token = _mark_view(BY_TOKEN)
"""A program with a token, which its view asks for itself (publishing/integration/door.py)."""


def needs(permission: Permission) -> Callable[[View], View]:
    """Only for who holds the permission in at least one standing; acts ask again by record."""
    return _mark_view(permission)


def door_of(view: Any) -> str | Permission | None:
    """The mark of a view; without one the page stays closed."""
    return getattr(view, DOOR, None)


def opens(view: Any) -> bool:
    """May this person open the view?"""
    door = door_of(view)
    if isinstance(door, Permission):
        return viewer().may(door)
    return door == PUBLIC or (door in (SIGNED_IN, ENTERING) and viewer() is not VISITOR)


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: a signed-in browser. Its id is the token, so ending its row ends it."""

    def __init__(self, token: str, browser: Browser) -> None:
        self.id = token
        self.browser = browser


def install(app: Flask) -> None:
    manager = LoginManager(app, add_context_processor=False)
    # Phones change their address on the way; the row in the database is what ends a session.
    manager.session_protection = None
    manager.user_loader(_load_browser)

    app.before_request(_guard_page)
    app.after_request(_note_use)


def _guard_page() -> ResponseReturnValue | None:
    """Read the mark of the page that is asked for."""
    door = door_here()
    if request.endpoint is None or door in (PUBLIC, BY_TOKEN):
        return None
    if door is None:
        abort(404)
    if viewer() is VISITOR and not (door == ENTERING and arriving()):
        if request.method == "GET":
            return redirect(url_for("signin.sign_in", next=request.full_path))
        abort(401)
    if isinstance(door, Permission) and not viewer().may(door):
        abort(403)
    return None


def _note_use(response: Response) -> Response:
    browser = arriving() if request.endpoint != "static" else None
    if browser:
        lasting.note(browser)
    return response


def signed_in_until() -> int | None:
    """When this browser is signed out if nothing more is asked for, in seconds of the epoch."""
    browser = arriving()
    return lasting.signed_in_until(browser) if browser else None


def door_here() -> str | Permission | None:
    """The mark of the page that is asked for."""
    if request.endpoint is None:
        return None
    if request.endpoint == "static":
        return PUBLIC
    return door_of(current_app.view_functions[request.endpoint])


def _load_browser(token: str) -> SignedIn | None:
    browser = browser_of(session(), token)
    return None if browser is None or lasting.is_over(browser) else SignedIn(token, browser)


def viewer() -> Viewer:
    """The person who is signed in, with the roles held at this moment; VISITOR when nobody has
    signed in, or a second factor is still missing.
    """
    browser = arriving()
    return browser.viewer if browser and browser.complete else VISITOR


FUND = "only-fund"
"""The fund that a person has chosen to work in: in the cookie, and in the address of a file that
the worker makes.
"""


def chosen_fund() -> int | None:
    """The fund in which this person has chosen to work; None: all of theirs."""
    text = str(request.args.get(FUND) or cookie.get(FUND, ""))
    chosen = int(text) if text.isdecimal() and len(text) < LONGEST_NUMBER else 0
    fund_ids = {role.fund_id for role in viewer().standings if role.organisation_id is None}
    return chosen if chosen and fund_ids & {None, chosen} else None


def at_work() -> Viewer:
    """The person who looks, in the fund that they have chosen: for lists and for what waits. A
    record that they may see is open to them whatever they have chosen.
    """
    chosen = chosen_fund()
    return viewer().within(chosen) if chosen else viewer()


def choose_fund(number: int | None) -> None:
    """Keep in this browser in which fund the person works now."""
    cookie[FUND] = str(number or "")


_ANSWERED_AS = "answered_as"


def arriving() -> Browser | None:
    """The browser of a person whose passphrase or link was right; a factor may be missing."""
    user = g.get(_ANSWERED_AS) or current_user
    return user.browser if user.is_authenticated else None


def own_act() -> Act:
    """An act about the person's own account, which may come before the second factor."""
    browser = arriving()
    assert browser is not None
    return Act(browser.viewer, None, arrived_at())


def who() -> str:
    """A mark of the person who looks, for what their browser keeps; empty for a visitor."""
    return str(viewer().person_id or "")


def answer_as_to_a_visitor() -> None:
    """For a page about a failure: who looks may be unknown while the database is away."""
    setattr(g, _ANSWERED_AS, AnonymousUserMixin())


def answer_as(who: Viewer) -> None:
    """For the worker, which asks for a page on behalf of a person who has ordered what is on it."""
    if who is VISITOR:
        answer_as_to_a_visitor()
        return
    now = clock.now()
    setattr(g, _ANSWERED_AS, SignedIn("", Browser(who, 0, now, now, has_factor=True)))


def opens_here() -> bool:
    """May this person open the page that is asked for?"""
    return request.endpoint is not None and opens(current_app.view_functions[request.endpoint])


def this_act(reason: str | None = None) -> Act:
    """The act that this request performs, at the moment the request arrived."""
    return Act(viewer(), reason, arrived_at())


def network_here() -> str:
    """The network that this request comes from, as far as our own proxies tell."""
    return network_of(request.remote_addr or "")


def remember_sign_in(person: Person, proved_at: datetime | None = None) -> None:
    """Sign a person in, inside a transaction: a new row, a new cookie that keeps the language.

    `proved_at`: when a second factor was used. Without one, a person who needs it is not in yet.
    """
    browser = request.user_agent.string
    token = credentials.sign_in(session(), person, browser, network_here(), proved_at)
    before = arriving()
    same = before is not None and before.viewer.person_id == person.id
    names = ("language", AT_PROVIDER) if same else ("language",)
    carried = {name: cookie[name] for name in names if name in cookie}
    cookie.clear()
    g.pop("csrf_token", None)  # a page that this very request shows needs a token of the new cookie
    cookie.update(carried)
    cookie[lasting.SEEN] = int(clock.now().timestamp())
    _take_up(token)


def remember_proof(person: Person) -> None:
    """A second factor was used, inside a transaction: this completes the sign-in, under a new
    token, or shows again who sits here.
    """
    browser = arriving()
    assert browser is not None
    if loss := open_loss(session(), person.id):
        take_back_loss(session(), loss, own_act())  # it is not lost, or the report was not theirs
    if browser.complete:
        note_proof(session(), browser.sign_in_id)
        _take_up(current_user.id)
    else:
        credentials.sign_out(session(), current_user.id)
        remember_sign_in(person, clock.now())


def _take_up(token: str) -> None:
    browser = _load_browser(token)
    assert browser is not None
    login_user(browser)


def forget_sign_in() -> None:
    """Sign this browser out, inside a transaction."""
    if current_user.is_authenticated:
        credentials.sign_out(session(), current_user.id)
        logout_user()
    cookie.clear()
