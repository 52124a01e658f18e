"""A file that was made here and lies in a folder, ready to be handed out."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What a person gets, and where it lies."""

    name: str
    media_type: str
    path: Path
