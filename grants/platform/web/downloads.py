"""Files coming in and going out: read with a limit, served as attachments that run nowhere."""

import io

from flask import Response, send_file
from werkzeug.datastructures import FileStorage

from grants.platform.documents.checks import Upload
from grants.platform.documents.models import Document
from grants.platform.documents.service import content_of
from grants.platform.web.arrival import without_unstorable


def received(file: FileStorage) -> Upload:
    """What a FileField holds, as the documents room takes it."""
    return Upload.of(without_unstorable(file.filename or ""), file.stream)


def send_document(document: Document, name: str = "") -> Response:
    """The file as a download, under its own name or another. The caller has found that this person
    may see its record.
    """
    return attachment(name or document.name, document.media_type, content_of(document))


def attachment(name: str, media_type: str, content: bytes) -> Response:
    """Any content as a download: never shown inside our own address, never cached by others."""
    response = send_file(
        io.BytesIO(content), media_type, as_attachment=True, download_name=name, max_age=0
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
