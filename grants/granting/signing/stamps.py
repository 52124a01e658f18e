"""Signatures as the PDF shows them, and the files that it encloses."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """A signature as the PDF shows it."""

    side: str
    name: str
    function: str
    signed_at: datetime
    way: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A file that is enclosed in the PDF that both have signed."""

    name: str
    content: bytes
