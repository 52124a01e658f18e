"""What asks again who sits here: acts and files that need a proof of some minutes ago at most.

Every act behind a permission of STEP_UP asks by itself. A view says so for what no such permission
guards: `@asks_again` for an act, `@asks_first` for a page or a file to look at.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import current_app, request

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.people.duties import STEP_UP
from grants.platform.web.access import arriving, door_of
from grants.platform.web.database import SAFE_METHODS

View = TypeVar("View", bound=Callable[..., Any])
_ACT, _PAGE, _FILES = "_act_asks_again", "_page_asks_first", "_files_ask_first"


def asks_again(view: View) -> View:
    """This act asks again, though its door is a wider permission."""
    setattr(view, _ACT, True)
    return view


def asks_first(view: View) -> View:
    """This page or file is shown only after a fresh proof."""
    setattr(view, _PAGE, True)
    return view


def files_ask_first(view: View) -> View:
    """This list is for reading; as a file (`?format=`) it takes personal data away."""
    setattr(view, _FILES, True)
    return view


def acts_ask(view: Any) -> bool:
    """Does what this view does ask again?"""
    return door_of(view) in STEP_UP or getattr(view, _ACT, False)


def shows_ask(view: Any) -> bool:
    """Does what this view shows, or gives as a file, ask again?"""
    return getattr(view, _PAGE, False) or getattr(view, _FILES, False)


def proof_is_old() -> bool:
    """Does this request need a proof, and is the last one too old?"""
    view = current_app.view_functions.get(request.endpoint or "")
    browser = arriving()
    if browser is None or not browser.complete or not _asks_again(view):
        return False
    return clock.now() - (browser.proved_at or browser.begun_at) > allowed_age()


def allowed_age() -> timedelta:
    """How old a proof may be: a setting."""
    settings: Settings = current_app.extensions["settings"]
    return timedelta(minutes=settings.step_up_minutes)


def _asks_again(view: Any) -> bool:
    if request.method not in SAFE_METHODS:
        return acts_ask(view)
    return getattr(view, _PAGE, False) or (
        getattr(view, _FILES, False) and "format" in request.args
    )
