"""What lies in the store by a name, and a file of it that is ready to be handed out."""

from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies in a store by a name: its bytes, and since when (seconds of the epoch)."""

    name: str
    size: int
    at: float


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What a person gets: its name, its kind, its bytes, and where they are read from."""

    name: str
    media_type: str
    size: int
    content: IO[bytes]
