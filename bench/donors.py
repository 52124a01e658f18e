"""A run over all donors: statements a second and memory, with one process and with two.

`python -m bench.donors --donors 10000` is the claim; `make bench` shows the same with fewer.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread

import psutil

from bench._donors import FIRST, LAST, NAMES, code, plant
from bench._stand import analyse, installation, milliseconds, show
from grants.core.database.db import Database
from grants.core.kernel.apart import own_helpers
from grants.core.kernel.language import use_language
from grants.papers.printing.press.order import Order
from grants.papers.printing.press.run import Works
from grants.papers.statements.issuing import render
from grants.papers.typesetting.installation import get_ready, load_for_helpers
from grants.papers.typesetting.paper import Span

SPAN = Span(FIRST, LAST)
MB = 1024 * 1024


class Memory:
    """The most that a run's processes have held, looked at every half second."""

    def __init__(self) -> None:
        self.together = 0
        """What they share counted once."""
        self.largest = 0
        """Of the processes that print, what is its own and its part of what is shared."""
        self.worked: dict[int, float] = {}
        """Seconds of the processor that each process has used."""
        self._done = Event()

    def watch(self) -> None:
        while not self._done.wait(0.5):
            below = psutil.Process().children(recursive=True)
            held = [_held(process) for process in below]
            self.worked.update(_worked(process) for process in below)
            own = psutil.Process().memory_full_info().pss
            self.together = max(self.together, own + sum(held))
            self.largest = max([self.largest, *held])

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = Thread(target=self.watch)
        thread.start()
        yield
        self._done.set()
        thread.join()


def _held(process: psutil.Process) -> int:
    try:
        pss: int = process.memory_full_info().pss
        return 0 if "postgres" in process.name() else pss
    except psutil.Error:  # it has ended meanwhile
        return 0


def _worked(process: psutil.Process) -> tuple[int, float]:
    try:
        used = process.cpu_times()
    except psutil.Error:
        return 0, 0.0
    return process.pid, 0.0 if "postgres" in process.name() else used.user + used.system


def run(works: Works) -> list[str]:
    """One row: a whole run into a fresh folder."""
    memory = Memory()
    works.database.dispose()  # processes that are forked open no connection
    load_for_helpers()
    with (
        own_helpers(works.workers, get_ready),
        tempfile.TemporaryDirectory() as folder,
        memory.watching(),
    ):
        begun = time.perf_counter()
        tally = works.run(Order(SPAN), Path(folder))
        taken = time.perf_counter() - begun
        begun = time.perf_counter()
        assert works.run(Order(SPAN), Path(folder)).fresh == 0
        again = time.perf_counter() - begun
    assert not tally.failures
    each = sum(memory.worked.values()) * 1000 / tally.fresh
    figures = (f"{tally.fresh / taken:.1f}", f"{taken:.0f}", f"{each:.0f}", f"{again:.0f}")
    return [
        f"{works.workers} processes",
        *figures,
        f"{memory.largest // MB}",
        f"{memory.together // MB}",
    ]


def scripts(database: Database) -> list[list[str]]:
    """How much slower other scripts are than Latin: the same statements, one by one."""
    rows = []
    for language in ("en", "ar"):
        for place, script in enumerate(NAMES):
            some = [code(number) for number in range(place, 12, len(NAMES))]
            with database.session() as session, use_language(language):
                acts = [partial(render, session, "donor-statement", one, SPAN) for one in some]
                taken = [milliseconds(act, 2, warm=1)[0] for act in acts]
            rows.append([f"{script} names, in “{language}”", f"{sum(taken) / len(taken):.1f}"])
    usual = float(rows[0][1])
    return [[*cells, f"{float(cells[1]) / usual:.2f}"] for cells in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=60)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    asked = parser.parse_args()
    with installation() as (app, database):
        begun = time.perf_counter()
        plant(database, asked.donors)
        analyse(database)
        planted = time.perf_counter() - begun
        works = [Works(database, app.extensions["settings"], number) for number in asked.workers]
        rows = [run(each) for each in works]
        show(
            f"Statements of {asked.donors:,} donors (planted in {planted:.0f} s)",
            ["", "a second", "seconds", "CPU ms each", "again", "MB, largest", "MB together"],
            rows,
        )
        show("One statement by script", ["", "ms", "of English"], scripts(database))


if __name__ == "__main__":
    main()
