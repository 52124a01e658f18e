"""Printing in the background of a process that answers pages, and keeping what was printed.

A PDF lies in `DATA_DIR/printed` for a day, under the digest of all that its bytes depend on: the
next reader of the same facts gets the same file, and what has changed is printed again. Whichever
process is at a document holds the lock of its file, so that two never print it at the same time,
and a process that dies lets go of it. No worker and no database is needed.
"""

import fcntl
import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import BoundedSemaphore, Thread

from grants.core.kernel.errors import FundError, Unfinished
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.papers.typesetting.source import PrintSource

LOG = logging.getLogger(__name__)
KEPT = timedelta(days=1).total_seconds()
"""Seconds that a PDF is kept, and half a one that a dead process has left."""
REMEMBERED = 60
"""Seconds in which a failure is told to all who ask, before it is tried again unasked."""
SWEPT_EVERY = 600
LOOK = 0.01
"""Seconds between two looks for what another process is printing."""
MOST = 20
"""Documents that wait in one process."""
_waiting = BoundedSemaphore(MOST)


@dataclass
class Shelf:
    """The PDFs of an installation that were printed within a day."""

    folder: Path
    patience: float
    """Seconds that a person waits for a PDF before being told that it is on its way."""

    def take(self, source: PrintSource, *, again: bool = False) -> Path | None:
        """The PDF, if it is there or is printed while the person waits; None: it is being printed.

        Unfinished if printing has just failed, unless it is to be tried `again`.
        """
        place = self._place_of(source)
        if place.exists():
            return place
        failed = place.with_suffix(".failed")
        if again:
            failed.unlink(missing_ok=True)
        _refuse_failed(failed)
        self._begin(place, source)
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            if place.exists():
                return place
            _refuse_failed(failed)
            time.sleep(LOOK)
        return None

    def _place_of(self, source: PrintSource) -> Path:
        """By its digest: what a language makes of a failure is told in that language."""
        whole = f"{source.key} {source.stamp()} {current_language().code}"
        return self.folder / f"{hashlib.sha256(whole.encode()).hexdigest()}.pdf"

    def _begin(self, place: Path, source: PrintSource) -> None:
        """Print it in a thread of this process; nothing happens where another is at it."""
        if not _waiting.acquire(blocking=False):
            raise Unfinished(
                _("Many documents are being produced at the moment. Try again in a minute.")
            )
        work = Thread(target=copy_context().run, args=(self._print, place, source), daemon=True)
        try:
            work.start()
        except BaseException:
            _waiting.release()
            raise

    def _print(self, place: Path, source: PrintSource) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _locked(place.with_suffix(".lock")) as ours:
                if ours and not place.exists() and not _has_failed(place.with_suffix(".failed")):
                    _write(place, source)
            self._sweep()
        except Exception:
            LOG.exception("not kept: a printed document")
        finally:
            _waiting.release()

    def _sweep(self) -> None:
        """Now and then, what has been here for a day goes."""
        mark, now = self.folder / "swept", time.time()
        with suppress(FileNotFoundError):
            if now - mark.stat().st_mtime < SWEPT_EVERY:
                return
        mark.touch()
        for path in self.folder.iterdir():
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > KEPT:
                    path.unlink()


def _write(place: Path, source: PrintSource) -> None:
    """Beside its place first, so that half a file is never found there."""
    try:
        content = source.printed()
    except FundError as refusal:
        why = refusal.message
    except Exception:
        LOG.exception("not printed")
        why = _("The document could not be produced.")
    else:
        beside = place.with_suffix(".new")
        beside.write_bytes(content)
        beside.replace(place)
        return
    place.with_suffix(".failed").write_text(why, "utf-8")


def _has_failed(failed: Path) -> bool:
    """Did printing fail a moment ago?"""
    with suppress(FileNotFoundError):
        return time.time() - failed.stat().st_mtime < REMEMBERED
    return False


def _refuse_failed(failed: Path) -> None:
    """Unfinished, with the reason, if printing failed a moment ago."""
    with suppress(FileNotFoundError):
        if _has_failed(failed):
            raise Unfinished(failed.read_text("utf-8"))


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold the lock of a document; False: another thread or process holds it."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)
