"""The files of forms, for those who read the call and for those who fill it in."""

from flask import Blueprint, Response

from grants.applying.calls.queries import require_shown
from grants.applying.form_files.service import form_file_of
from grants.platform.documents.service import content_of
from grants.platform.web.access import public, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import attachment

pages = Blueprint("form_files", __name__)


@pages.get("/form-files/<digest>/<name>")
@public
def show(digest: str, name: str) -> Response:  # noqa: ARG001 - the name is for the reader
    """A picture or a file, for who may see a call whose form shows it: taken out of all forms, or
    in those of drafts alone, it is not there for the public.
    """
    document = form_file_of(session(), digest).document
    require_shown(session(), digest, viewer())
    return attachment(document.name, document.media_type, content_of(document))
