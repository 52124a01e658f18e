"""The code on a printed document that a telephone scans: an address that names the document.

On paper nothing of a file is left but what can be seen. The code says which document it is and of
which facts, under a code that only this installation can make: so nobody asks for another document
with it, and nobody learns from it what is not on the paper.
"""

import hmac
import io
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from urllib.parse import urlencode

import segno

from grants.core.kernel.links import absolute
from grants.platform.documents.origin import Origin, printed_seal

SIGNS = 24
"""Hexadecimal signs of a hash that are printed: 96 bits, which nobody finds by trying."""
NAMES = ("d", "r", "p", "l", "f", "c")
SEAL = "s"


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """What the code on a paper says: the document, the beginning of the hash of its facts, and the
    number of its certificate, where it has one.
    """

    document: str
    reference: str
    period: str
    language: str
    facts: str
    certificate: str = ""

    @classmethod
    def of(cls, origin: Origin, certificate: str = "") -> "ScannedCode":
        return cls(
            origin.document,
            origin.reference,
            origin.period,
            origin.language,
            origin.facts[:SIGNS],
            certificate,
        )

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "ScannedCode | None":
        """The code of an address; None unless this installation made it."""
        code = cls(*(query.get(name, "") for name in NAMES))
        genuine = hmac.compare_digest(code._seal.encode(), query.get(SEAL, "").encode())
        return code if genuine else None

    @property
    def origin(self) -> Origin:
        return Origin(self.document, self.reference, self.period, self.language, self.facts)

    @property
    def address(self) -> str:
        """The page that says what the document is, and whether its figures are still current."""
        parts = {name: text for name, text in zip(NAMES, astuple(self), strict=True) if text}
        return absolute(f"verify?{urlencode({**parts, SEAL: self._seal}, safe='/')}")

    def drawn(self) -> bytes:
        """The picture to scan, as PNG."""
        picture = io.BytesIO()
        code = segno.make(self.address, error="l", micro=False)
        code.save(picture, kind="png", scale=6, border=0)
        return picture.getvalue()

    @property
    def _seal(self) -> str:
        return printed_seal("\n".join(astuple(self)))[:SIGNS]
