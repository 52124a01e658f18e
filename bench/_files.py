"""Each export and each command that asks, at two sizes: the first byte, the whole, and the memory.

What takes longer than a request may is ordered as a person does and made as the worker makes it;
its first byte is the page on which it is ordered. It is stopped a second after its first row, and
how long the whole takes is reckoned from the rows that were written until then.
"""

import gc
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from unittest import mock
from urllib.parse import parse_qs, urljoin, urlsplit

import psutil
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.exc import DBAPIError

from bench._browsers import LONGEST, Stand, counting
from bench._commands import STARTED, cost_of_command, cost_of_start
from bench._cost import FEW, Cost, memory_watched
from grants.core.kernel import clock
from grants.core.kernel.errors import Away
from grants.core.people.queries import person_by_email
from grants.platform.large_files import making, service
from grants.platform.large_files.making import make
from grants.platform.large_files.models import LargeFile

SECONDS = 1.0
"""For which the worker writes rows of a file."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file that a page offers, and who opens that page."""

    address: str
    looker: str


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


def cost_of_export(stand: Stand, export: Export) -> Cost | None:
    """As a person fetches it, and where it has to be ordered as the worker makes it; None: the
    database took longer over one question than it may.
    """
    browser = stand.browsers[export.looker]
    try:
        with memory_watched(psutil.Process()) as most, counting(stand.database) as counts:
            begun = time.perf_counter()
            with browser.get(export.address) as answer:
                parts = iter(answer.response)
                size = len(next(parts, b""))
                first = time.perf_counter() - begun
                size += sum(map(len, parts))
                ordered = parse_qs(urlsplit(answer.location or "").query).get("address")
            by, written = "", Written()
            if ordered:
                by, size = "worker", _made(stand, export, ordered[0], written)
            whole = written.reckoned(begun, time.perf_counter())
    except (Away, DBAPIError):
        return None
    return Cost(first * 1000, whole, size, most[0], counts.queries, by)


@dataclass
class Written:
    """Rows of a file until it was stopped."""

    first_at: float = 0
    done: int = 0
    total: int = 0
    stopped: bool = False

    def tell(self, coming: int, total: int) -> None:
        """The worker is about to write this row."""
        now = time.perf_counter()
        self.first_at = self.first_at or now
        self.done, self.total = coming - 1, total
        if now > self.first_at + SECONDS:
            self.stopped = True
            raise service.NotWanted

    def reckoned(self, begun: float, ended: float) -> float | None:
        """Seconds for the whole: until its first row, and all rows as fast as those written."""
        if not self.stopped:
            return ended - begun
        if self.done < FEW:
            return None
        rows = max(self.total, self.done) / self.done
        return self.first_at - begun + (ended - self.first_at) * rows


def _made(stand: Stand, export: Export, address: str, written: Written) -> int:
    """What the worker makes of an order; its bytes."""
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
    # half a workbook complains when it is thrown away
    quiet = mock.patch.object(sys, "unraisablehook")
    with quiet, mock.patch.object(making, "_progress_teller", return_value=written.tell):
        make(stand.app, number)
        gc.collect()
    with stand.database.session() as session:
        made = session.get_one(LargeFile, number)
        assert made.key or written.stopped, made.why
        return made.size or 0


Table = tuple[str, list[str], list[list[str]]]
Costs = list[tuple[str, Cost | None, Cost | None]]


def costs(
    stands: tuple[Stand, Stand],
    pages: Iterable[tuple[str, str]],
    commands: Sequence[tuple[str, ...]],
) -> Costs:
    """What the exports of these pages cost, and these commands, small and large."""
    small, large = stands
    found: Costs = []
    for one in exports(small, pages):
        found.append((one.address, cost_of_export(small, one), cost_of_export(large, one)))
    for words in commands:
        name = f"flask {' '.join(words)}"
        found.append((name, cost_of_command(small, words), cost_of_command(large, words)))
    if commands:
        begun = (cost_of_start(small, STARTED), cost_of_start(large, STARTED))
        found.append((f"flask {' '.join(STARTED)}, from its start", *begun))
    return found


def files(found: Costs) -> Table:
    """These costs as a table."""
    heads = ["", "first, small", "large, ms", "×", "whole, small", "large, s", "queries", "kB"]
    lines = [[name, *_cells(small, large)] for name, small, large in found]
    title = "Every file that a page offers, every command that asks"
    return title, [*heads, "MB more", "by"], lines


def files_over(found: Costs) -> Iterator[str]:
    """What is over the limits at the large size."""
    for name, small, large in found:
        faults = [f"no answer in {LONGEST}"] if large is None else list(large.faults(small))
        if faults:
            yield f"{name}: {', '.join(faults)}"


def _cells(small: Cost | None, large: Cost | None) -> list[str]:
    if small is None or large is None:
        return ["–"] * 9
    return [
        *(f"{cost.first:.0f}" for cost in (small, large)),
        f"{large.first / small.first:.1f}",
        *("–" if cost.whole is None else f"{cost.whole:.1f}" for cost in (small, large)),
        at_both(small.queries, large.queries),
        *(f"{large.size // 1000}", f"{large.memory}", large.by),
    ]


def at_both(small: int, large: int) -> str:
    """One figure for both sizes if it is the same."""
    return str(large) if small == large else f"{small}→{large}"
