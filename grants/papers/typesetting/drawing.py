"""Drawing charts in a process apart from the one that answers pages.

Vega and its engine take a hundred megabytes and a second to begin; a chart is drawn once for the
same figures, so its process is there while it is needed and for some minutes more.
"""

import logging
import time
from threading import Lock, Timer

from grants.core.kernel.errors import Unfinished
from grants.core.kernel.language import gettext as _
from grants.papers.typesetting import drawer
from grants.papers.typesetting.drawer import Sketch
from grants.papers.typesetting.printer import Unprinted
from grants.papers.typesetting.printers import Ended, Printer
from grants.platform.web import charts
from grants.platform.web.charts import Picture

LOG = logging.getLogger(__name__)
LIMIT = 20
"""Seconds that a chart may take."""
IDLE = 300
"""Seconds after which the process ends when nothing is drawn."""


class Drawer:
    """The process that draws for this one, started when it is needed first."""

    def __init__(self, logs: tuple[str, str] = ("text", "WARNING"), idle: float = IDLE) -> None:
        """`logs`: form and level."""
        self.words = (drawer.__name__, *logs)
        self.idle = idle
        self._lock = Lock()
        self._one: Printer | None = None
        self._end: Timer | None = None

    def drawn(self, kind: str, shown: Picture) -> str:
        """The chart; drawn by this process if the other ends twice or cannot begin, for a page goes
        first. Unfinished if it takes too long, as it would here.
        """
        with self._lock:
            for _once_more in range(2):
                try:
                    return self._asked(Sketch(kind, shown, LIMIT))
                except (Ended, OSError):
                    self._one = None
                    LOG.warning("a process that draws has ended: %s", shown.title)
        return charts.drawn_here(kind, shown)

    def _asked(self, sketch: Sketch) -> str:
        if self._end:
            self._end.cancel()
        if self._one is None or not self._one.is_well():
            self._one = Printer(*self.words)
        answer = _answer_in_time(self._one, sketch)
        self._end = Timer(self.idle, self.close)
        self._end.daemon = True
        self._end.start()
        if isinstance(answer, str):
            return answer
        raise RuntimeError(f"not drawn:\n{answer.failure}")

    def close(self) -> None:
        """End the process; the next chart begins another."""
        with self._lock:
            if self._one is not None:
                self._one.close()
                self._one = None


def _answer_in_time(one: Printer, sketch: Sketch) -> str | Unprinted:
    began = time.monotonic()
    try:
        answer: str | Unprinted = one.answer_to(sketch)
    except Ended:
        if time.monotonic() - began < sketch.limit:
            raise
        LOG.exception("not drawn within %s s: %s", sketch.limit, sketch.shown.title)
        raise Unfinished(
            _("Try again in a few minutes. If the problem continues, contact the secretariat.")
        ) from None
    return answer
