"""What a file or a command costs, and how much memory a process holds meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import psutil

MB = 1024 * 1024
FEW = 100
"""Rows from which nothing is reckoned."""
LATE, LARGE, LONG = 300, 30, 10
"""Milliseconds until the first byte, MB of memory and, of what the worker does not make, seconds
in all, that a file may take.
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one file or command. Milliseconds until the first byte, seconds until the last, bytes, MB
    more than before at the most, questions to the database.
    """

    first: float
    whole: float | None
    """None: so few rows came that nothing can be reckoned."""
    size: int
    memory: int
    queries: int = 0
    by: str = ""
    """Who made it, if not the process that answers."""

    def faults(self, small: "Cost | None") -> Iterator[str]:
        """What is over the limits, of the large size."""
        if small is None:
            return
        if self.first > LATE and self.by != "command":
            yield f"first byte after {self.first:.0f} ms"
        more = self.memory - (small.memory if self.by == "command" else 0)
        if more > LARGE and self.by != "worker":
            yield f"{more} MB more"
        if self.whole is None:
            yield f"fewer than {FEW} rows in a second"
        elif self.whole > LONG and not self.by:
            yield f"{self.whole:.0f} s"


@contextmanager
def memory_watched(process: psutil.Process) -> Iterator[list[int]]:
    """A list whose only element is the most that a process has held, in MB more than at first."""
    before, most, done = process.memory_info().rss, [0], Event()

    def watch() -> None:
        while not done.wait(0.02):
            try:
                most[0] = max(most[0], (process.memory_info().rss - before) // MB)
            except psutil.Error:
                return

    thread = Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def memory_held() -> int:
    """MB that this process holds now."""
    return int(psutil.Process().memory_info().rss // MB)
