"""What gunicorn is told about its workers: they share what was loaded before they were forked."""

import ctypes
import gc
from contextlib import suppress
from itertools import count
from typing import Any

from grants.core.kernel import language, logs
from grants.core.kernel.parent import end_with_parent

TIDY = 100
"""Requests after which a worker gives back what it does not need; it takes some 60 milliseconds."""
_answered = count(1)


def on_starting(_server: Any) -> None:
    """When `flask serve` is killed, its web server does not go on alone."""
    end_with_parent()


def when_ready(_server: Any) -> None:
    """All that is loaded now stays for good: the collector never looks at it, so that its pages
    stay shared and no request waits while a hundred megabytes are gone through.
    """
    logs.take_over("gunicorn.error")
    language.read_languages()
    gc.collect()
    gc.freeze()
    gc.collect()  # and it counts what is left: when a quarter more is there, it looks again
    _give_back()


def post_fork(_server: Any, _worker: Any) -> None:
    """A request leaves some thousand objects that only the collector finds: looking often takes a
    millisecond each time, looking seldom a tenth of a second, in which nobody is answered.
    """
    gc.set_threshold(2_000, 5, 3)


def post_request(_worker: Any, _request: Any, _environ: Any, _answer: Any) -> None:
    """After the answer has been sent. What the collector has seen twice it leaves alone until there
    is a quarter more of it, and the C library keeps what is free between what is not.
    """
    if next(_answered) % TIDY == 0:
        gc.collect()
        _give_back()


def _give_back() -> None:
    """To the system, what the C library keeps free."""
    with suppress(OSError, AttributeError):  # another C library than that of GNU
        ctypes.CDLL(None).malloc_trim(0)
