"""The life of a process that prints for another: a document comes, a PDF or a refusal goes back.

    python -m grants.papers.typesetting.printer 7 text WARNING

Its words: the number of its end of a pipe, and the form and level of what it logs.

A document that takes longer than it may ends the process: where it was is then written to standard
error. It ends, too, when the process that asks has gone.
"""

import faulthandler
import gc
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from grants.core.kernel import clock, logs

POLITE = 10
"""Added to the niceness of the process: a person who waits for a page goes first."""


@dataclass(frozen=True, slots=True)
class Order:
    """A document to print."""

    given: Mapping[str, Any]
    """What `pdf.printed` takes."""
    limit: float
    """Seconds that it may take."""
    zone: str
    """Where the day of its signature begins."""


@dataclass(frozen=True, slots=True)
class Unprinted:
    """Why there is no PDF: it names something outside itself, or printing failed in this way."""

    names_more: bool
    failure: str = ""


def answer_to(order: Order) -> bytes | Unprinted:
    """Print, or end the process when the time is over."""
    from grants.papers.typesetting import pdf
    from grants.papers.typesetting.enclosed import Unprintable

    clock.use_zone(order.zone)
    faulthandler.dump_traceback_later(order.limit, exit=True)
    try:
        return pdf.printed(**order.given)
    except Unprintable:
        return Unprinted(names_more=True)
    except Exception:  # noqa: BLE001 - whatever it is, the process that asks tells of it
        return Unprinted(names_more=False, failure=traceback.format_exc())
    finally:
        faulthandler.cancel_dump_traceback_later()


def work(number: str, form: str, level: str) -> None:
    """Say that we are ready, then answer until the other end is closed."""
    from grants.papers.typesetting import pdf

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    logs.configure(as_json=form == "json", level=level)
    pdf.get_ready()
    gc.collect()
    gc.freeze()  # typefaces and rules stay: no document waits while they are gone through
    os.nice(POLITE)  # now, not before: a person waits for the first document, too
    with Connection(int(number)) as pipe, suppress(EOFError, ConnectionError):
        pipe.send(None)
        while True:
            pipe.send(answer_to(pipe.recv()))


if __name__ == "__main__":
    # not from here, where its classes would be others than those of the orders
    import_module("grants.papers.typesetting.printer").work(*sys.argv[1:])
