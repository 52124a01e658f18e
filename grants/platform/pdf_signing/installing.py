"""Who signs in this installation, as its settings say."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.pdf_signing.keys import KeyFolder, KeyPair, by_fingerprint, fingerprint
from grants.platform.pdf_signing.signing import Known, PaperSigner

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.timestamps import TimeStamper


def key_folder(settings: Settings) -> KeyFolder:
    return KeyFolder(settings.data_dir / "signing")


def make_key(settings: Settings) -> None:
    """The key that signs documents, where the settings name no other and there is none yet."""
    if not settings.signing_pkcs11:
        key_folder(settings).make(settings.host, clock.wall())


@dataclass(slots=True)
class Desk:
    """The signer of a process: made at the first signature, and again when the key is replaced.

    A token is opened after a process was forked, as PKCS#11 asks.
    """

    settings: Settings
    lock: threading.Lock = field(default_factory=threading.Lock)
    _made: PaperSigner | None = None
    _of: tuple[int, int] | None = None

    def current(self) -> PaperSigner:
        with self.lock:
            state = self._file_state()
            if self._made is None or self._of != state:
                self._made, self._of = self._make_signer(), self._file_state()
            return self._made

    def known(self) -> Known:
        """The certificates in use and retired, by fingerprint."""
        folder = key_folder(self.settings)
        certificates = dict(by_fingerprint(folder.retired()))
        certificates |= by_fingerprint(iter(folder.current()))
        if self.settings.signing_pkcs11:
            certificate = self.current().certificate
            certificates[fingerprint(certificate)] = certificate
        return certificates

    def _file_state(self) -> tuple[int, int] | None:
        """Of the file of the key: another after it was replaced."""
        try:
            stat = key_folder(self.settings).file.stat()
        except OSError:  # which reading it then tells
            return None
        return stat.st_ino, stat.st_mtime_ns

    def _make_signer(self) -> PaperSigner:
        stamping = _authority_at(self.settings.timestamp_url)
        if self.settings.signing_pkcs11:
            from grants.platform.pdf_signing.hardware import Address

            signer, certificate = Address.of(self.settings.signing_pkcs11).open()
            return PaperSigner(lambda: signer, certificate, stamping)
        folder = key_folder(self.settings)
        if not self.settings.production:
            make_key(self.settings)
        pair = folder.read()
        chain = sum(len(item.public_bytes(Encoding.DER)) for item in pair.certificates[1:])
        return PaperSigner(lambda: _by_key(pair), pair.certificates[0], stamping, chain)


def _by_key(pair: KeyPair) -> "Signer":
    from grants.platform.pdf_signing.in_memory import OwnSigner

    return OwnSigner(pair)


def _authority_at(url: str | None) -> "Callable[[], TimeStamper] | None":
    def made() -> "TimeStamper":
        from grants.platform.pdf_signing.stamps import Authority

        assert url
        return Authority(url)

    return made if url else None


def refuse_pkcs11(settings: Settings) -> None:
    """DomainError where the key is not ours to replace."""
    if settings.signing_pkcs11:
        raise DomainError(
            _("The key is on the token of SIGNING_PKCS11. Replace it there, then restart.")
        )
