"""Files coming in and going out: read with a limit, served as attachments that run nowhere."""

import io
from http import HTTPStatus

from flask import Response, after_this_request, request, send_file
from werkzeug.datastructures import FileStorage

from grants.core.people.viewer import Scope
from grants.platform.documents.models import Document
from grants.platform.documents.opening import log_opening
from grants.platform.documents.service import content_of
from grants.platform.file_checks.checks import Upload
from grants.platform.web.access import this_act
from grants.platform.web.arrival import without_unstorable
from grants.platform.web.database import after_reading

OPENED = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)
"""A part of a file may be all of it."""


def received(file: FileStorage) -> Upload:
    """What a FileField holds, as the documents room takes it."""
    return Upload.of(without_unstorable(file.filename or ""), file.stream)


def send_document(document: Document, scope: Scope | None, name: str = "") -> Response:
    """The file as a download, under its own name or another, and a line in the access log. The
    caller has found that this person may see its record, whose `scope` it is.
    """
    note_opening(name or document.name, scope, document)
    return attachment(name or document.name, document.media_type, content_of(document))


def note_opening(name: str, scope: Scope | None, document: Document | None = None) -> None:
    """Write into the access log who gets this file, once it is there: a page that says that it is
    still being made opens nothing. Where the line cannot be written, the file does not go out.
    """
    fund_id, number = scope.fund_id if scope else None, document.id if document else None

    @after_this_request
    def log(response: Response) -> Response:
        handed_out = response.headers.get("Content-Disposition", "").startswith("attachment")
        if handed_out and response.status_code in OPENED and request.method == "GET":
            with after_reading() as opened:
                log_opening(opened, this_act(), name, request.path, fund_id, number)
        return response


def attachment(name: str, media_type: str, content: bytes) -> Response:
    """Any content as a download: never shown inside our own address, never cached by others."""
    response = send_file(
        io.BytesIO(content), media_type, as_attachment=True, download_name=name, max_age=0
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
