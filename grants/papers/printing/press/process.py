"""A process that prints, and the server that it is forked from.

Both can stop at any moment without ending, and then answer nobody. So nothing here waits for either
of them without a limit: what does not answer is killed, and its end is read from the system.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from threading import Timer
from typing import Any

from grants.papers.printing.press.order import Printed
from grants.papers.printing.press.worker import Batch, Outcome, WorkerSettings

PRELOAD = ["grants.papers.printing.press.preload"]
"""What the server loads once for all that are forked from it."""
PATIENCE = 10
"""Seconds in which a process that is no longer needed may end by itself."""
REAPED = 5
"""Seconds in which the server says that a process it has forked has ended."""

Labour = Callable[[WorkerSettings, Connection], None]
"""What a process does all its life."""


def _context() -> Any:
    """How processes are started: forked from a server that has loaded everything they need and
    holds no connection; where a system tells the end of own children alone, each by itself.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """The server answers in this time, or is killed: the person who waits for it gets EOFError."""
    watch = Timer(seconds, end_server)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def end_server() -> None:
    """Kill the server that processes are forked from; what it has forked goes on, and the next
    process starts another server.
    """
    server: int | None = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]  # noqa: SLF001 - it has no door
    if server:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(server, signal.SIGKILL)
            os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)  # left for its owner to find


class WorkerProcess:
    """One process, and the statements it has not reported on yet."""

    def __init__(self, station: WorkerSettings, labour: Labour, start: float) -> None:
        """EOFError or OSError if it does not start within so many seconds."""
        context = _context()
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=labour, args=(station, theirs), daemon=True)
        with theirs, _within(start):
            self.process.start()
        self._end = self.process.sentinel
        if sys.platform == "linux":  # its sentinel is the word of the server
            self._end = os.pidfd_open(self.process.pid)
        self.left: deque[Any] = deque()
        self.printed = 0
        self.is_ready = False
        self.heard_at = time.monotonic()

    def assign(self, batch: Batch) -> None:
        self.left.extend(batch)
        self.heard_at = time.monotonic()
        with suppress(OSError):  # it has just died: that is heard at the next look
            self.pipe.send(batch)

    def next_outcome(self) -> Outcome | None:
        """What it says of the next statement; None: it is ready. EOFError if it died."""
        outcome: Outcome | None = self.pipe.recv()
        self.heard_at = time.monotonic()
        if outcome is None:
            self.is_ready = True
            return None
        self.left.popleft()
        self.printed += isinstance(outcome, Printed) and outcome.fresh
        return outcome

    def is_late(self, limit: float, start: float) -> bool:
        """Has it been silent for longer than a statement may take, or getting ready?"""
        silent = time.monotonic() - self.heard_at
        allowed = limit if self.is_ready else start
        return bool(self.left) and silent > allowed and not self.pipe.poll()

    def has_ended(self, patience: float = 0) -> bool:
        return bool(wait([self._end], patience))

    def stop(self, patience: float = PATIENCE) -> None:
        """Let it end what it is at, and go; after so many seconds kill it."""
        self.pipe.close()
        if not self.has_ended(patience):
            self._kill()
        if not wait([self.process.sentinel], REAPED):
            end_server()  # it is stopped itself, and would say nothing for ever
        self.process.join()
        if sys.platform == "linux":
            os.close(self._end)
        self.process.close()

    def _kill(self) -> None:
        if sys.platform == "linux":  # never a later process with the same number
            signal.pidfd_send_signal(self._end, signal.SIGKILL)
        else:
            self.process.kill()
        wait([self._end])
