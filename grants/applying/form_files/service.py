"""Keeping the files of forms, and carrying them with a form to another installation."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.form_files.models import FormFile
from grants.core.audit.act import Act
from grants.core.kernel.errors import InvalidInput, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.documents.service import content_of, keep
from grants.platform.file_checks.checks import Upload

FILES = "files"
"""In the file of a form: what it shows, by digest."""


def place_file(session: Session, upload: Upload, act: Act, scope: Scope) -> FormFile:
    """Keep a file that a form shows. It is public as soon as a call with it is."""
    act.demand(Permission.CALL_EDIT, scope)
    document = keep(session, upload, act)
    form_file = find_file(session, document.sha256)
    if form_file is None:
        form_file = FormFile(sha256=document.sha256, document=document)
        session.add(form_file)
        session.flush()
    return form_file


def find_file(session: Session, digest: str) -> FormFile | None:
    return session.scalar(select(FormFile).where(FormFile.sha256 == digest))


def form_file_of(session: Session, digest: str) -> FormFile:
    """The file of a form; Missing if no form shows it."""
    form_file = find_file(session, digest)
    if form_file is None:
        raise Missing(_("File not found."))
    return form_file


def with_files(session: Session | None, form: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of a form, and in it the files that it shows, where they are at hand."""
    files = {
        digest: {
            "name": form_file.document.name,
            "content": base64.b64encode(content_of(form_file.document)).decode(),
        }
        for digest in digests_in(form)
        if session and (form_file := find_file(session, digest))
    }
    return {**form, FILES: files} if files else dict(form)


def take_files(session: Session, form: Any, act: Act, scope: Scope) -> None:
    """Keep the files that come with the definition of a form."""
    carried = form.get(FILES) if isinstance(form, Mapping) else None
    for digest, file in carried.items() if isinstance(carried, Mapping) else ():
        if find_file(session, digest) is None:
            place_file(session, _upload_in(file), act, scope)


def _upload_in(file: Any) -> Upload:
    try:
        return Upload(str(file["name"]), base64.b64decode(file["content"], validate=True))
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise InvalidInput(_("The file has a picture or a file that cannot be read.")) from error


def digests_in(form: Mapping[str, Any]) -> Iterator[str]:
    """The digests of all files that a definition names."""
    for section in form.get("sections", ()):
        for item in section.get("questions", ()):
            if item.get("file"):
                yield item["file"]
