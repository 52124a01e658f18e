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
from grants.papers.printing.press.order import Failed, Printed, Stuck
from grants.papers.printing.press.worker import Batch, Outcome, Station, work

LIFETIME = 500
"""Statements after which a process is replaced: what prints them grows a little with each."""
STILLBORN = 3
"""Processes in a row that end before they print anything: something is wrong with all of them."""
LIMIT = 300
"""Seconds that one statement may take; the usual one takes less than one."""
START = 300
"""Seconds that a process may take until it is ready to print."""
LOOK = 1
"""Seconds between two looks at whether a statement takes too long."""


def _context() -> Any:
    """How processes are started: forked from a server that has loaded everything they need and
    holds no connection; where a system has no such thing, anew.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grants.papers.printing.press.warm"])
    return context


Labour = Callable[[Station, Connection], None]
"""What a process does all its life."""


class Hand:
    """One process, and the statements it still has to tell of."""

    def __init__(self, station: Station, labour: Labour) -> None:
        context = _context()
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=labour, args=(station, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.left: deque[Any] = deque()
        self.printed = 0
        self.is_ready = False
        self.heard_at = time.monotonic()

    def give(self, batch: Batch) -> None:
        self.left.extend(batch)
        self.heard_at = time.monotonic()
        with suppress(OSError):  # it has just died: that is heard at the next look
            self.pipe.send(batch)

    def hear(self) -> Outcome | None:
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

    def dismiss(self, patience: float = 10) -> None:
        """Let it end what it is at, and go; after so many seconds kill it."""
        self.pipe.close()
        self.process.join(timeout=patience)
        self.process.kill()
        self.process.join()
        self.process.close()


class Crew:
    """As many processes as wanted; leaving the block dismisses them all."""

    def __init__(
        self,
        station: Station,
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
        self.hands = [self._hired() for _number in range(min(self.size, len(waiting)))]
        while True:
            self._feed(waiting)
            busy = {hand.pipe: hand for hand in self.hands if hand.left}
            if not busy:
                return
            for pipe in wait(list(busy), timeout=LOOK):
                if outcome := self._told_by(busy[pipe], waiting):
                    yield outcome
            for hand in [hand for hand in self.hands if hand.is_late(self.limit)]:
                yield self._given_up(hand, waiting)

    def _hired(self) -> Hand:
        return Hand(self.station, self.labour)

    def _feed(self, waiting: deque[Batch]) -> None:
        for place, hand in enumerate(self.hands):
            if hand.left or not waiting:
                continue
            if hand.printed >= self.lifetime:
                self._replace(place)
            self.hands[place].give(waiting.popleft())

    def _replace(self, place: int, patience: float = 10) -> None:
        self.hands[place].dismiss(patience)
        self.hands[place] = self._hired()

    def _told_by(self, hand: Hand, waiting: deque[Batch]) -> Printed | Failed | None:
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
        return self._failed(hand, waiting, _("The process that printed it ended unexpectedly."))

    def _given_up(self, hand: Hand, waiting: deque[Batch]) -> Failed:
        """A statement takes too long: its process is killed, and another does the rest."""
        why = _("It was not printed within %(seconds)s seconds.", seconds=int(self.limit))
        return self._failed(hand, waiting, why, patience=0)

    def _failed(self, hand: Hand, waiting: deque[Batch], why: str, patience: float = 10) -> Failed:
        item, _known = hand.left.popleft()
        if hand.left:
            waiting.appendleft(list(hand.left))
        self._replace(self.hands.index(hand), patience)
        return Failed(item.donor, why)
