"""A file that comes in by pieces: over a bad line only the piece that was lost is sent again.

The pieces lie in a file of the sender's own until the last one is there. A person who chooses the
same file again, even the next day, goes on from where it was.
"""

import fcntl
import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.documents.checks import LARGEST

ARRIVING = "arriving"
"""The folder in DATA_DIR."""
MOST = 20
"""Files of one sender that may be under way; beyond, the one that has waited longest goes."""
KEPT = 2 * 24 * 3600
"""Seconds after its last piece that a file is kept."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a file of `total` bytes: `content` belongs `offset` bytes from its beginning."""

    offset: int
    total: int
    content: bytes

    def check(self) -> None:
        """InvalidInput where it cannot be part of a file that would be kept."""
        if self.total > LARGEST or self.offset + len(self.content) > self.total or self.offset < 0:
            raise InvalidInput(
                _("The file is too large: %(limit)s MB at most.", limit=LARGEST // 1024**2)
            )


class Arriving:
    """The pieces of one file that have come in."""

    def __init__(self, folder: Path, sender: int, mark: str) -> None:
        """`mark` tells the sender's files apart: where it goes, its name, size and date."""
        self.folder, self.sender = folder, sender
        self.path = folder / f"{sender}-{hashlib.sha256(mark.encode()).hexdigest()}.part"

    def take(self, piece: Piece) -> int:
        """Keep a piece, and give how many bytes are there. What was there before is kept once; a
        piece that would leave a gap is not taken.
        """
        piece.check()
        self._make_room()
        with self.path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = file.seek(0, os.SEEK_END)  # another tab may have written since it was opened
            if piece.offset <= size:
                file.write(piece.content[size - piece.offset :])
            return file.tell()

    def content(self) -> bytes:
        """What has come in so far: nothing once another tab has finished the file."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""

    def forget(self) -> None:
        """The file is kept elsewhere now, or refused."""
        self.path.unlink(missing_ok=True)

    def _make_room(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        other_files = set(self.folder.glob(f"{self.sender}-*.part")) - {self.path}
        waiting = sorted(other_files, key=lambda path: path.stat().st_mtime)
        for path in waiting[: max(0, len(waiting) - MOST + 1)]:
            path.unlink(missing_ok=True)


def clear_away(folder: Path) -> None:
    """Delete what nobody has gone on with."""
    oldest = time.time() - KEPT
    for path in folder.glob("*.part"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
