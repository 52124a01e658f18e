"""The processes of a run: fed batch by batch, replaced when they have printed enough or died."""

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Self

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.papers.printing.press.order import Failed, Printed, Stopped
from grants.papers.printing.press.worker import Batch, Outcome, WorkerSettings, work

LIFETIME = 500
"""Statements after which a process is replaced: what prints them grows a little with each."""
MOST_FAILED_STARTS = 3
"""Processes in a row that end before they print anything: something is wrong with all of them."""
LIMIT = 300
"""Seconds that one statement may take; the usual one takes less than one."""
START = 300
"""Seconds that a process may take until it is ready to print."""
LOOK = 1
"""Seconds between two looks at whether a statement takes too long."""


def _context() -> Any:
    """How processes are started: forked from a server that has loaded everything they need and
    holds no connection; where a system has no such thing, again.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grants.papers.printing.press.preload"])
    return context


Labour = Callable[[WorkerSettings, Connection], None]
"""What a process does all its life."""


class WorkerProcess:
    """One process, and the statements it has not reported on yet."""

    def __init__(self, station: WorkerSettings, labour: Labour) -> None:
        context = _context()
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=labour, args=(station, theirs), daemon=True)
        self.process.start()
        theirs.close()
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

    def is_late(self, limit: float) -> bool:
        """Has it been silent for longer than a statement may take?"""
        silent = time.monotonic() - self.heard_at
        allowed = limit if self.is_ready else max(limit, START)
        return bool(self.left) and silent > allowed and not self.pipe.poll()

    def stop(self, patience: float = 10) -> None:
        """Let it end what it is at, and go; after so many seconds kill it."""
        self.pipe.close()
        self.process.join(timeout=patience)
        self.process.kill()
        self.process.join()
        self.process.close()


class ProcessPool:
    """As many processes as wanted; leaving the block dismisses them all."""

    def __init__(
        self,
        station: WorkerSettings,
        size: int,
        lifetime: int = LIFETIME,
        limit: float = LIMIT,
        labour: Labour = work,
    ) -> None:
        self.station = station
        self.size = size
        self.lifetime = lifetime
        self.limit = limit
        self.labour = labour
        self.workers: list[WorkerProcess] = []
        self._failed_starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for worker in self.workers:
            worker.stop()

    def outcomes(self, batches: Iterable[Batch]) -> Iterator[Printed | Failed]:
        """What became of each statement, as it comes. DomainError if nothing can be printed."""
        waiting = deque(batches)
        self.workers = [self._hired() for _number in range(min(self.size, len(waiting)))]
        while True:
            self._feed(waiting)
            busy = {worker.pipe: worker for worker in self.workers if worker.left}
            if not busy:
                return
            for pipe in wait(list(busy), timeout=LOOK):
                if outcome := self._outcome_of(busy[pipe], waiting):
                    yield outcome
            for worker in [worker for worker in self.workers if worker.is_late(self.limit)]:
                yield self._given_up(worker, waiting)

    def _hired(self) -> WorkerProcess:
        return WorkerProcess(self.station, self.labour)

    def _feed(self, waiting: deque[Batch]) -> None:
        for place, worker in enumerate(self.workers):
            if worker.left or not waiting:
                continue
            if worker.printed >= self.lifetime:
                self._replace(place)
            self.workers[place].assign(waiting.popleft())

    def _replace(self, place: int, patience: float = 10) -> None:
        self.workers[place].stop(patience)
        self.workers[place] = self._hired()

    def _outcome_of(self, worker: WorkerProcess, waiting: deque[Batch]) -> Printed | Failed | None:
        try:
            outcome = worker.next_outcome()
        except (EOFError, ConnectionError):
            return self._replace_dead(worker, waiting)
        if isinstance(outcome, Stopped):
            raise DomainError(outcome.why)
        self._failed_starts = 0
        return outcome

    def _replace_dead(self, worker: WorkerProcess, waiting: deque[Batch]) -> Failed:
        """A process died over a statement: that one failed, and another process does the rest."""
        self._failed_starts += 1
        if self._failed_starts >= MOST_FAILED_STARTS:
            raise DomainError(
                _(
                    "The processes that produce documents stop immediately. Check "
                    "that there is enough memory."
                )
            )
        return self._failed(
            worker, waiting, _("The process that was producing it stopped unexpectedly.")
        )

    def _given_up(self, worker: WorkerProcess, waiting: deque[Batch]) -> Failed:
        """A statement takes too long: its process is killed, and another does the rest."""
        why = _("It was not produced within %(seconds)s seconds.", seconds=int(self.limit))
        return self._failed(worker, waiting, why, patience=0)

    def _failed(
        self, worker: WorkerProcess, waiting: deque[Batch], why: str, patience: float = 10
    ) -> Failed:
        item, _known = worker.left.popleft()
        if worker.left:
            waiting.appendleft(list(worker.left))
        self._replace(self.workers.index(worker), patience)
        return Failed(item.donor, why)
