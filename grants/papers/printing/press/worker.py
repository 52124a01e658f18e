"""A process that prints: it reads the facts of some donors, prints each, and saves it.

It works on a connection of its own, on the state of the books that the run as a whole looks at,
and ends with the run: when the other end of its pipe is closed.
"""

import gc
import hashlib
import logging
import os
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from grants.books.certificates.models import Copy
from grants.books.certificates.queries import ever_certified
from grants.books.certificates.service import bytes_of
from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.connections import with_driver
from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.papers.printing.press.folder import SCRATCH, holds, save
from grants.papers.printing.press.order import DOCUMENT, Failed, Item, Line, Printed, Stopped
from grants.papers.statements.catalogue import paper_of, papers_of
from grants.papers.statements.issuing import kept, print_source_of
from grants.papers.typesetting.installation import prepare_printing
from grants.papers.typesetting.metadata import pages_of
from grants.papers.typesetting.paper import Paper, Span
from grants.papers.typesetting.source import PrintSource

LOG = logging.getLogger(__name__)
NICENESS = 10
"""Pages are served beside a run: a person who waits for one goes first."""
COLLECTED = 10
"""Statements after which memory is tidied up: less often costs memory, more often time."""

Batch = Sequence[tuple[Item, Line | None]]
"""Statements of one language, each with what the journal is about it."""
Outcome = Printed | Failed | Stopped


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Where a process prints."""

    settings: Settings
    database_url: str
    snapshot: str
    """PostgreSQL's name for the state of the books that the whole run looks at."""
    folder: Path
    span: Span
    zone: str = field(default_factory=lambda: clock.zone().key)
    """Where days begin and end, which a new process does not know by itself."""


def work(station: WorkerSettings, pipe: Connection) -> None:
    """The life of a process: print batch after batch, and report on each statement."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for a person who runs us
    os.nice(NICENESS)
    gc.disable()
    tempfile.tempdir = str(station.folder / SCRATCH)
    clock.use_zone(station.zone)
    prepare_printing(station.settings)
    try:
        with books(station) as session:
            certified = ever_certified(session, DOCUMENT, station.span.code)
            pipe.send(None)  # ready
            while batch := pipe.recv():
                for outcome in _printed(session, station, batch, certified):
                    pipe.send(outcome)
                session.expunge_all()
    except (EOFError, ConnectionError):
        return  # the run is gone, and so are we
    except OperationalError as lost:
        why = str(lost.orig).splitlines()[0]
        pipe.send(Stopped(_("The database does not answer (%(why)s).", why=why)))


@contextmanager
def books(station: WorkerSettings) -> Iterator[Session]:
    """A session on the state of the books that the run looks at."""
    engine = create_engine(
        with_driver(station.database_url), poolclass=NullPool, isolation_level="REPEATABLE READ"
    )
    with Session(engine) as session:
        session.execute(text(f"SET TRANSACTION SNAPSHOT '{station.snapshot}'"))
        session.execute(text("SET TRANSACTION READ ONLY"))
        yield session
    engine.dispose()


def _printed(
    session: Session, station: WorkerSettings, batch: Batch, certified: frozenset[str]
) -> Iterator[Outcome]:
    with use_language(batch[0][0].language):
        papers = _read(session, station, [item for item, _known in batch])
        for number, (item, known) in enumerate(batch, 1):
            try:
                matter = _matter(session, station, item, certified, papers)
                yield _saved(station, item, known, matter)
            except OperationalError:
                raise
            except OSError as trouble:  # of the folder: every other statement would meet it too
                facts = {"file": station.folder / item.file, "why": trouble.strerror}
                yield Stopped(_("%(file)s cannot be written: %(why)s.", **facts))
            except FundError as refusal:
                yield Failed(item.donor, refusal.message)
            except Exception as fault:
                LOG.exception("the statement of %s", item.donor)
                yield Failed(item.donor, f"{type(fault).__name__}: {fault}")
            if number % COLLECTED == 0:
                gc.collect()


def _read(session: Session, station: WorkerSettings, items: Sequence[Item]) -> Mapping[str, Paper]:
    """The facts of all of them together; of none, where one cannot be read."""
    references = [item.reference for item in items]
    try:
        with session.begin_nested():
            return papers_of(session, DOCUMENT, references, station.span)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it shows again where that one is read alone
        LOG.warning("not all of %s can be read together", references)
        return {}


def _matter(
    session: Session,
    station: WorkerSettings,
    item: Item,
    certified: frozenset[str],
    papers: Mapping[str, Paper],
) -> PrintSource | Copy:
    """What the statement is printed from; or the certified one, which was kept."""
    with session.begin_nested():
        if item.donor in certified:
            copy = kept(session, DOCUMENT, item.reference, station.span)
            if copy:
                return copy
        paper = papers.get(item.reference)
        return print_source_of(paper or paper_of(session, DOCUMENT, item.reference, station.span))


def _saved(
    station: WorkerSettings, item: Item, known: Line | None, matter: PrintSource | Copy
) -> Printed:
    """The statement is in its place, made again only where it is not present and correct."""
    key = matter.key if isinstance(matter, PrintSource) else matter.sha256
    values = (item.file, item.language, key)
    if known and (known.file, known.language, known.key) == values and holds(station.folder, known):
        return Printed(known, fresh=False)
    content = matter.printed() if isinstance(matter, PrintSource) else bytes_of(matter)
    save(station.folder / item.file, content)
    line = Line(
        donor=item.donor,
        language=item.language,
        file=item.file,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        pages=pages_of(content) or 0,
        key=key,
    )
    return Printed(line, fresh=True)
