"""Passphrases that were stolen elsewhere and published: nobody here chooses one of them.

BREACHED_PASSPHRASES names a file of the service Have I Been Pwned: one SHA-1 in capital hex and a
count on each line, in the order of the hashes. It is searched on the disk, so its size does not
matter, and nothing of a passphrase leaves this machine.
"""

import hashlib
from mmap import ACCESS_READ, mmap
from pathlib import Path

_DIGITS = 40
_list: Path | None = None


def use_list(path: Path | None) -> None:
    """Look in this file; None: in none."""
    global _list  # noqa: PLW0603 - a setting of the installation
    _list = path


def is_breached(passphrase: str) -> bool:
    """Does it stand in the list, if this installation has one?"""
    if _list is None or not _list.stat().st_size:
        return False
    digest = hashlib.sha1(passphrase.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with _list.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as lines:
        return _stands_in(lines, digest)


def _stands_in(lines: mmap, digest: bytes) -> bool:
    """Half of what is left is passed over at each step; both ends stand at the start of a line."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        start = max(lines.rfind(b"\n", low, middle) + 1, low)
        line = lines[start : start + _DIGITS].upper()
        if line == digest:
            return True
        if line < digest:
            end = lines.find(b"\n", middle)
            low = len(lines) if end < 0 else end + 1
        else:
            high = start
    return False
