"""Work that takes much memory, or that may hang, done by a process beside the one that asks.

A helper takes one task after another from a socket. It ends when a task takes too long, and when it
has grown, and is then replaced by a fresh one: a page, an e-mail or a certificate is answered with
what to do, and the next task is done. Where there are no helpers (most commands, and tests), a
process does the work itself.
"""

import faulthandler
import gc
import logging
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Client, Connection, Listener
from typing import Any, TypeVar

from grants.core.kernel import clock
from grants.core.kernel.errors import FundError, Unfinished
from grants.core.kernel.language import current_language, use_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.processes import Part, give_back, keep_running

LOG = logging.getLogger(__name__)
LIMIT = 30
"""Seconds that a task may take for which a person waits; the usual one takes less than one."""
GRACE = 5
"""Seconds in which a helper that is late ends by itself."""
MOST_GROWN = 60
"""Megabytes by which a helper may have grown at its largest before it is replaced."""
WAITING = 64
"""Tasks that may wait for a helper."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Task:
    """A function of a module to call, with what, and for how many seconds at most."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    limit: float
    language: str
    zone: str
    """Where days begin and end."""

    @property
    def name(self) -> str:
        return f"{self.function.__module__}.{self.function.__name__}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: the result, the fund's refusal, or the trace of what failed."""

    result: Any = None
    refusal: FundError | None = None
    failure: str = ""


class HelperEnded(Exception):
    """The helper has ended instead of answering."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """The helpers that listen at an address."""

    address: str

    def result_of(self, task: Task) -> Any:
        """The result of a task, begun again once if its helper ends for a reason of its own.

        Unfinished if it takes too long; FundError if the function refuses.
        """
        try:
            return self._ask_helper(task)
        except HelperEnded:
            LOG.warning("a helper has ended: %s", task.name)
        try:
            return self._ask_helper(task)
        except HelperEnded:
            raise Unfinished(
                _(
                    "This document was not produced, because the process that was producing it "
                    "stopped twice. Try again later. If it happens again, write to the people who "
                    "run this service."
                )
            ) from None

    def _ask_helper(self, task: Task) -> Any:
        began = time.monotonic()
        try:
            with Client(self.address) as connection:
                connection.send(task)
                if not connection.poll(task.limit + GRACE):
                    raise _too_late(task)
                outcome: Outcome = connection.recv()
        except (EOFError, OSError) as ended:
            if time.monotonic() - began >= task.limit:
                raise _too_late(task) from ended
            raise HelperEnded from ended
        if outcome.refusal:
            raise outcome.refusal
        if outcome.failure:
            raise RuntimeError(f"{task.name} failed in a helper:\n{outcome.failure}")
        return outcome.result


def _too_late(task: Task) -> Unfinished:
    LOG.error("not done within %s s: %s", task.limit, task.name)
    return Unfinished(
        _(
            "This document was not produced within %(limit)s seconds. Try again later. If it "
            "happens again, write to the people who run this service.",
            limit=int(task.limit),
        )
    )


_helpers: Helpers | None = None


def use_helpers(helpers: Helpers | None) -> Helpers | None:
    """Set who helps this process, and those forked from it; returns who helped before."""
    global _helpers
    before, _helpers = _helpers, helpers
    return before


def apart(function: Callable[..., Made], *arguments: Any, limit: float = LIMIT) -> Made:
    """What a function of a module makes of what is given, in the language spoken here. Unfinished
    if it takes longer than so many seconds in a helper.
    """
    if _helpers is None:
        return function(*arguments)
    task = Task(function, arguments, limit, current_language().code, clock.zone().key)
    result: Made = _helpers.result_of(task)
    return result


def listener() -> Listener:
    """A socket for helpers, in a folder that no other user of the machine may enter."""
    return Listener(family="AF_UNIX", backlog=WAITING)


def help_others(tasks: Listener, get_ready: Callable[[], object]) -> None:
    """The life of a helper: until it has grown too much, or a task takes too long."""
    get_ready()
    gc.collect()
    gc.freeze()
    most = _largest_megabytes() + MOST_GROWN
    while _largest_megabytes() < most:
        with suppress(EOFError, OSError), tasks.accept() as connection:  # who asked may be gone
            _answer_task(connection)
        give_back()


def _answer_task(connection: Connection) -> None:
    task: Task = connection.recv()
    faulthandler.dump_traceback_later(task.limit, exit=True)
    try:
        connection.send(_outcome_of(task))
    finally:
        faulthandler.cancel_dump_traceback_later()


def _outcome_of(task: Task) -> Outcome:
    clock.use_zone(task.zone)
    try:
        with use_language(task.language):
            return Outcome(task.function(*task.arguments))
    except FundError as refusal:
        return Outcome(refusal=refusal)
    except Exception:  # noqa: BLE001 - whatever it is, the process that asks tells of it
        return Outcome(failure=traceback.format_exc())


def _largest_megabytes() -> float:
    """How large this process was at its largest."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / 1024 / (1024 if sys.platform == "darwin" else 1)


@contextmanager
def own_helpers(number: int, get_ready: Callable[[], object]) -> Iterator[None]:
    """So many helpers of this process's own, for as long as the block takes."""
    with listener() as tasks:
        keeper = Part("helpers", partial(_keep_helpers, tasks, number, get_ready))
        before = use_helpers(Helpers(str(tasks.address)))
        try:
            yield
        finally:
            use_helpers(before)
            keeper.process.terminate()
            keeper.process.join()


def _keep_helpers(tasks: Listener, number: int, get_ready: Callable[[], object]) -> None:
    work = partial(help_others, tasks, get_ready)
    keep_running([Part("helper", work) for _number in range(number)], _note_restart)


def _note_restart(name: str, status: int, _pause: int) -> None:
    LOG.warning("%s: stopped with status %s", name, status)
