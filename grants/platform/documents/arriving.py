"""A file that comes in by pieces: over a bad line only the piece that was lost is sent again.

The pieces lie in the store, where every host finds them, until the last one is there. A person who
chooses the same file again, even the next day, goes on from where it was.
"""

import hashlib
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from io import BytesIO

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.documents.entries import Entry
from grants.platform.documents.store import Store
from grants.platform.file_checks.checks import LARGEST

ARRIVING = "arriving"
"""The folder in the store."""
MOST = 20
"""Files of one sender that may be under way; beyond, the one that has waited longest goes."""
KEPT = 2 * 24 * 3600
"""Seconds after its last piece that a file is kept."""

_PIECE = re.compile(r".*/([0-9a-f]{64})\.(\d+)-\d+")


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
    """The pieces of one file that have come in, each an entry that is never changed: two tabs or
    two hosts that take the same piece at once both keep it, and it is read once.
    """

    def __init__(self, store: Store, sender: int, mark: str) -> None:
        """`mark` tells the sender's files apart: where it goes, its name, size and date."""
        self.store, self.folder = store, f"{ARRIVING}/{sender}"
        self.file = hashlib.sha256(mark.encode()).hexdigest()

    def take(self, piece: Piece) -> int:
        """Keep a piece, and give how many bytes are there. What was there before is kept once; a
        piece that would leave a gap is not taken.
        """
        piece.check()
        files = self._pieces_by_file()
        size = _reach(files.pop(self.file, []))
        self._make_room(files)
        fresh = piece.content[size - piece.offset :] if piece.offset <= size else b""
        if fresh:
            name = f"{self.folder}/{self.file}.{size}-{len(fresh)}"
            self.store.write(name, BytesIO(fresh))
        return size + len(fresh)

    def content(self) -> bytes:
        """What has come in so far: nothing once another tab has finished the file."""
        content = b""
        try:
            for offset, entry in self._pieces_by_file()[self.file]:
                if offset > len(content):
                    break
                with self.store.open(entry.name) as piece:
                    content += piece.read()[len(content) - offset :]
        except FileNotFoundError:
            return b""
        return content

    def forget(self) -> None:
        """The file is kept elsewhere now, or refused."""
        self._remove(self._pieces_by_file()[self.file])

    def _pieces_by_file(self) -> dict[str, list[tuple[int, Entry]]]:
        """The pieces of this sender's files by where they begin."""
        files = defaultdict(list)
        for entry in self.store.entries(self.folder):
            if match := _PIECE.fullmatch(entry.name):
                files[match[1]].append((int(match[2]), entry))
        return defaultdict(list, {file: sorted(files[file], key=_beginning) for file in files})

    def _make_room(self, files: dict[str, list[tuple[int, Entry]]]) -> None:
        waiting = sorted(
            files.values(), key=lambda pieces: max(entry.at for _begin, entry in pieces)
        )
        for pieces in waiting[: max(0, len(waiting) - MOST + 1)]:
            self._remove(pieces)

    def _remove(self, pieces: list[tuple[int, Entry]]) -> None:
        for _begin, entry in pieces:
            self.store.remove(entry.name)


def _beginning(piece: tuple[int, Entry]) -> int:
    return piece[0]


def _reach(pieces: list[tuple[int, Entry]]) -> int:
    """Bytes from the beginning of a file without a gap."""
    size = 0
    for offset, entry in pieces:
        if offset <= size:
            size = max(size, offset + entry.size)
    return size


def clear_away(store: Store) -> None:
    """Delete what nobody has gone on with."""
    oldest = time.time() - KEPT
    for entry in list(store.entries(ARRIVING)):
        if entry.at < oldest:
            store.remove(entry.name)
