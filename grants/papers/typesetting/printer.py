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
from functools import lru_cache
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from grants.config import Settings
from grants.core.kernel import clock, logs
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import use_language

POLITE, FURTHER = 10, 5
"""Added to the niceness of the process: a person who waits for a page goes first. If the one that
asks is behind pages already, less is.
"""


def is_awaited() -> bool:
    """Does a person wait for what this process asks for? The worker stands behind pages, and so
    does a server that was itself started behind other work (`nice`).
    """
    return os.nice(0) <= 0


@dataclass(frozen=True, slots=True)
class Order:
    """A document to print."""

    given: Mapping[str, Any]
    """What `pdf.printed` takes."""
    limit: float
    """Seconds that it may take."""
    zone: str
    """Where the day of its signature begins."""
    language: str = "en"
    """Of a refusal."""
    settings: Settings | None = None
    """Of the installation whose seal and signature it gets; None: it is only printed."""


@dataclass(frozen=True, slots=True)
class Unprinted:
    """Why there is no PDF: it names something outside itself, printing failed in this way, or it
    cannot be signed, which is told to the person who asks.
    """

    names_more: bool
    failure: str = ""
    refused: str = ""


def answer_to(order: Order) -> bytes | Unprinted:
    """Print, seal and sign, or end the process when the time is over."""
    from grants.papers.typesetting.enclosed import Unprintable

    clock.use_zone(order.zone)
    faulthandler.dump_traceback_later(order.limit, exit=True)
    try:
        with use_language(order.language):
            return _printed(order)
    except Unprintable:
        return Unprinted(names_more=True)
    except DomainError as refusal:
        return Unprinted(names_more=False, refused=refusal.message)
    except Exception:  # noqa: BLE001 - whatever it is, the process that asks tells of it
        return Unprinted(names_more=False, failure=traceback.format_exc())
    finally:
        faulthandler.cancel_dump_traceback_later()


def _printed(order: Order) -> bytes:
    from grants.papers.typesetting import finishing, pdf

    if order.settings is None:
        return pdf.printed(**order.given)
    _prepare(order.settings)
    return finishing.printed_here(order.given)


@lru_cache(maxsize=1)
def _prepare(settings: Settings) -> None:
    """Once for an installation: opening a token takes a while."""
    from grants.papers.typesetting.finishing import prepare_signing

    prepare_signing(settings)


def work(number: str, form: str, level: str) -> None:
    """Say that we are ready, then answer until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    logs.configure(as_json=form == "json", level=level)
    get_ready()
    with Connection(int(number)) as pipe, suppress(EOFError, ConnectionError):
        pipe.send(None)
        while True:
            pipe.send(answer_to(pipe.recv()))


def get_ready() -> None:
    """Behind pages from the beginning, unless a person waits for the first document, which needs
    two seconds of the processor before it.
    """
    from grants.papers.typesetting import pdf

    first = is_awaited()
    if not first:
        os.nice(FURTHER)
    pdf.get_ready()
    gc.collect()
    gc.freeze()  # typefaces and rules stay: no document waits while they are gone through
    if first:
        os.nice(POLITE)


if __name__ == "__main__":
    # not from here, where its classes would be others than those of the orders
    import_module("grants.papers.typesetting.printer").work(*sys.argv[1:])
