"""Printing in processes apart from the one that asks, each document within a limit of time.

A document that hangs, or takes all the memory, ends the process that prints it and nothing else: a
page, an e-mail or a certificate is answered with what to do, and the next document is printed by a
new process. Runs of statements have processes of their own (papers/printing/press).
"""

import logging
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import Any, NoReturn
from weakref import finalize

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Unfinished
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.papers.typesetting import printer
from grants.papers.typesetting.enclosed import Unprintable
from grants.papers.typesetting.printer import Order, Unprinted, is_awaited

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).parents[3]
SHORT = 30
"""Seconds that a document may take for which a person waits; the usual one takes less than one."""
AT_ONCE = 2
"""Documents that one process has printed at a time: one that hangs leaves a way for others."""
LIFETIME = 500
"""Documents after which a process is replaced: it grows a little with each."""
START, LATE_START = 60, 300
"""Seconds until a process is ready, on a machine that is very busy; and until one that lets pages
go first is.
"""
GRACE = 5
"""Seconds in which a process that is late ends by itself; one that is stopped does not."""


class Ended(Exception):
    """The process has ended instead of answering."""


class Printer:
    """A process that prints; it ends with `close`, and at the latest with this object."""

    def __init__(self, module: str, *words: str) -> None:
        """Start it; Ended if it does not get ready."""
        self.pipe, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, str(theirs.fileno()), *words],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )
        self.close = finalize(self, _end, self.pipe, self.process)
        self.printed = 0
        with self._within(START if is_awaited() else LATE_START):
            self.pipe.recv()

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """It answers in this time or is killed; either way nobody waits longer."""
        watch = Timer(seconds, self.process.kill)
        watch.daemon = True
        watch.start()
        try:
            yield
        except (EOFError, OSError) as gone:
            self.close()
            raise Ended from gone
        except BaseException:  # interrupted: half an answer may be on its way
            self.close()
            raise
        finally:
            watch.cancel()

    def answer_to(self, order: Any) -> Any:
        """Ended if the process ends, as it does when the document takes too long."""
        with self._within(order.limit + GRACE):
            self.pipe.send(order)
            answer = self.pipe.recv()
        self.printed += 1
        return answer

    def is_well(self) -> bool:
        return self.process.poll() is None


def _end(pipe: Connection, process: subprocess.Popen[bytes]) -> None:
    """Stop a process that nobody can ask any more, and wait until it is gone."""
    pipe.close()
    process.kill()
    process.wait()


class Printers:
    """The processes that print for this one, started when they are needed first."""

    def __init__(
        self,
        long: float,
        short: float = SHORT,
        logs: tuple[str, str] = ("text", "WARNING"),
        module: str = printer.__name__,
        settings: Settings | None = None,
    ) -> None:
        """`long`, `short`: seconds that documents may take; `logs`: form and level; `settings`: of
        the installation whose seal and signature they get, without which they are only printed.
        """
        self.limits = {True: long, False: short}
        self.words = (module, *logs)
        self.settings = settings
        self._idle: list[Printer] = []
        self._closed = False
        self._places = BoundedSemaphore(AT_ONCE)

    def printed(self, given: Mapping[str, Any], *, is_long: bool) -> bytes:
        """The PDF of a document, sealed and signed. Unfinished if it takes too long, Unprintable if
        it names anything outside itself, DomainError if it cannot be signed.
        """
        zone, language = clock.zone().key, current_language().code
        order = Order(given, self.limits[is_long], zone, language, self.settings)
        with self._place(order.limit):
            answer = self._answer_to(order, last=is_long)
        if isinstance(answer, bytes):
            return answer
        if answer.names_more:
            raise Unprintable
        if answer.refused:
            raise DomainError(answer.refused)
        raise RuntimeError(f"not printed:\n{answer.failure}")

    @contextmanager
    def _place(self, patience: float) -> Iterator[None]:
        if not self._places.acquire(timeout=patience):
            raise Unfinished(
                _("Many documents are being produced at the moment. Try again in a minute.")
            )
        try:
            yield
        finally:
            self._places.release()

    def _answer_to(self, order: Order, *, last: bool) -> bytes | Unprinted:
        """From a process that waits, or from a new one; one that ended for a reason of its own is
        replaced once. `last`: the process goes with the document, whose memory it would keep.
        """
        try:
            return self._asked(order, last=last)
        except Ended:
            LOG.warning("a process that prints has ended: %s", _title(order))
        try:
            return self._asked(order, last=last)
        except Ended:
            raise Unfinished(
                _(
                    "This document was not produced, because the process that was producing it "
                    "stopped twice. Try again later. If it happens again, write to the people who "
                    "run this service."
                )
            ) from None

    def _asked(self, order: Order, *, last: bool) -> bytes | Unprinted:
        one = self._take()
        began = time.monotonic()
        try:
            answer: bytes | Unprinted = one.answer_to(order)
        except Ended:
            if time.monotonic() - began >= order.limit:
                _give_up(order)
            raise
        self._give_back(one, last=last)
        return answer

    def _take(self) -> Printer:
        while self._idle:
            try:
                one = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            if one.is_well():
                return one
            one.close()
        return Printer(*self.words)

    def _give_back(self, one: Printer, *, last: bool) -> None:
        if last or one.printed >= LIFETIME:
            one.close()
            return
        self._idle.append(one)
        if self._closed:  # asked after, not before: one of the two finds it
            self._end_idle()

    def close(self) -> None:
        """End the processes that wait, and each that is at a document when that is done."""
        self._closed = True
        self._end_idle()

    def _end_idle(self) -> None:
        with suppress(IndexError):  # none is left
            while True:
                self._idle.pop().close()


def _give_up(order: Order) -> NoReturn:
    LOG.error("not printed within %s s: %s", order.limit, _title(order))
    raise Unfinished(
        _(
            "This document was not produced within %(limit)s seconds. Try again later. If it "
            "happens again, write to the people who run this service.",
            limit=int(order.limit),
        )
    )


def _title(order: Order) -> str:
    """What the document is called, for the log."""
    found = re.search("<title>(.*?)</title>", order.given.get("html", ""), re.DOTALL)
    return found[1].strip() if found else ""
