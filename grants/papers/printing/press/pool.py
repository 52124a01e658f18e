"""The processes of a run: fed batch by batch, replaced when they have printed enough or died."""

from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import wait
from types import TracebackType
from typing import Self

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.papers.printing.press.order import Failed, Printed, Stopped
from grants.papers.printing.press.process import PATIENCE, Labour, WorkerProcess
from grants.papers.printing.press.worker import Batch, WorkerSettings, work

LIFETIME = 500
"""Statements after which a process is replaced: what prints them grows a little with each."""
MOST_FAILED_STARTS = 3
"""Processes in a row that end before they print anything: something is wrong with all of them."""
LIMIT = 300
"""Seconds that one statement may take; the usual one takes less than one."""
START = 60
"""Seconds that a process may take until it is there, and again until it is ready to print; what it
was to print is then given to another."""
LOOK = 1
"""Seconds between two looks at whether a statement takes too long."""


class ProcessPool:
    """As many processes as wanted; leaving the block dismisses them all."""

    def __init__(
        self,
        station: WorkerSettings,
        size: int,
        lifetime: int = LIFETIME,
        limit: float = LIMIT,
        start: float = START,
        labour: Labour = work,
    ) -> None:
        self.station = station
        self.size = size
        self.lifetime = lifetime
        self.limit = limit
        self.start = start
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
            worker.pipe.close()  # all may go, before the first is waited for
        for worker in self.workers:
            worker.stop()

    def outcomes(self, batches: Iterable[Batch]) -> Iterator[Printed | Failed]:
        """What became of each statement, as it comes. DomainError if nothing can be printed."""
        waiting = deque(batches)
        for _number in range(min(self.size, len(waiting))):
            self.workers.append(self._hired())
        while True:
            self._feed(waiting)
            busy = {worker.pipe: worker for worker in self.workers if worker.left}
            if not busy:
                return
            for pipe in wait(list(busy), timeout=LOOK):
                if outcome := self._outcome_of(busy[pipe], waiting):
                    yield outcome
            for worker in [one for one in self.workers if one.is_late(self.limit, self.start)]:
                if outcome := self._given_up(worker, waiting):
                    yield outcome

    def _hired(self) -> WorkerProcess:
        """One more process. DomainError if none can be started."""
        while True:
            try:
                return WorkerProcess(self.station, self.labour, self.start)
            except (EOFError, OSError):  # what forks them was killed, or there is no room
                self._count_failed_start()

    def _feed(self, waiting: deque[Batch]) -> None:
        for place, worker in enumerate(self.workers):
            if worker.left or not waiting:
                continue
            if worker.printed >= self.lifetime or worker.has_ended():
                self.workers.pop(place).stop()
                self.workers.insert(place, self._hired())
            self.workers[place].assign(waiting.popleft())

    def _outcome_of(self, worker: WorkerProcess, waiting: deque[Batch]) -> Printed | Failed | None:
        try:
            outcome = worker.next_outcome()
        except (EOFError, ConnectionError):
            why = _("The process that was producing it stopped unexpectedly.")
            return self._lost(worker, waiting, why)
        if isinstance(outcome, Stopped):
            raise DomainError(outcome.why)
        self._failed_starts = 0
        return outcome

    def _given_up(self, worker: WorkerProcess, waiting: deque[Batch]) -> Failed | None:
        """A statement takes too long: its process is killed, and another does the rest."""
        why = _("It was not produced within %(seconds)s seconds.", seconds=int(self.limit))
        return self._lost(worker, waiting, why, patience=0)

    def _lost(
        self, worker: WorkerProcess, waiting: deque[Batch], why: str, patience: float = PATIENCE
    ) -> Failed | None:
        """Another process takes over; the statement that this one was at has failed. None: it was
        not ready to print, so that all of its statements are tried again.
        """
        place = self.workers.index(worker)
        self.workers.pop(place).stop(patience)
        failed = None
        if worker.is_ready:
            item, _known = worker.left.popleft()
            failed = Failed(item.donor, why)
        else:
            self._count_failed_start()
        if worker.left:
            waiting.appendleft(list(worker.left))
        self.workers.insert(place, self._hired())
        return failed

    def _count_failed_start(self) -> None:
        self._failed_starts += 1
        if self._failed_starts >= MOST_FAILED_STARTS:
            raise DomainError(
                _(
                    "The processes that produce documents stop immediately. Check "
                    "that there is enough memory."
                )
            )
