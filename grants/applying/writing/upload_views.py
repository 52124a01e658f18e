"""Files of an application that go up by pieces as soon as they are chosen.

Without a script they go up with the form, as ever.
"""

from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.drafts import service as drafts
from grants.applying.writing.pages import own, pages
from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.documents.arriving import Arriving, Piece
from grants.platform.documents.store import store
from grants.platform.file_checks.checks import LARGEST, Upload
from grants.platform.forms.typed import counted
from grants.platform.questions import Files
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.arrival import without_unstorable
from grants.platform.web.database import transaction


def upload_marks(application: Application, question: Files) -> dict[str, Any]:
    """What the page's script has to know about files of a question; the texts it says."""
    several = {"multiple": "multiple"} if question.most > 1 else {}
    return several | {
        "data_upload": url_for(
            "applications.upload", reference=application.reference, question=question.key
        ),
        "data_largest": LARGEST,
        "data_token": "/token",
        "data_sending": _("Uploading…"),
        "data_offline": _(
            "No connection. The upload will continue automatically when the connection is back."
        ),
        "data_failed": _("Interrupted. We keep trying."),
        "data_signed_out": _("You are signed out. Sign in again in another tab; we keep trying."),
        "data_too_large": _("Too large: 10 MB at most."),
        "data_wrong_kind": _("This type of file cannot be uploaded here."),
        "data_done": _("Uploaded."),
        "data_cancel": _("Cancel"),
    }


@pages.post("/applying/<reference>/questions/<question>/upload")
@needs(Permission.APPLICATION_WRITE)
def upload(reference: str, question: str) -> ResponseReturnValue:
    """Take a piece of a file, and answer how many bytes are there: `received`. With the last one
    the file is checked and hangs on its question; a refusal says why.
    """
    application = own(reference)
    name = without_unstorable(request.form.get("name", ""))
    file = request.files.get("piece")
    total = counted(request.form.get("total"))
    piece = Piece(counted(request.form.get("offset")), total, file.read() if file else b"")
    mark = "\n".join((reference, question, request.form.get("mark", ""), name, str(total)))
    arriving = Arriving(store(), viewer().person_id or 0, mark)
    try:
        with transaction() as opened:
            drafts.asked_for_files(
                drafts.writable(
                    opened, application, this_act(), drafts.section_of(application, question)
                ),
                question,
            )
        received = arriving.take(piece)
        if received < total or not file:
            return jsonify(received=received)
        content = arriving.content()
        if len(content) < total:  # another tab has finished it; sent again, it is found kept
            return jsonify(received=len(content))
        with transaction() as opened:
            drafts.attach(opened, application, question, Upload(name, content), this_act())
    except FundError as refusal:
        arriving.forget()
        return jsonify(message=refusal.message), 422
    arriving.forget()
    return jsonify(received=received, attached=True)
