"""Looking at the files that wait, and telling the person who uploaded one that is refused."""

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.people.models import Person
from grants.platform.documents.models import Document, ScanState
from grants.platform.documents.scanner import Scanner, ScannerAway
from grants.platform.documents.store import store
from grants.platform.messages.service import Recipient, send

LOG = logging.getLogger(__name__)
AT_ONCE = 20
"""Files in one transaction; the others wait for the next."""


def scan_waiting(session: Session, scanner: Scanner) -> int:
    """How many files were looked at, the oldest first. Two workers do not take the same file.

    ScannerAway is not raised: it is logged, and what is left waits on.
    """
    waiting = session.scalars(
        select(Document)
        .where(Document.scan == ScanState.PENDING)
        .order_by(Document.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    count = 0
    for document in waiting:
        try:
            result = scanner.scan(store().read(document.sha256))
        except ScannerAway as away:
            LOG.warning("files wait for the virus scanner: %s", away)
            break
        document.scanned_by = result.scanner
        document.scan = ScanState.INFECTED if result.infection else ScanState.CLEAN
        count += 1
        if result.infection:
            LOG.warning("document %s is refused: %s", document.id, result.infection)
            _notify_uploader(session, document, result.infection)
    session.flush()
    return count


def _notify_uploader(session: Session, document: Document, infection: str) -> None:
    """The person who uploaded it, if that person has an account."""
    person = session.get(Person, document.uploaded_by_id) if document.uploaded_by_id else None
    if person is not None:
        send(
            session,
            Recipient.of(person),
            "platform/scanning/refused",
            event=f"document:{document.id}:refused",
            document=document,
            infection=infection,
        )
