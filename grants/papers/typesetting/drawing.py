"""Drawing charts and filling workbooks in a process apart from the one that answers pages.

Vega and its engine take a hundred megabytes and a second to begin; a chart is drawn once for the
same figures, so its process is there while it is needed and for some minutes more.
"""

import logging
import time
from collections.abc import Callable
from threading import Lock, Timer
from typing import Any

from grants.core.kernel.errors import Unfinished
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.papers.typesetting import drawer
from grants.papers.typesetting.drawer import Done, Task
from grants.papers.typesetting.printer import Unprinted
from grants.papers.typesetting.printers import Ended, Printer

LOG = logging.getLogger(__name__)
LIMIT = 45
"""Seconds that a chart or a workbook may take: a machine that is busy may need twenty to begin."""
IDLE = 300
"""Seconds after which the process ends when nothing is to do."""


class Drawer:
    """The process that draws for this one, started when it is needed first."""

    def __init__(self, logs: tuple[str, str] = ("text", "WARNING"), idle: float = IDLE) -> None:
        """`logs`: form and level."""
        self.words = (drawer.__name__, *logs)
        self.idle = idle
        self._lock = Lock()
        self._one: Printer | None = None
        self._end: Timer | None = None

    def done(self, function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        """What a function makes, called by this process if the other ends twice or cannot begin,
        for a page goes first. Unfinished if it takes too long, as it would here, or if others have
        the process for so long.
        """
        task = Task(function, given, current_language().code, LIMIT)
        if not self._lock.acquire(timeout=LIMIT):
            raise _unfinished()
        try:
            for _once_more in range(2):
                try:
                    return self._asked(task)
                except (Ended, OSError):
                    self._one = None
                    LOG.warning("a process that draws has ended: %s", task.name)
        finally:
            self._lock.release()
        return function(*given)

    def _asked(self, task: Task) -> Any:
        if self._end:
            self._end.cancel()
        if self._one is None or not self._one.is_well():
            self._one = Printer(*self.words)
        answer = _answer_in_time(self._one, task)
        self._end = Timer(self.idle, self.close)
        self._end.daemon = True
        self._end.start()
        if isinstance(answer, Done):
            return answer.made
        raise RuntimeError(f"not drawn:\n{answer.failure}")

    def close(self) -> None:
        """End the process; the next task begins another."""
        with self._lock:
            if self._one is not None:
                self._one.close()
                self._one = None


def _answer_in_time(one: Printer, task: Task) -> Done | Unprinted:
    began = time.monotonic()
    try:
        answer: Done | Unprinted = one.answer_to(task)
    except Ended:
        if time.monotonic() - began < task.limit:
            raise
        LOG.exception("not drawn within %s s: %s", task.limit, task.name)
        raise _unfinished() from None
    return answer


def _unfinished() -> Unfinished:
    return Unfinished(
        _("Try again in a few minutes. If the problem continues, contact the secretariat.")
    )
