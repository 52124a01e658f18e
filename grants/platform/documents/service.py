"""Keeping a file, and reading it again."""

import hashlib
import logging
from collections.abc import Collection, Mapping

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import Forbidden, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.documents.models import Document, Opening, ScanState
from grants.platform.documents.quota import require_room
from grants.platform.documents.reserving import reserve_store
from grants.platform.documents.scanner import ScannerAway, scanner
from grants.platform.documents.store import store
from grants.platform.file_checks.checks import ENDINGS, Upload, check

LOG = logging.getLogger(__name__)

EMPTIED: Mapping[str, object] = {
    "name": "–",
    "sha256": hashlib.sha256(b"").hexdigest(),
    "media_type": "text/plain",
    "size": 0,
}
"""What a document says whose content was taken back: an empty file without a name. What it held
goes from the store as all content to which no record refers.
"""


def keep(
    session: Session,
    upload: Upload,
    act: Act,
    *,
    organisation_id: int | None = None,
    accept: tuple[str, ...] = ENDINGS,
    signed: bool = False,
) -> Document:
    """Check a file and keep it; the caller hangs it on its record and writes the trail.

    Where a `signed` paper is asked for, the one that we issued is refused until it is signed.
    InvalidInput says what is wrong with it, DomainError that the organisation's space is used up.
    Without a virus scanner it counts as clean by the check of its content alone (`scanned_by`); one
    that does not answer leaves it waiting.
    """
    checked = check(upload, accept)
    if signed and checked.media_type == "application/pdf":
        from grants.platform.documents.signatures import require_signature

        require_signature(checked.content)
    scan, scanned_by = _scan_upload(checked.content)
    sha256 = hashlib.sha256(checked.content).hexdigest()
    if organisation_id is not None:
        require_room(session, organisation_id, sha256, len(checked.content))
    reserve_store(session)
    store().put(sha256, checked.content)
    document = Document(
        sha256=sha256,
        name=checked.name,
        media_type=checked.media_type,
        size=len(checked.content),
        scan=scan,
        scanned_by=scanned_by,
        uploaded_by_id=act.actor.person_id,
        organisation_id=organisation_id,
        uploaded_at=act.at,
    )
    session.add(document)
    session.flush()
    return document


def keep_issued(session: Session, name: str, content: bytes, act: Act) -> Document:
    """Keep a PDF that this installation has made; it is nobody's upload."""
    sha256 = hashlib.sha256(content).hexdigest()
    reserve_store(session)
    store().put(sha256, content)
    document = Document(
        sha256=sha256,
        name=name[:200],
        media_type="application/pdf",
        size=len(content),
        scan=ScanState.CLEAN,
        scanned_by=None,
        uploaded_by_id=None,
        organisation_id=None,
        uploaded_at=act.at,
    )
    session.add(document)
    session.flush()
    return document


def keep_emptied(session: Session) -> None:
    """Before a document is emptied: the store holds what it then refers to."""
    reserve_store(session)
    store().put(str(EMPTIED["sha256"]), b"")


def forget_names(session: Session, document_ids: Collection[int]) -> None:
    """The access log still says who opened these files, and no longer what they were called. A line
    of it cannot be changed: it is written again with its number.
    """
    lines = delete(Opening).where(
        Opening.document_id.in_(document_ids), Opening.name != EMPTIED["name"]
    )
    rows = session.execute(lines.returning(*Opening.__table__.c)).mappings().all()
    if rows:
        session.execute(insert(Opening), [{**row, "name": EMPTIED["name"]} for row in rows])


def _scan_upload(content: bytes) -> tuple[ScanState, str | None]:
    """What the virus scanner says of a file, and which. InvalidInput if it found something."""
    virus_scanner = scanner()
    if virus_scanner is None:
        return ScanState.CLEAN, None
    try:
        result = virus_scanner.scan(content)
    except ScannerAway as away:
        LOG.warning("an upload waits for the virus scanner: %s", away)
        return ScanState.PENDING, None
    if result.infection:
        raise InvalidInput(
            _(
                "The virus check found malicious content in this file (%(infection)s). Check "
                "your computer for viruses, and upload a clean file.",
                infection=result.infection,
            )
        )
    return ScanState.CLEAN, result.scanner


def content_of(document: Document) -> bytes:
    """What is in a file, exactly as it was kept. Forbidden unless it is clean."""
    if document.scan is ScanState.PENDING:
        raise Forbidden(
            _(
                "This file is waiting for the virus check, so it cannot be opened yet. Try again "
                "in a few minutes."
            )
        )
    if document.scan is not ScanState.CLEAN:
        raise Forbidden(_("This file was refused by the virus check, so it cannot be opened."))
    return store().read(document.sha256)
