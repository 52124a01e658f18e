"""What can be said of the signature of a file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SignatureVerdict(StrEnum):
    """What can be said of the signature of a file."""

    VALID = "valid"
    EXPIRED = "expired"
    """Ours, and the file is unaltered; but the certificate was not valid on the day of signing."""
    ADDED_TO = "added_to"
    """Ours, and what we signed is unaltered; but the file goes on after it."""
    ALTERED = "altered"
    """It names our certificate, but does not fit the bytes."""
    OTHER_KEY = "other_key"
    """Of another signer, or of one that cannot be told."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The signature of a file, as far as it can be believed."""

    standing: SignatureVerdict
    by: str = ""
    """The name in the certificate; of another key: what that certificate says of itself."""
    at: datetime | None = None
    """The moment it claims; None unless it is ours and fits."""
    stamped_at: datetime | None = None
    """The moment in a time stamp over the signature that fits it."""
    until: datetime | None = None
    """When the certificate expires."""
    end: int = 0
    """Bytes of the file that we issued; the rest was added later."""
