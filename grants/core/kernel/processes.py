"""Processes that one process keeps running. They are forked from it, and share the memory of what
it has loaded.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

FORK = multiprocessing.get_context("fork")
LOOKS = 5
"""Looks at what runs, in a second."""
STEADY, PAUSE = 5, 5
"""A part that ran for so many seconds starts again at once; one that did not, after a pause."""
PATIENCE = 20
"""Seconds in which a part may finish what it is at when all are stopped."""
_SET_DEATH_SIGNAL, _SET_NAME, _MOST_ARENAS = 1, 15, -8
"""As Linux and the C library of GNU know them: PR_SET_PDEATHSIG, PR_SET_NAME, M_ARENA_MAX."""

Tell = Callable[[str, int, int], None]
"""Takes the name of a part that has stopped, its status, and the seconds until it starts again."""


class Part:
    """A process that is started again when it ends."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self.name = name
        self.work = work
        self.due: float | None = None
        """When it starts again; None: it runs."""
        self.start()

    def start(self) -> None:
        self.process = FORK.Process(
            target=_begin_work, args=(self.name, os.getpid(), self.work), name=self.name
        )
        self.process.start()
        self._number = self.process.pid or 0
        self.began = time.monotonic()
        self.due = None

    def look(self, tell: Tell) -> None:
        """Start it again if it has ended: at once if it ended by itself or ran well."""
        status, now = self.process.exitcode, time.monotonic()
        if status is None:
            return
        if self.due is None:
            pause = 0 if status == 0 or now - self.began > STEADY else PAUSE
            self.due = now + pause
            self.kill()  # what it has left behind
            if status != 0:
                tell(self.name, status, pause)
        if now >= self.due:
            self.process.close()
            self.start()

    def kill(self) -> None:
        """End the process and every process that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._number, signal.SIGKILL)


def _begin_work(name: str, parent: int, work: Callable[[], object]) -> None:
    """In the new process. It stands in a group of its own, out of reach of the terminal's Ctrl-C,
    which goes to the parent alone.
    """
    os.setpgid(0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    end_with_parent()
    if os.getppid() != parent:  # it has gone already
        return
    with suppress(OSError, AttributeError):  # another system, another C library
        ctypes.CDLL(None).prctl(_SET_NAME, f"p20 {name}".encode())
        ctypes.CDLL(None).mallopt(_MOST_ARENAS, 1)  # threads share one heap: else it grows
    work()


def give_back() -> None:
    """To the system, the memory that this process no longer needs."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def end_with_parent() -> None:
    """Let the system ask this process to stop (SIGTERM) when the one that started it is gone."""
    with suppress(OSError, AttributeError):  # another system than Linux
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)


def keep_running(parts: Sequence[Part], tell: Tell) -> None:
    """Start again whatever ends, until this process is asked to stop; then stop them all."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop_process)
    try:
        while True:
            for part in parts:
                part.look(tell)
            time.sleep(1 / LOOKS)
    except SystemExit:
        pass
    finally:
        _end_all(parts)


def _stop_process(*_signal: object) -> None:
    sys.exit()


def _end_all(parts: Sequence[Part]) -> None:
    """Let each finish what it is at; after some seconds, or when asked again, end it at once."""
    for part in parts:
        part.process.terminate()
    until = time.monotonic() + PATIENCE
    with suppress(SystemExit):
        for part in parts:
            part.process.join(max(0, until - time.monotonic()))
    for part in parts:
        part.kill()
