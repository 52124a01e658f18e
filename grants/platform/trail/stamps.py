"""Time stamps (RFC 3161) of the signed heads of the trail, by an independent authority.

A person who holds SECRET_KEY could sign heads for days that have passed. The time stamp of an
authority that knows neither the key nor us cannot be made afterwards.
"""

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem, tsp, x509
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.timestamps.common_utils import TimestampRequestError, handle_tsp_response
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.pdf_signing.stamps import Authority

LOG = logging.getLogger(__name__)
AT_ONCE = 10
"""So many heads are stamped in one night: those that the authority missed, the newest first."""
_UNREADABLE = (
    *(CMSExtractionError, SignatureValidationError, TimestampRequestError),
    *(AttributeError, KeyError, TypeError, ValueError),
)


@dataclass(frozen=True, slots=True)
class StampingAuthority:
    """A time-stamping authority, and the file with the certificates that it rests on (PEM).

    Without that file a time stamp is checked by the certificate that it brings along: it is whole
    and of these bytes, but whose it is stays open.
    """

    url: str
    roots: Path | None = None

    def stamp(self, content: bytes) -> bytes:
        """A time stamp of these bytes, checked. DomainError if the authority gives none."""
        authority = Authority(self.url)
        nonce, question = authority.request_cms(  # type: ignore[no-untyped-call]
            hashlib.sha256(content).digest(), "sha256"
        )
        try:
            answer = authority.ask(question.dump())
            handle_tsp_response(answer, nonce)
        except (OSError, *_UNREADABLE) as error:
            raise DomainError(_("The time-stamping authority gives no time stamp.")) from error
        stamp = bytes(answer.dump())
        if not self.stamped(content, stamp):
            raise DomainError(_("The time-stamping authority gives no time stamp."))
        return stamp

    def stamped(self, content: bytes, stamp: bytes) -> bool:
        """Is this a time stamp of these bytes, by this authority?"""
        try:
            signed = handle_tsp_response(tsp.TimeStampResp.load(stamp), None)["content"]
            moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
            context = ValidationContext(trust_roots=self._root_certificates(), moment=moment)
            status = asyncio.run(
                validate_tst_signed_data(
                    signed, context, lambda name: hashlib.new(name, content).digest()
                )
            )
        except _UNREADABLE:
            return False
        whole = bool(status["intact"] and status["valid"])
        return whole and (self.roots is None or status["trust_problem_indic"] is None)

    def _root_certificates(self) -> list[x509.Certificate]:
        if self.roots is None:
            return []
        parts = pem.unarmor(self.roots.read_bytes(), multiple=True)
        return [x509.Certificate.load(content) for _kind, _headers, content in parts]


def stamp_heads(authority: StampingAuthority, folder: Path) -> int:
    """Stamp the heads that have no time stamp; how many. One that is missed waits for a night."""
    missing = [
        path for path in sorted(folder.glob("trail-*.json")) if not _stamp_beside(path).exists()
    ]
    stamped = 0
    for path in missing[::-1][:AT_ONCE]:
        try:
            _stamp_beside(path).write_bytes(authority.stamp(path.read_bytes()))
        except (DomainError, OSError) as trouble:
            LOG.warning("no time stamp for %s: %s", path.name, type(trouble).__name__)
            break
        stamped += 1
    return stamped


def false_stamps(authority: StampingAuthority, folder: Path) -> Iterator[str]:
    """A sentence for each time stamp that is not of its head, or not of this authority."""
    for path in sorted(folder.glob("trail-*.tsr")):
        head = path.with_suffix(".json")
        if not (head.exists() and authority.stamped(head.read_bytes(), path.read_bytes())):
            yield _("Audit trail: the time stamp %(file)s is not genuine.", file=path.name)


def _stamp_beside(head: Path) -> Path:
    return head.with_suffix(".tsr")
