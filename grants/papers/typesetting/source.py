"""What a document is printed from: with the same matter the press makes the same bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from grants.core.kernel.apart import LIMIT, apart
from grants.papers.typesetting.chinese import chinese_of_our_words
from grants.papers.typesetting.enclosed import Enclosure, Picture
from grants.papers.typesetting.finishing import printed_here
from grants.platform.documents.origin import BLANK, sealed
from grants.platform.pdf_signing.keys import fingerprint
from grants.platform.pdf_signing.signing import place, signer

LONG = 40_000
"""Characters of HTML: a document of this size takes nearly a second to print."""
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class PrintSource:
    """The HTML of one document, its direction ("ltr", "rtl"), and what is enclosed in it."""

    html: str
    direction: str
    enclosures: tuple[Enclosure, ...] = ()
    pictures: tuple[Picture, ...] = ()
    """Those that the HTML names by their hash."""
    signed: bool = False
    """It gets the signature of this installation, which is no part of the key."""

    @property
    def is_long(self) -> bool:
        """Does printing it take longer than a person should wait for a page?"""
        return len(self.html) > LONG

    @property
    def key(self) -> str:
        """SHA-256 of it and of the press: where it is the same, so is the PDF."""
        whole = hashlib.sha256(_printing_rules().encode())
        for part in self._hashed_parts():
            whole.update(len(part).to_bytes(8, "big") + part)
        return whole.hexdigest()

    def stamp(self) -> str:
        """What this installation adds to it today: with the same, the bytes are the same."""
        seal = sealed(f"<p20:seal>{BLANK}</p20:seal>".encode())
        return repr((seal, place(), fingerprint(signer().certificate)) if self.signed else seal)

    def _hashed_parts(self) -> Iterator[bytes]:
        yield self.html.encode()
        yield self.direction.encode()
        yield b"signed" if self.signed else b""
        for item in self.enclosures:
            yield from (item.name.encode(), item.content, item.description.encode())

    def printed(self, limit: float | None = None) -> bytes:
        """The PDF, under the seal of this installation, and signed where it is a record.

        Unfinished if it takes longer than so many seconds: none are given, as its length allows.
        """
        arguments = {
            "html": self.html,
            "direction": self.direction,
            "enclosures": self.enclosures,
            "pictures": self.pictures,
            "place": place() if self.signed else None,
        }
        return apart(printed_here, arguments, limit=limit or (_longest if self.is_long else LIMIT))


_longest: float = 300
"""Seconds that a long document may take."""


def use_limit(seconds: float) -> None:
    """Set how long a long document may take."""
    global _longest  # noqa: PLW0603 - one process serves one installation
    _longest = seconds


@cache
def _printing_rules() -> str:
    """What else the bytes depend on: our rules for printing, and the packages that print."""
    rules = sorted(path for path in HERE.iterdir() if path.suffix in {".py", ".css", ".svg"})
    cut = "".join(chr(sign) for sign in sorted(chinese_of_our_words()))
    ours = hashlib.sha256(b"".join([*(path.read_bytes() for path in rules), cut.encode()]))
    return " ".join(
        [ours.hexdigest(), *(version(name) for name in ("weasyprint", "pydyf", "uharfbuzz"))]
    )
