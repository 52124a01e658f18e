"""Which key an installation signs with: one for all its hosts, noted in the trail.

A host whose key is another one would call the papers of the others forged, so it makes none by
itself once a key is noted: it gets that one, or says what to do.
"""

from collections.abc import Iterable

from cryptography import x509
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.audit import chain
from grants.core.audit.models import TrailRow
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.platform.pdf_signing.installing import key_folder, make_key
from grants.platform.pdf_signing.keys import KeyPair, fingerprint
from grants.platform.signing_key.sharing import is_under_present_key, put_copy, take_copy

SUBJECT, ACTION = "signing_key", "use_key"
NOTED = (
    "SELECT facts ->> 'sha256' FROM trail WHERE subject = 'signing_key' AND subject_id = 0"
    " AND action = 'use_key' ORDER BY id DESC LIMIT 1"
)
"""The SHA-256 of the certificate that the installation signs with."""


NOTED_COPY = NOTED.replace("'sha256'", "'copy'")
"""Under which SHA-256 the encrypted copy of that key is among the files."""


COPIES = text("SELECT facts ->> 'copy' FROM trail WHERE subject = 'signing_key'")
"""The same of all keys that were ever noted."""


def note_key(session: Session, pair: KeyPair, earlier: Iterable[x509.Certificate]) -> None:
    """From now on all hosts of the installation sign with this key, and each can get it."""
    facts = {"sha256": fingerprint(pair.certificates[0]), "copy": put_copy(pair, earlier)}
    row = TrailRow(
        at=clock.now(),
        mark="trail",
        subject=SUBJECT,
        subject_id=0,
        action=ACTION,
        facts=facts,
    )
    session.add(row)
    session.flush()
    chain.note(session, [row])


def settle_key(session: Session, settings: Settings) -> str:
    """Make and note the key of a new installation, or get that of an installation that has one;
    empty, or what to do where that cannot be.
    """
    if settings.signing_pkcs11:
        return ""
    noted, folder = session.scalar(text(NOTED)), key_folder(settings)
    if not noted:
        make_key(settings)
        note_key(session, folder.read(), folder.retired())
        return fault(settings, noted)
    trouble = follow_key(session, settings)
    if not trouble and not is_under_present_key(session.scalar(text(NOTED_COPY))):
        note_key(session, folder.read(), folder.retired())
    return trouble


def follow_key(session: Session, settings: Settings) -> str:
    """Get the key of the installation where this host has none, or an earlier one; empty, or what
    is wrong.
    """
    noted, copy = session.scalar(text(NOTED)), session.scalar(text(NOTED_COPY))
    if fault(settings, noted) and copy and noted:
        take_copy(key_folder(settings), copy, noted)
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
