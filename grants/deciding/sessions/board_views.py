"""The page of the Board, as a trustee sees it: what awaits them, and what they may read."""

from collections.abc import Sequence
from itertools import groupby

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.applying.calls.models import Call
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.dossiers import queries
from grants.deciding.dossiers.views import pages
from grants.deciding.interests.forms import ids_in
from grants.deciding.interests.queries import MOST_CALLS, calls_to_declare
from grants.deciding.sessions.awaiting import Awaiting, awaiting
from grants.deciding.sessions.models import BALLOT, BoardSession, Leaning
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session

NEWEST = 200
"""So many applications are listed, those of the newest calls first."""


@pages.get("")
@in_menu(_l("Board of Trustees"), 41, also=("interests",))
@needs(Permission.BOARD_SIT)
def index() -> ResponseReturnValue:
    """What awaits this trustee, what they declare on, and what they may read, call by call."""
    applications = queries.newest_readable(session(), viewer(), NEWEST)
    to_declare = calls_to_declare(session(), viewer(), _call_before())
    return render_template(
        "deciding/sessions/board.html",
        by_meeting=_by_meeting(awaiting(session(), viewer())),
        to_declare=to_declare[:MOST_CALLS],
        older=_older_url(to_declare),
        begun=_call_before() is not None,
        calls=_by_call(applications),
        states=APPLICATION.names,
        ballot=BALLOT,
        leanings=Leaning,
    )


def _by_meeting(lines: Sequence[Awaiting]) -> list[tuple[BoardSession, list[Awaiting]]]:
    return [(meeting, list(own)) for meeting, own in groupby(lines, lambda line: line.item.meeting)]


def _call_before() -> int | None:
    """The call from which the page of those to declare on goes back."""
    text = request.args.get("before", "")
    return min(ids_in(text), default=None)


def _older_url(calls: Sequence[tuple[Call, int, int]]) -> str:
    """The page with the calls that are older than those shown."""
    if len(calls) <= MOST_CALLS:
        return ""
    return url_for(".index", before=calls[MOST_CALLS - 1][0].id)


def _by_call(applications: Sequence[Application]) -> dict[Call, list[Application]]:
    grouped: dict[Call, list[Application]] = {}
    for application in applications:
        grouped.setdefault(application.call, []).append(application)
    return grouped
