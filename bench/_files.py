"""Each export and each command that asks, at two sizes: the first byte, the whole, and the memory.

What takes longer than a request may is ordered as a person does and made as the worker makes it;
its first byte is the page on which it is ordered. After some seconds it is stopped, and how long
the whole takes is reckoned from what was done until then.
"""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from unittest import mock
from urllib.parse import parse_qs, urljoin, urlsplit

import psutil
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.engine import Engine

from bench._browsers import Stand
from grants.core.kernel import clock
from grants.core.people.queries import person_by_email
from grants.platform.large_files import making, service
from grants.platform.large_files.making import make
from grants.platform.large_files.models import LargeFile
from tests.rules.examples import Examples

MB = 1024 * 1024
SECONDS = 2.0
"""For which the worker is at a file."""
LATE, LARGE, LONG = 300, 30, 10
"""Milliseconds until the first byte, MB of memory and, of what the worker does not make, seconds
in all, that a file may take.
"""
YEAR = ("--from", "2026-01-01", "--to", "2026-12-31", "--json")
COMMANDS = (
    ("ledger", "verify"),
    ("ledger", "balances", "--json"),
    ("trail", "verify"),
    ("trail", "export", "FILE"),
    ("statement", "fund", "UNVTF", *YEAR),
    ("statement", "donor", "DONOR", *YEAR),
    ("statement", "grant", "GRANT", *YEAR),
    ("call", "export", "CALL"),
    ("fund", "export", "UNVTF"),
    ("staff", "list", "--json"),
)


@dataclass(frozen=True, slots=True)
class Export:
    """A file that a page offers, and who opens that page."""

    address: str
    looker: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one file or command. Milliseconds until the first byte, seconds until the last, bytes; MB
    more than before at the most.
    """

    first: float
    whole: float
    size: int
    memory: int
    by: str = ""
    """Who made it, if not the process that answers."""

    def faults(self) -> Iterator[str]:
        """What is over the limits; a command starts for longer than a file may take to begin."""
        if self.first > LATE and self.by != "command":
            yield f"first byte after {self.first:.0f} ms"
        if self.memory > LARGE and self.by != "worker":
            yield f"{self.memory} MB more"
        if self.whole > LONG and not self.by:
            yield f"{self.whole:.0f} s"


def exports(stand: Stand, pages: Iterable[tuple[str, str]]) -> Iterator[Export]:
    """Every file that these pages offer in a format of its own, each once; `pages`: address and
    looker.
    """
    known = set()
    for page, looker in pages:
        for link in _links(stand.browsers[looker], page):
            address = urljoin(page, link)
            if address.startswith("/") and address not in known:
                known.add(address)
                yield Export(address, looker)


def _links(browser: FlaskClient, page: str) -> list[str]:
    with browser.get(page) as answer:
        if answer.mimetype != "text/html":
            return []
        links = html.fromstring(answer.data).xpath("//a[contains(@href, 'format=')]/@href")
    return [str(link) for link in links]


@contextmanager
def memory_watched(process: psutil.Process) -> Iterator[list[int]]:
    """A list whose only element is the most that a process has held, in MB more than at first."""
    before, most, done = process.memory_info().rss, [0], Event()

    def watch() -> None:
        while not done.wait(0.02):
            try:
                most[0] = max(most[0], (process.memory_info().rss - before) // MB)
            except psutil.Error:
                return

    thread = Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def cost_of_export(stand: Stand, export: Export) -> Cost:
    """As a person fetches it, and where it has to be ordered as the worker makes it."""
    browser = stand.browsers[export.looker]
    with memory_watched(psutil.Process()) as most:
        begun = time.perf_counter()
        with browser.get(export.address) as answer:
            parts = iter(answer.response)
            size = len(next(parts, b""))
            first = time.perf_counter() - begun
            size += sum(map(len, parts))
            ordered = parse_qs(urlsplit(answer.location or "").query).get("address")
        by, part = "", 1.0
        if ordered:
            by, (size, part) = "worker", _made(stand, export, ordered[0])
        taken = time.perf_counter() - begun
    return Cost(first * 1000, taken / part, size, most[0], by)


def _made(stand: Stand, export: Export, address: str) -> tuple[int, float]:
    """What the worker makes of an order: its bytes, and which part of it was made."""
    with stand.database.transaction() as session:
        email = stand.emails[export.looker]
        person = person_by_email(session, email) if email else None
        order = LargeFile(
            person_id=person.id if person else None,
            address=address,
            language="en",
            asked_at=clock.now(),
        )
        session.add(order)
        session.flush()
        number = order.id
    with _stopped() as part:
        make(stand.app, number)
    with stand.database.session() as session:
        made = session.get_one(LargeFile, number)
        assert made.key or part[0] < 1, made.why
        return made.size or 0, part[0]


@contextmanager
def _stopped() -> Iterator[list[float]]:
    """What is made is stopped after some seconds, as if it were cancelled; a list of one: which
    part of the rows was written until then.
    """
    part = [1.0]

    def teller(*_order: object) -> Callable[[int, int], None]:
        end = time.monotonic() + SECONDS

        def tell(done: int, total: int) -> None:
            if time.monotonic() > end:
                part[0] = done / max(done + 1, total)
                raise service.NotWanted

        return tell

    # half a workbook complains when it is thrown away
    quiet = mock.patch.object(sys, "unraisablehook")
    with quiet, mock.patch.object(making, "_teller", teller):
        yield part
        gc.collect()


Table = tuple[str, list[str], list[list[str]]]
Costs = list[tuple[str, Cost, Cost]]


def costs(
    stands: tuple[Stand, Stand],
    pages: Iterable[tuple[str, str]],
    commands: Sequence[tuple[str, ...]],
) -> Costs:
    """What the exports of these pages cost, and these commands, small and large."""
    small, large = stands
    return [
        *(
            (one.address, cost_of_export(small, one), cost_of_export(large, one))
            for one in exports(small, pages)
        ),
        *(
            (
                f"flask {' '.join(words)}",
                cost_of_command(small, words),
                cost_of_command(large, words),
            )
            for words in commands
        ),
    ]


def files(found: Costs) -> Table:
    """These costs as a table."""
    heads = ["", "first, small", "large, ms", "whole, small", "large, s", "kB", "MB more", "by"]
    lines = [[name, *_cells(small, large)] for name, small, large in found]
    return "Every file that a page offers, every command that asks", heads, lines


def files_over(found: Costs) -> Iterator[str]:
    """What is over the limits at the large size."""
    for name, _small, large in found:
        if faults := list(large.faults()):
            yield f"{name}: {', '.join(faults)}"


def _cells(small: Cost, large: Cost) -> list[str]:
    return [
        *(f"{cost.first:.0f}" for cost in (small, large)),
        *(f"{cost.whole:.1f}" for cost in (small, large)),
        f"{large.size // 1000}",
        *(f"{large.memory}", large.by),
    ]


def cost_of_command(stand: Stand, words: Sequence[str]) -> Cost:
    """In a process of its own, as on the command line."""
    assert isinstance(stand.database.bind, Engine)
    url = stand.database.bind.url.set(drivername="postgresql").render_as_string(False)
    settings = [f"DATABASE_URL={url}", f"DATA_DIR={stand.folder}", "SECRET_KEY=bench"]
    command = ["/usr/bin/env", *settings, sys.executable, "-m", "flask", *_filled(stand, words)]
    begun, first, size = time.perf_counter(), 0.0, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with memory_watched(psutil.Process(process.pid)) as most:
            while part := os.read(process.stdout.fileno(), 65536):
                first = first or time.perf_counter() - begun
                size += len(part)
    return Cost(first * 1000, time.perf_counter() - begun, size, most[0], "command")


def _filled(stand: Stand, words: Iterable[str]) -> list[str]:
    """The words of a command, with a record of the demonstration where one is meant."""
    with stand.database.session() as session:
        examples = Examples(session)
        known = {
            "DONOR": examples.donor.code,
            "GRANT": examples.award.reference,
            "CALL": examples.submitted.call.reference,
            "FILE": os.devnull,
        }
    return [known.get(word, word) for word in words]
