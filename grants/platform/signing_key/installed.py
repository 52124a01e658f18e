"""Which key an installation signs with: one for all its hosts, noted in the trail.

A host whose key is another one would call the papers of the others forged, so it makes none by
itself once a key is noted; it says what to do.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.audit import chain
from grants.core.audit.models import TrailRow
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.platform.pdf_signing.installing import key_folder, make_key
from grants.platform.pdf_signing.keys import fingerprint

SUBJECT, ACTION = "signing_key", "use_key"
NOTED = (
    "SELECT facts ->> 'sha256' FROM trail WHERE subject = 'signing_key' AND subject_id = 0"
    " AND action = 'use_key' ORDER BY id DESC LIMIT 1"
)
"""The SHA-256 of the certificate that the installation signs with."""


def note_key(session: Session, sha256: str) -> None:
    """From now on all hosts of the installation sign with the key of this certificate."""
    row = TrailRow(
        at=clock.now(),
        mark="trail",
        subject=SUBJECT,
        subject_id=0,
        action=ACTION,
        facts={"sha256": sha256},
    )
    session.add(row)
    session.flush()
    chain.note(session, [row])


def settle_key(session: Session, settings: Settings) -> str:
    """Make and note the key of a new installation; empty, or what to do where another is noted."""
    if settings.signing_pkcs11:
        return ""
    noted, folder = session.scalar(text(NOTED)), key_folder(settings)
    if not noted:
        make_key(settings)
        note_key(session, fingerprint(folder.read().certificates[0]))
    return fault(settings, noted)


def fault(settings: Settings, noted: str | None) -> str:
    """Empty, or what is wrong with the key of this host. DomainError if it cannot be read."""
    folder = key_folder(settings)
    prints = {fingerprint(certificate) for certificate in folder.current()}
    if settings.signing_pkcs11 or not noted or noted in prints:
        return ""
    return _(
        "This installation signs its documents with another key than this host has. Copy "
        "signer.pem and the folder “retired” from the host that has it into %(folder)s. If it is "
        "lost, run flask signing-key rotate.",
        folder=folder.path,
    )
