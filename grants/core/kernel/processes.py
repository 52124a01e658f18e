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
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Event

FORK = multiprocessing.get_context("fork")
LOOKS = 5
"""Looks at what runs, in a second."""
STEADY, PAUSE = 5, 5
"""A part that ran for so many seconds starts again at once; one that did not, after a pause."""
PATIENCE = 20
"""Seconds in which a part may finish what it is at when all are stopped."""
_SET_DEATH_SIGNAL, _SET_NAME, _MOST_ARENAS = 1, 15, -8
"""As Linux and the C library of GNU know them: PR_SET_PDEATHSIG, PR_SET_NAME, M_ARENA_MAX."""

PAGES = "web"
"""The part that answers pages."""
LONGEST_ANSWER = 35
"""Seconds in which pages that are replaced finish their answers; gunicorn gives them 30."""
Renew = Callable[[Mapping[int, str]], None]
"""Takes the processes that run, by number and name, and puts the next program in the place of this
one; it comes back only where that cannot be."""
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
        self.number = self.process.pid or 0
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

    def terminate(self) -> None:
        self.process.terminate()

    def wait(self, seconds: float) -> None:
        self.process.join(seconds)

    def kill(self) -> None:
        """End the process and every process that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.number, signal.SIGKILL)


def _begin_work(name: str, parent: int, work: Callable[[], object]) -> None:
    """In the new process. It stands in a group of its own, out of reach of the terminal's Ctrl-C,
    which goes to the parent alone.
    """
    os.setpgid(0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2):
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


class Former:
    """Processes of the program that ran in this process before: they work until new ones do.

    The pages end first, since what they are at may need the others; all of it is ended by `kill`
    where it takes too long.
    """

    def __init__(self, processes: Mapping[int, str], is_replaced: Callable[[], bool]) -> None:
        self.processes = dict(processes)
        self.is_replaced = is_replaced
        self.ending: float | None = None
        """Since when they are asked to end."""
        self._ending: set[int] = set()

    def look(self, _tell: Tell) -> None:
        self._forget_ended()
        if self.ending is None:
            if not (self.processes and self.is_replaced()):
                return
            self.ending = time.monotonic()
        late = time.monotonic() - self.ending
        pages = {number for number, name in self.processes.items() if name == PAGES}
        self._ask_to_end(pages if pages and late < LONGEST_ANSWER else set(self.processes))
        if late > LONGEST_ANSWER + PATIENCE:
            self.kill()

    def end(self, name: str) -> None:
        """End one of them now, and wait until it has: the new one needs what it holds."""
        numbers = {number for number, part in self.processes.items() if part == name}
        self._ask_to_end(numbers)
        until = time.monotonic() + PATIENCE
        while numbers & set(self.processes) and time.monotonic() < until:
            self._forget_ended()
            time.sleep(1 / LOOKS)

    def terminate(self) -> None:
        self._ask_to_end(set(self.processes))

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self.processes and time.monotonic() < until:
            self._forget_ended()
            time.sleep(1 / LOOKS)

    def kill(self) -> None:
        for number in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(number, signal.SIGKILL)

    def _ask_to_end(self, numbers: set[int]) -> None:
        for number in numbers - self._ending:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGTERM)
        self._ending |= numbers

    def _forget_ended(self) -> None:
        for number in list(self.processes):
            with suppress(ChildProcessError):
                if os.waitpid(number, os.WNOHANG)[0] == 0:
                    continue
            with suppress(ProcessLookupError):  # what it has left behind
                os.killpg(number, signal.SIGKILL)
            del self.processes[number]


def keep_running(
    parts: Sequence[Part], tell: Tell, former: Former | None = None, renew: Renew | None = None
) -> None:
    """Start again whatever ends, until this process is asked to stop; then stop them all. Asked to
    renew itself (SIGUSR2), it calls `renew`, which does not come back where that succeeds.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop_process)
    reload = Event()
    signal.signal(signal.SIGUSR2, lambda *_signal: reload.set())
    everything: list[Part | Former] = [*parts, *([former] if former else [])]
    try:
        while True:
            for part in everything:
                part.look(tell)
            if reload.is_set() and renew and not (former and former.processes):
                reload.clear()
                renew({part.number: part.name for part in parts})
            time.sleep(1 / LOOKS)
    except SystemExit:
        pass
    finally:
        _end_all(everything)


def _stop_process(*_signal: object) -> None:
    sys.exit()


def _end_all(parts: Sequence[Part | Former]) -> None:
    """Let each finish what it is at; after some seconds, or when asked again, end it at once."""
    for part in parts:
        part.terminate()
    until = time.monotonic() + PATIENCE
    with suppress(SystemExit):
        for part in parts:
            part.wait(max(0, until - time.monotonic()))
    for part in parts:
        part.kill()
