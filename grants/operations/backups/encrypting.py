"""Backups that only the holder of a key can read, in the format of age (age-encryption.org).

The installation knows the public keys alone (BACKUP_RECIPIENTS): a thief of it reads no backup.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyrage import DecryptError, IdentityError, RecipientError, decrypt_file, encrypt_file, ssh
from pyrage.x25519 import Identity, Recipient

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.operations.backups.archive import Damaged

MARK = b"age-encryption.org/v1"
SUFFIX = ".age"


def recipient_of(text: str) -> Any:
    """A public key: `age1…`, or of SSH (`ssh-ed25519 …`). DomainError if it is none."""
    try:
        return ssh.Recipient.from_str(text) if " " in text else Recipient.from_str(text)
    except (RecipientError, ValueError) as fault:
        raise DomainError(
            _("BACKUP_RECIPIENTS: “%(key)s” is not a public key of age.", key=text[:80])
        ) from fault


def new_key() -> tuple[str, str]:
    """A private key to keep in the safe, and the public one for BACKUP_RECIPIENTS."""
    identity = Identity.generate()
    return str(identity), str(identity.to_public())


def encrypt(path: Path, into: Path, recipients: Sequence[str]) -> None:
    """Write the file so that each of these keys alone reads it."""
    into.unlink(missing_ok=True)
    into.touch(0o600)
    encrypt_file(str(path), str(into), [recipient_of(text) for text in recipients])


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def decrypt(path: Path, key_file: Path | None, into: Path) -> None:
    """Write what is in an encrypted backup. Damaged if the key is another, or the file is cut."""
    if key_file is None:
        raise DomainError(_("The backup is encrypted. Name the file of its key: --identity FILE."))
    into.touch(0o600)
    try:
        decrypt_file(str(path), str(into), _identities_in(key_file))
    except (DecryptError, OSError) as fault:
        into.unlink(missing_ok=True)
        if "matching keys" in str(fault):
            raise Damaged(_("The backup was encrypted for another key.")) from fault
        raise Damaged(_("The file has been altered and cannot be decrypted.")) from fault


def _identities_in(key_file: Path) -> list[Any]:
    """The private keys of a file as age writes it, or the one of SSH in it."""
    try:
        content = key_file.read_bytes()
        if b"PRIVATE KEY" in content:
            return [ssh.Identity.from_buffer(content)]
        lines = [line.strip() for line in content.decode("ascii").splitlines()]
        return [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, ValueError, IdentityError) as fault:
        raise DomainError(_("%(file)s is not a private key of age.", file=key_file)) from fault
