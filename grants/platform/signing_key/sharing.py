"""The signing key for every host of an installation: an encrypted copy among the shared files.

It is encrypted with SECRET_KEY, so a copy of the files or a backup alone signs nothing. The trail
names it beside the certificate, and what it holds is taken only if it is the key of that one.
"""

import hashlib
from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from grants.core.database.encryption import Owned, decrypted, encrypted, is_of, key_names
from grants.core.kernel.errors import DomainError, Missing
from grants.platform.documents.store import store
from grants.platform.pdf_signing.keys import KeyFolder, KeyPair, fingerprint, pair_of

BORDER = "\n---- certificates of earlier keys ----\n"


def put_copy(pair: KeyPair, earlier: Iterable[x509.Certificate]) -> str:
    """Keep a copy of the key and of the certificates of earlier ones; under which SHA-256."""
    old = b"".join(item.public_bytes(Encoding.PEM) for item in earlier)
    text = pair.pem().decode("ascii") + BORDER + old.decode("ascii")
    content = encrypted(Owned(text, _owner_of(fingerprint(pair.certificates[0])))).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    store().put(sha256, content)
    return sha256


def take_copy(folder: KeyFolder, copy: str, certificate: str) -> bool:
    """Write the copy of the key of this certificate into the folder of this host; False where it
    cannot be read, or is that of another key.
    """
    text = _text_of(copy, certificate)
    if not text:
        return False
    own, _border, old = text.partition(BORDER)
    try:
        pair = pair_of(own.encode())
    except DomainError:
        return False
    if fingerprint(pair.certificates[0]) != certificate:
        return False
    folder.rotate(pair)
    if old:
        folder.keep_retired(x509.load_pem_x509_certificates(old.encode()))
    return True


def is_under_present_key(copy: str | None) -> bool:
    """Could a host that knows only the present SECRET_KEY read the copy?"""
    try:
        return bool(copy) and store().read(copy or "").decode().startswith(f"{key_names()[0]}:")
    except (Missing, ValueError):
        return False


def _text_of(copy: str, certificate: str) -> str:
    try:
        text = decrypted(store().read(copy).decode())
    except (Missing, ValueError):
        return ""
    return text if is_of(text, _owner_of(certificate)) else ""


def _owner_of(certificate: str) -> str:
    return f"signing key {certificate}"
