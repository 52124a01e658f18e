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
from grants.core.people.permissions import Role, needs_factor
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
    kept: Settings = current_app.extensions["settings"]
    roles = {standing.role for standing in browser.viewer.standings}
    minutes = _strictest(
        roles, kept.idle_minutes_by_role, kept.idle_minutes_staff, kept.idle_minutes
    )
    hours = _strictest(
        roles, kept.sign_in_hours_by_role, kept.sign_in_hours_staff, kept.sign_in_hours
    )
    return Lasting(timedelta(minutes=minutes), timedelta(hours=hours))


def _strictest(roles: Iterable[Role], by_role: ByRole, staff: int, others: int) -> int:
    """The least that is set for any of the roles."""
    own = dict(by_role)
    limits = (own.get(role, staff if needs_factor(role) else others) for role in roles)
    return min(limits, default=others)


def is_over(browser: Browser) -> bool:
    """Has this browser stood idle too long, or been signed in too long?"""
    return clock.now() >= ends_at(browser)


def ends_at(browser: Browser) -> datetime:
    """When it is signed out if nothing more is asked for."""
    limits = lasting_of(browser)
    return min(_seen(browser) + limits.idle, browser.begun_at + limits.longest)


def signed_in_until(browser: Browser) -> int:
    """When this browser is signed out if nothing more is asked for, in seconds of the epoch."""
    limits = lasting_of(browser)
    end = min(clock.now() + limits.idle, browser.begun_at + limits.longest)
    return int(end.timestamp())


def _seen(browser: Browser) -> datetime:
    seen = cookie.get(SEEN)
    return datetime.fromtimestamp(seen, UTC) if isinstance(seen, int) else browser.begun_at


def note(browser: Browser) -> None:
    """A person used this browser at this moment."""
    if ITSELF not in request.headers and clock.now() - _seen(browser) > OFTEN:
        cookie[SEEN] = int(clock.now().timestamp())
