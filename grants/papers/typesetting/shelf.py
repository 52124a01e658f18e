"""Printing in the background of a process that answers pages, and keeping what was printed.

A PDF lies in `DATA_DIR/printed` for a day, under the digest of all that its bytes depend on: the
next reader of the same facts gets the same file, and what has changed is printed again. Whichever
process is at a document holds the lock of its file, so that two never print it at the same time,
and a process that dies lets go of it. What cannot be written, as on a full disk, this process
remembers for those who wait. No worker and no database is needed.
"""

import hashlib
import logging
import time
from contextlib import ExitStack, suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread

from grants.core.kernel.errors import FundError, Unfinished
from grants.core.kernel.kept_files import clear, locked, sweep, write, young
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.papers.typesetting.source import PrintSource

LOG = logging.getLogger(__name__)
REMEMBERED = 60
"""Seconds in which a failure is told to all who ask, before it is tried again unasked; and in
which a PDF that could not be written is handed out."""
LOOK = 0.01
"""Seconds between two looks for what another process is printing."""
MOST = 20
"""Documents that wait in one process."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What printing came to: the PDF, or why there is none."""

    content: bytes = b""
    why: str = ""
    at: float = field(default_factory=time.monotonic)

    def content_or_refusal(self) -> bytes:
        if self.why:
            raise Unfinished(self.why)
        return self.content


_guard = Lock()
_begun: set[Path] = set()
"""What this process is printing."""
_unwritten: dict[Path, _Outcome] = {}
"""What this process could not write, the oldest first."""


@dataclass
class Shelf:
    """The PDFs of an installation that were printed within a day."""

    folder: Path
    patience: float
    """Seconds that a person waits for a PDF before being told that it is on its way."""

    def take(self, source: PrintSource, *, again: bool = False) -> bytes | None:
        """The PDF, if it is there or is printed while the person waits; None: it is being printed.

        Unfinished if printing has just failed, unless it is to be tried `again`.
        """
        place = self._place_of(source)
        if again:
            _forget_failure(place)
        if content := _found(place):
            return content
        self._begin(place, source)
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            if content := _found(place):
                return content
            time.sleep(LOOK)
        return None

    def _place_of(self, source: PrintSource) -> Path:
        """By its digest: what a language makes of a failure is told in that language."""
        whole = f"{source.key} {source.stamp()} {current_language().code}"
        return self.folder / f"{hashlib.sha256(whole.encode()).hexdigest()}.pdf"

    def _begin(self, place: Path, source: PrintSource) -> None:
        """Print it in a thread of this process; nothing happens where one is at it."""
        with _guard:
            if place in _begun:
                return
            if len(_begun) >= MOST:
                raise Unfinished(
                    _("Many documents are being produced at the moment. Try again in a minute.")
                )
            _begun.add(place)
        work = Thread(target=copy_context().run, args=(self._print, place, source), daemon=True)
        try:
            work.start()
        except BaseException:
            _begun.discard(place)
            raise

    def _print(self, place: Path, source: PrintSource) -> None:
        try:
            with ExitStack() as held:
                if self._is_ours(place, held) and not _is_known(place):
                    _keep(place, _outcome_of(source))
            sweep(self.folder)
        except Exception:
            LOG.exception("not swept: printed documents")
        finally:
            _begun.discard(place)

    def _is_ours(self, place: Path, held: ExitStack) -> bool:
        """Is this process to print it? Where no lock can be written, each prints for itself."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return held.enter_context(locked(place))
        except OSError:
            LOG.exception("not locked: a document to be printed")
            return True

    def clear(self) -> None:
        """What has been here for a day goes."""
        clear(self.folder)


def shelf_in(data_dir: Path, patience: float = 0) -> Shelf:
    """That of an installation."""
    return Shelf(data_dir / "printed", patience)


def _found(place: Path) -> bytes:
    """The PDF; empty if it is not there. Unfinished, with the reason, if printing failed a moment
    ago.
    """
    if content := young(place):
        return content
    if why := young(place.with_suffix(".failed"), REMEMBERED):
        raise Unfinished(why.decode())
    unwritten = _unwritten.get(place)
    if unwritten and time.monotonic() - unwritten.at < REMEMBERED:
        return unwritten.content_or_refusal()
    return b""


def _is_known(place: Path) -> bool:
    """Has it been printed, or failed a moment ago?"""
    try:
        return bool(_found(place))
    except Unfinished:
        return True


def _forget_failure(place: Path) -> None:
    with _guard:
        _unwritten.pop(place, None)
    with suppress(OSError):
        place.with_suffix(".failed").unlink()


def _outcome_of(source: PrintSource) -> _Outcome:
    try:
        return _Outcome(source.printed())
    except FundError as refusal:
        return _Outcome(why=refusal.message)
    except Exception:
        LOG.exception("not printed")
        return _Outcome(why=_("The document could not be produced."))


def _keep(place: Path, outcome: _Outcome) -> None:
    """In its file; where that cannot be written, in this process for a minute."""
    try:
        if outcome.why:
            write(place.with_suffix(".failed"), outcome.why.encode())
        else:
            write(place, outcome.content)
    except OSError:
        LOG.exception("not kept: a printed document")
        with _guard:
            _unwritten.pop(place, None)
            _unwritten[place] = outcome
            while len(_unwritten) > MOST:
                del _unwritten[next(iter(_unwritten))]
