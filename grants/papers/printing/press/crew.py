"""The processes of a run: fed batch by batch, replaced when they have printed enough or died."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Self

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.papers.printing.press.order import Failed, Printed, Stuck
from grants.papers.printing.press.worker import Batch, Outcome, Station, work

LIFETIME = 500
"""Statements after which a process is replaced: what prints them grows a little with each."""
STILLBORN = 3
"""Processes in a row that end before they print anything: something is wrong with all of them."""


def _context() -> Any:
    """How processes are started: forked from a server that has loaded everything they need and
    holds no connection; where a system has no such thing, anew.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grants.papers.printing.press.warm"])
    return context


class Hand:
    """One process, and the statements it still has to tell of."""

    def __init__(self, station: Station) -> None:
        context = _context()
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(station, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.left: deque[Any] = deque()
        self.printed = 0

    def give(self, batch: Batch) -> None:
        self.left.extend(batch)
        with suppress(OSError):  # it has just died: that is heard at the next look
            self.pipe.send(batch)

    def hear(self) -> Outcome:
        """What it says of the next statement. EOFError if it died over it."""
        outcome: Outcome = self.pipe.recv()
        self.left.popleft()
        self.printed += isinstance(outcome, Printed) and outcome.fresh
        return outcome

    def dismiss(self) -> None:
        """Let it end what it is at, and go; not for ever."""
        self.pipe.close()
        self.process.join(timeout=10)
        self.process.kill()
        self.process.join()
        self.process.close()


class Crew:
    """As many processes as wanted; leaving the block dismisses them all."""

    def __init__(self, station: Station, size: int, lifetime: int = LIFETIME) -> None:
        self.station = station
        self.size = size
        self.lifetime = lifetime
        self.hands: list[Hand] = []
        self._stillborn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for hand in self.hands:
            hand.dismiss()

    def outcomes(self, batches: Iterable[Batch]) -> Iterator[Printed | Failed]:
        """What became of each statement, as it comes. DomainError if nothing can be printed."""
        waiting = deque(batches)
        self.hands = [Hand(self.station) for _number in range(min(self.size, len(waiting)))]
        while True:
            self._feed(waiting)
            busy = {hand.pipe: hand for hand in self.hands if hand.left}
            if not busy:
                return
            for pipe in wait(list(busy)):
                yield self._told_by(busy[pipe], waiting)

    def _feed(self, waiting: deque[Batch]) -> None:
        for place, hand in enumerate(self.hands):
            if hand.left or not waiting:
                continue
            if hand.printed >= self.lifetime:
                self._replace(place)
            self.hands[place].give(waiting.popleft())

    def _replace(self, place: int) -> None:
        self.hands[place].dismiss()
        self.hands[place] = Hand(self.station)

    def _told_by(self, hand: Hand, waiting: deque[Batch]) -> Printed | Failed:
        try:
            outcome = hand.hear()
        except (EOFError, ConnectionError):
            return self._bury(hand, waiting)
        if isinstance(outcome, Stuck):
            raise DomainError(outcome.why)
        self._stillborn = 0
        return outcome

    def _bury(self, hand: Hand, waiting: deque[Batch]) -> Failed:
        """A process died over a statement: that one failed, and another process does the rest."""
        self._stillborn += 1
        if self._stillborn >= STILLBORN:
            raise DomainError(_("The processes that print end at once. Is there memory enough?"))
        item, _known = hand.left.popleft()
        if hand.left:
            waiting.appendleft(list(hand.left))
        self._replace(self.hands.index(hand))
        return Failed(item.donor, _("The process that printed it ended unexpectedly."))
