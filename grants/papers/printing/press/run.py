"""A run: every donor's statement, from one state of the books, into one folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.kernel.db import Database
from grants.papers.printing.press.folder import opened
from grants.papers.printing.press.order import Item, Line, Order, Printed, Tally, items
from grants.papers.printing.press.pool import ProcessPool
from grants.papers.printing.press.worker import Batch, WorkerSettings

BATCH = 20
"""Statements whose facts are read together."""


Watch = Callable[[Tally], None]
"""Called after each statement; what it raises ends the run, which can be resumed."""


@dataclass(frozen=True, slots=True)
class Works:
    """Where runs are printed."""

    database: Database
    settings: Settings
    workers: int

    def run(self, order: Order, path: Path, watch: Watch = lambda _tally: None) -> Tally:
        """Print what is not present and correct, and write the manifest of all that is.

        DomainError if the folder belongs to another run or order, or cannot be written.
        """
        with opened(path, order) as folder, _snapshot(self.database) as (session, name):
            wanted = items(session, order)
            tally = Tally(len(wanted))
            watch(tally)
            station = WorkerSettings(self.settings, self.database.url, name, path, order.span)
            with ProcessPool(station, self.workers, limit=self.settings.print_limit) as pool:
                for outcome in pool.outcomes(self._batches(wanted, folder.known)):
                    if isinstance(outcome, Printed) and outcome.fresh:
                        folder.note(outcome.line)
                    tally.count(outcome)
                    watch(tally)
            there = [tally.lines[item.donor] for item in wanted if item.donor in tally.lines]
            tally.manifest = folder.close(there)
        return tally

    def _batches(self, wanted: Sequence[Item], known: Mapping[str, Line]) -> Iterator[Batch]:
        """Statements of one language at a time, and something for everyone to do."""
        size = max(1, min(BATCH, len(wanted) // (2 * self.workers)))
        by_language = groupby(sorted(wanted, key=_language), key=_language)
        for _code, group in by_language:
            every = [(item, known.get(item.donor)) for item in group]
            for first in range(0, len(every), size):
                yield every[first : first + size]


def _language(item: Item) -> str:
    return item.language


@contextmanager
def _snapshot(database: Database) -> Iterator[tuple[Session, str]]:
    """One state of the books, under the name by which other connections look at it too."""
    with database.session() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("SET TRANSACTION READ ONLY"))
        yield session, session.scalars(text("SELECT pg_export_snapshot()")).one()
