"""Every page, export and command, at the size of the demonstration and at a thousand times that.

The pages are those of the access table, asked for by the first person who may see them, with the
same address in both databases. A page that grows, is slow, is heavy or asks often is named at the
end; then come the files that these pages offer, and without a PART the commands that ask.

    python -m bench.pages [--keep FOLDER] [PART OF AN ADDRESS …]

`--keep` leaves the two databases in a folder for the next run.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient

from bench._browsers import LONGEST, Counts, Stand, counting, fetch
from bench._commands import COMMANDS
from bench._cost import memory_held
from bench._files import at_both, costs, files, files_over
from bench._large import NOON, stands
from bench._stand import show
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.errors import Away
from tests.rules.access import rows
from tests.rules.examples import Examples

GROWS, SLOW, HEAVY, OFTEN = 1.5, 60, 100_000, 12
"""Times, milliseconds, bytes, queries that a page may take."""
NOISE = 5.0
"""Milliseconds by which every page may grow, whatever its ratio: 7 after 4 are no news."""
TIMES = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """One page at one size."""

    milliseconds: float
    queries: int
    loaded: int
    size: int
    memory: int
    """MB that this process held more after it than before."""


@dataclass
class Page:
    """A page, who looks at it, and what it costs at each size."""

    name: str
    address: str
    looker: str
    measured: list[Measured | None] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        small, large = self.measured
        if small is None or large is None:
            return float("inf")
        return large.milliseconds / small.milliseconds

    def faults(self) -> Iterator[str]:
        small, large = self.measured
        if large is None or small is None:
            yield f"no answer in {LONGEST}"
            return
        if self.ratio > GROWS and large.milliseconds - small.milliseconds > NOISE:
            yield f"grows {self.ratio:.1f} times"
        if large.milliseconds > SLOW:
            yield f"{large.milliseconds:.0f} ms"
        if large.size > HEAVY:
            yield f"{large.size // 1000} kB"
        if large.queries > OFTEN:
            yield f"{large.queries} queries"


def measure(browser: FlaskClient, database: Database, address: str) -> Measured | None:
    """The best of a few; one is enough where a page takes long. None: it failed."""
    best, size, before, counts = float("inf"), 0, memory_held(), Counts()
    for turn in range(TIMES + 1):
        with counting(database) as asked:
            begun = time.perf_counter()
            status, size = fetch(browser, address)
            taken = (time.perf_counter() - begun) * 1000
        counts = asked
        if status not in {200, 302}:  # 302: to the page that orders it of the worker
            return None
        if turn or taken > 1000:  # the first one compiles its statements
            best = min(best, taken)
        if taken > 3000:
            break
    more = max(0, memory_held() - before)
    return Measured(best, counts.queries, counts.loaded, size, more)


def pages(stand: Stand, wanted: Sequence[str]) -> list[Page]:
    """The pages that somebody sees, each asked for by the first who does."""
    with stand.database.session() as session:
        asked = list(rows(stand.app, Examples(session)))
    asked += [(f"search {name}", address) for name, address in SEARCHES]
    found, known = [], set()
    for name, address in asked:
        if address in known or (wanted and not any(part in address for part in wanted)):
            continue
        known.add(address)
        if looker := stand.looker_of(address):
            found.append(Page(name.strip("`"), address, looker))
    return found


SEARCHES = (
    ("applications: common word", "/applications?q=safe"),
    ("applications: nothing fits", "/applications?q=zzzyx"),
    ("applications: a number", "/applications?q=UNVTF-2026"),
    ("applications: common words", "/applications?q=safe+legal"),
    ("pledges: a name", "/pledges?q=Austria"),
    ("donors: a name", "/donors?q=Austria"),
    ("donors: a letter", "/donors?q=a"),
    ("donors: nothing fits", "/donors?q=zzzyx"),
    ("bank: nothing fits", "/bank?q=zzzyx"),
    ("everywhere: a name", "/search?q=Austria"),
    ("everywhere: nothing fits", "/search?q=zzzyx"),
    ("entries of an account", "/ledger/UNVTF/entries?account=cash"),
)


def table(folder: Path, wanted: Sequence[str]) -> None:
    with stands(folder) as databases, clock.at(NOON):
        small, large = (Stand(folder, database) for database in databases)
        found = pages(small, wanted)
        for page in found:
            for stand in (small, large):
                page.measured.append(_measured(stand, page))
        _tell(found)
        asked = [(page.address, page.looker) for page in found]
        taken = costs((small, large), asked, () if wanted else COMMANDS)
        show(*files(taken))
        _name("Files over the limits", files_over(taken))


def _tell(found: list[Page]) -> None:
    found.sort(key=lambda page: -(page.measured[1].milliseconds if page.measured[1] else 1e9))
    show(
        "Every page, small and large",
        ["", "small ms", "large ms", "×", "queries", "rows", "kB", "MB more"],
        [_line(page) for page in found],
    )
    limits = f"grows over {GROWS} times and {NOISE:.0f} ms, over {SLOW} ms, {HEAVY // 1000} kB"
    over = ((page, list(page.faults())) for page in found)
    lines = (f"{page.address} ({page.looker}): {', '.join(why)}" for page, why in over if why)
    _name(f"Pages over the limits ({limits} or {OFTEN} queries)", lines)


def _name(title: str, lines: Iterable[str]) -> None:
    print(f"\n{title}:", *(list(lines) or ["none"]), sep="\n  ")


def _measured(stand: Stand, page: Page) -> Measured | None:
    try:
        return measure(stand.browsers[page.looker], stand.database, page.address)
    except Away:
        return None


def _line(page: Page) -> list[str]:
    small, large = page.measured
    if small is None or large is None:
        return [page.name, f"{small.milliseconds:.0f}" if small else "–", "–", *[""] * 5]
    return [
        page.name,
        f"{small.milliseconds:.0f}",
        f"{large.milliseconds:.0f}",
        f"{page.ratio:.1f}",
        at_both(small.queries, large.queries),
        str(large.loaded),
        str(large.size // 1000),
        str(large.memory),
    ]


def main() -> None:
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="p20-bench-") as folder:
        kept = Path(wanted[1] if wanted[:1] == ["--keep"] else folder)
        table(kept, wanted[2:] if wanted[:1] == ["--keep"] else wanted)


if __name__ == "__main__":
    main()
