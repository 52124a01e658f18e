"""Signing a PDF: PAdES B-B, or B-T where a time-stamping authority is configured.

The signature is the installation's, not a person's: it says who issued the PDF and that no byte has
changed. The moment it claims is the beginning of the day, so that the same document signed twice on
one day is the same file.

pyHanko, which takes twenty megabytes, is loaded with the first signature: a process that answers
pages has its documents signed where they are printed, and knows no more than the certificate.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.pdf_signing.gap import measured
from grants.platform.pdf_signing.keys import name_of
from grants.platform.pdf_signing.place import Place

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.timestamps import TimeStamper

LOG = logging.getLogger(__name__)
Known = Mapping[str, x509.Certificate]


@dataclass(frozen=True)
class PaperSigner:
    """Who signs, and what is asked for the time; both are made with the first signature."""

    opened: "Callable[[], Signer]"
    certificate: x509.Certificate
    stamping: "Callable[[], TimeStamper] | None" = None
    chain: int = 0
    """Bytes of the certificates that go along with the signer's own."""

    @cached_property
    def signer(self) -> "Signer":
        return self.opened()

    @cached_property
    def timestamper(self) -> "TimeStamper | None":
        return self.stamping() if self.stamping else None

    @property
    def name(self) -> str:
        return name_of(self.certificate)

    @property
    def size(self) -> int:
        """Bytes that a signature may need."""
        certificate = len(self.certificate.public_bytes(Encoding.DER))
        return 2048 + certificate + self.chain + (12_288 if self.stamping else 0)


Current = Callable[[], PaperSigner]
_current: Current | None = None
_known: Callable[[], Known] | None = None


def use_signer(current: Current, certificates: Callable[[], Known]) -> None:
    """Set who signs, and which certificates are or were ours, once, in the assembly."""
    global _current, _known
    _current, _known = current, certificates


def signer() -> PaperSigner:
    """Who signs now. DomainError if the key cannot be used."""
    assert _current is not None, "use_signer() was not called"
    return _current()


def known() -> Known:
    """The certificates of this installation, the earlier ones too, by their fingerprints."""
    assert _known is not None, "use_signer() was not called"
    return _known()


def place() -> Place:
    """The place for a signature in a PDF that is made now."""
    now = signer()
    reason = _("Issued by this office and unaltered since. Not the signature of a person.")
    return Place(now.name, reason, clock.day_of(clock.wall()), now.size)


def signed(content: bytes, sealed: Callable[[bytes], bytes]) -> bytes:
    """A new PDF, sealed, with the signature in the place left for it.

    Without an answer of the time-stamping authority it is signed without a time stamp. DomainError
    if it cannot be signed.
    """
    from pyhanko.sign.general import SigningError

    content, gap = measured(content)
    content = sealed(content)
    digest = hashlib.sha256(gap.covered(content)).digest()
    with_key = signer()
    try:
        return gap.filled(content, _message_over(with_key, digest))
    except (SigningError, ValueError) as error:
        raise DomainError(_("The document could not be signed: %(why)s.", why=error)) from error


def _message_over(with_key: PaperSigner, digest: bytes) -> bytes:
    """The signature over what has this digest, as a CMS message in DER."""
    from grants.platform.pdf_signing.in_memory import OwnSigner

    if isinstance(with_key.signer, OwnSigner) and not with_key.timestamper:
        return with_key.signer.message(digest)
    sign = partial(with_key.signer.async_sign, digest, "sha256", use_pades=True)
    if with_key.timestamper:
        try:
            message = asyncio.run(sign(timestamper=with_key.timestamper))
            return bytes(message.dump())
        except OSError as error:  # what pyHanko makes of every refusal, too
            LOG.warning("signed without a time stamp: %s", error)
    return bytes(asyncio.run(sign()).dump())
