"""How long a browser stays signed in: without a request, and at all.

When a browser last asked for something is in its own signed cookie, so that reading a page writes
nothing to the database. A cookie that was copied from a browser which then stood idle is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app, request
from flask import session as cookie

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.people.duties import needs_factor
from grants.core.people.permissions import Role
from grants.core.proofs.queries import Browser
from grants.variables import ByRole

SEEN = "seen"
OFTEN = timedelta(minutes=1)
"""The cookie is renewed at most so often."""
ITSELF = "X-Renew"
"""Header of a request that a page makes by itself: nobody sits there for sure."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """The limits of one person: those of their strictest role."""

    idle: timedelta
    longest: timedelta


def lasting_of(browser: Browser) -> Lasting:
    """The limits for this person, as set for the installation."""
    settings: Settings = current_app.extensions["settings"]
    roles = {membership.role for membership in browser.viewer.standings}
    minutes = _strictest_of(
        roles, settings.idle_minutes_by_role, settings.idle_minutes_staff, settings.idle_minutes
    )
    hours = _strictest_of(
        roles, settings.sign_in_hours_by_role, settings.sign_in_hours_staff, settings.sign_in_hours
    )
    return Lasting(timedelta(minutes=minutes), timedelta(hours=hours))


def _strictest_of(roles: Iterable[Role], by_role: ByRole, staff: int, usual: int) -> int:
    """The least that is set for any of the roles."""
    minutes = dict(by_role)
    limits = (minutes.get(role, staff if needs_factor(role) else usual) for role in roles)
    return min(limits, default=usual)


def is_over(browser: Browser) -> bool:
    """Has this browser stood idle too long, or been signed in too long?"""
    return clock.now() >= ends_at(browser)


def ends_at(browser: Browser) -> datetime:
    """When it is signed out if nothing more is asked for."""
    limits = lasting_of(browser)
    return min(_last_seen(browser) + limits.idle, browser.begun_at + limits.longest)


def signed_in_until(browser: Browser) -> int:
    """When this browser is signed out if nothing more is asked for, in seconds of the epoch."""
    limits = lasting_of(browser)
    end = min(clock.now() + limits.idle, browser.begun_at + limits.longest)
    return int(end.timestamp())


def _last_seen(browser: Browser) -> datetime:
    moment = cookie.get(SEEN)
    return datetime.fromtimestamp(moment, UTC) if isinstance(moment, int) else browser.begun_at


def note(browser: Browser) -> None:
    """A person used this browser at this moment."""
    if ITSELF not in request.headers and clock.now() - _last_seen(browser) > OFTEN:
        cookie[SEEN] = int(clock.now().timestamp())
