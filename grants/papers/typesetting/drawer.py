"""The life of a process that draws charts and fills workbooks for another.

    python -m grants.papers.typesetting.drawer 7 text WARNING

Its words: the number of its end of a pipe, and the form and level of what it logs. It ends when the
process that asks has gone.
"""

import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from grants.core.kernel import logs
from grants.core.kernel.language import use_language
from grants.papers.typesetting.printer import Unprinted


@dataclass(frozen=True, slots=True)
class Task:
    """A function of a module to call, and what it is given."""

    function: Callable[..., Any]
    given: tuple[Any, ...]
    language: str
    limit: float
    """Seconds that it may take."""

    @property
    def name(self) -> str:
        return f"{self.function.__module__}.{self.function.__name__}"


@dataclass(frozen=True, slots=True)
class Done:
    """What the function returned."""

    made: Any


def answer_to(task: Task) -> Done | Unprinted:
    try:
        with use_language(task.language):
            return Done(task.function(*task.given))
    except Exception:  # noqa: BLE001 - whatever it is, the process that asks tells of it
        return Unprinted(names_more=False, failure=traceback.format_exc())


def work(number: str, form: str, level: str) -> None:
    """Say that we are ready, then answer until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    logs.configure(as_json=form == "json", level=level)
    with Connection(int(number)) as pipe, suppress(EOFError, ConnectionError):
        pipe.send(None)
        while True:
            pipe.send(answer_to(pipe.recv()))


if __name__ == "__main__":
    # not from here, where its classes would be others than those of what is asked
    import_module("grants.papers.typesetting.drawer").work(*sys.argv[1:])
