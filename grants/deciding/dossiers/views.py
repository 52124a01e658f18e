"""One application for a trustee, with everything the Board is shown."""

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.applications.queries import file_of
from grants.applying.applications.workflow import APPLICATION
from grants.core.people.permissions import Permission
from grants.deciding.board.queries import advice_on
from grants.deciding.dossiers import queries
from grants.deciding.dossiers.case import case_of
from grants.platform.tables.cases import place_in
from grants.platform.web.access import needs, viewer
from grants.platform.web.beside import links_beside
from grants.platform.web.database import session
from grants.platform.web.downloads import send_document

pages = Blueprint("dossiers", __name__, url_prefix="/board")


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
