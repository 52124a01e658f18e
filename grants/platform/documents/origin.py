"""What a PDF says of itself in its metadata, under a seal: which document it is, of which facts.

The seal is a code over every byte of the file, made with a key that only this installation has.
So a PDF can be told to be ours and unaltered from its bytes alone, without printing it again and
without reading anything else in a file that a stranger submitted.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from html import escape, unescape

from grants.platform.pdf_signing.gap import gaps

NAMESPACE = "urn:paragraph20:document/"
FIELDS = ("document", "reference", "period", "language", "facts", "seal")
BLANK = "0" * 64
_SEAL = re.compile(rb"<p20:seal>([0-9a-f]{64})</p20:seal>")

_key: bytes | None = None


def use_seal_key(secret: str) -> None:
    """Set the secret of this installation, once, in the assembly."""
    global _key  # noqa: PLW0603 - one process serves one installation
    _key = hmac.digest(secret.encode(), b"paragraph 20: seal of documents", "sha256")


@dataclass(frozen=True, slots=True)
class Origin:
    """Which document a PDF is: enough to ask for it again."""

    document: str
    reference: str
    period: str
    """ "2026-01-01/2026-12-31", or empty."""
    language: str
    facts: str
    """SHA-256 of its facts as JSON."""

    def metadata(self) -> str:
        """The origin as RDF for the metadata of the PDF, with room for the seal."""
        facts = {name: getattr(self, name, BLANK) for name in FIELDS}
        lines = "".join(f"<p20:{name}>{escape(text)}</p20:{name}>" for name, text in facts.items())
        return f'<rdf:Description rdf:about="" xmlns:p20="{NAMESPACE}">{lines}</rdf:Description>'


def digest(facts: str) -> str:
    """What the metadata say of the facts."""
    return hashlib.sha256(facts.encode()).hexdigest()


def sealed(content: bytes) -> bytes:
    """The finished PDF with its seal; a PDF without an origin stays as it is."""
    if _SEAL.findall(content) != [BLANK.encode()]:
        return content
    return _with_seal(content, _seal_of(content))


def printed_seal(text: str) -> str:
    """The seal of words on paper, which has nothing in common with that of a file."""
    assert _key is not None, "use_seal_key() was not called"
    return hmac.new(_key, b"paper\0" + text.encode(), hashlib.sha256).hexdigest()


def origin_of(content: bytes) -> Origin | None:
    """Where an unaltered PDF of ours comes from; None for anything else."""
    seals = _SEAL.findall(content)
    if len(seals) != 1:
        return None
    for gap in gaps(content):  # the signature came after the seal
        content = gap.blank(content)
        break
    if not hmac.compare_digest(_seal_of(_with_seal(content, BLANK.encode())), seals[0]):
        return None
    return Origin(*(_field_in(content, name) for name in FIELDS[:-1]))


def _with_seal(content: bytes, seal: bytes) -> bytes:
    return _SEAL.sub(b"<p20:seal>" + seal + b"</p20:seal>", content)


def _seal_of(content: bytes) -> bytes:
    assert _key is not None, "use_seal_key() was not called"
    return hmac.new(_key, content, hashlib.sha256).hexdigest().encode()


def _field_in(content: bytes, name: str) -> str:
    match = re.search(rf"<p20:{name}>([^<]*)</p20:{name}>".encode(), content)
    return unescape(match[1].decode()) if match else ""
