"""The pages of a trustee: what waits, and each application with everything the Board is shown."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.applications.queries import file_of
from grants.applying.applications.workflow import APPLICATION, NEED
from grants.applying.calls.models import Call
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.board.queries import advice_on
from grants.deciding.dossiers import queries
from grants.deciding.dossiers.case import case_of
from grants.deciding.interests.forms import ids_in
from grants.deciding.interests.queries import MOST_CALLS, calls_to_declare
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cases import place_in
from grants.platform.web.access import needs, viewer
from grants.platform.web.beside import links_beside
from grants.platform.web.database import session
from grants.platform.web.downloads import send_document

pages = Blueprint("dossiers", __name__, url_prefix="/board")

NEWEST = 200
"""So many applications are listed, those of the newest calls first."""


@pages.get("")
@in_menu(_l("Board of Trustees"), 41, also=("interests",))
@needs(Permission.BOARD_SIT)
def index() -> ResponseReturnValue:
    """What a trustee declares on, and what they may read, call by call."""
    applications = queries.newest_readable(session(), viewer(), NEWEST)
    to_declare = calls_to_declare(session(), viewer(), _call_before())
    return render_template(
        "deciding/dossiers/index.html",
        to_declare=to_declare[:MOST_CALLS],
        older=_older_url(to_declare),
        begun=_call_before() is not None,
        calls=_by_call(applications),
        states=APPLICATION.names,
    )


def _call_before() -> int | None:
    """The call from which the page of those to declare on goes back."""
    text = request.args.get("before", "")
    return min(ids_in(text), default=None)


def _older_url(calls: Sequence[tuple[Call, int, int]]) -> str:
    """The page with the calls that are older than those shown."""
    if len(calls) <= MOST_CALLS:
        return ""
    return url_for(".index", before=calls[MOST_CALLS - 1][0].id)


def _by_call(applications: Sequence[Application]) -> list[tuple[Call, list[Application], bool]]:
    """Call by call; does one of its applications wait for a decision?"""
    grouped: dict[Call, list[Application]] = {}
    for application in applications:
        grouped.setdefault(application.call, []).append(application)
    return [(call, of, any(member.state in NEED for member in of)) for call, of in grouped.items()]


@pages.get("/applications/<reference>")
@needs(Permission.BOARD_SIT)
def show(reference: str) -> ResponseReturnValue:
    """One application as the Board sees it, with the one before and the one after."""
    application = queries.readable_application(session(), reference, viewer())
    listed, order = queries.readable_in_call(application.call, viewer())
    place = place_in(listed, Application, application, order)
    assert place is not None
    return render_template(
        "deciding/dossiers/show.html",
        application=application,
        case=case_of(session(), application),
        state=APPLICATION.names[application.state],
        advice=advice_on(session(), application),
        links=links_beside("dossier", application),
        before=_dossier_url(place.previous),
        after=_dossier_url(place.next),
        place=place,
    )


def _dossier_url(reference: str | None) -> str:
    return url_for("dossiers.show", reference=reference) if reference else ""


@pages.get("/applications/<reference>/files/<int:attached_id>")
@needs(Permission.BOARD_SIT)
def file(reference: str, attached_id: int) -> Response:
    """A file of an application that is open to this trustee."""
    application = queries.readable_application(session(), reference, viewer())
    attached = file_of(session(), application, attached_id, letters=True)
    return send_document(attached.document, application.scope)
