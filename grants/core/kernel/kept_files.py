"""Files that can be made again, kept for a day and shared by all processes of an installation.

They lie under the digest of all that their bytes depend on. Whichever process makes one holds the
lock of its file, so that two never make the same at the same time, and a process that dies lets go
of it.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

KEPT = timedelta(days=1).total_seconds()
"""Seconds that a file is kept, and an unfinished one of a process that died."""
SWEPT_EVERY = 600


def young(path: Path, seconds: float = KEPT) -> bytes:
    """What a file says; nothing if it is older, is swept meanwhile or cannot be read."""
    with suppress(OSError), path.open("rb") as file:
        if time.time() - os.fstat(file.fileno()).st_mtime < seconds:
            return file.read()
    return b""


def write(place: Path, content: bytes) -> None:
    """Beside its place first, so that half a file is never found there."""
    with NamedTemporaryFile(dir=place.parent, suffix=".new", delete=False) as beside:
        try:
            beside.write(content)
            beside.flush()
            Path(beside.name).replace(place)
        except BaseException:
            Path(beside.name).unlink(missing_ok=True)
            raise


@contextmanager
def locked(place: Path) -> Iterator[bool]:
    """Hold the lock of a file; False: another thread or process holds it. The lock stays where it
    is, for another may hold what would be removed.
    """
    path = place.with_suffix(".lock")
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        os.utime(path)
        yield True


def sweep(folder: Path) -> None:
    """Clear it now and then, as files are made."""
    mark = folder / "swept"
    with suppress(FileNotFoundError):
        if time.time() - mark.stat().st_mtime < SWEPT_EVERY:
            return
    with suppress(OSError):
        mark.touch()
    clear(folder)


def clear(folder: Path) -> None:
    """What has been here for a day goes."""
    for path in folder.glob("*"):
        with suppress(FileNotFoundError, BlockingIOError):
            if time.time() - path.stat().st_mtime > KEPT:
                _remove_file(path)


def _remove_file(path: Path) -> None:
    """BlockingIOError if it is a lock that is held."""
    with path.open("rb") as file:
        if path.suffix == ".lock":
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
