"""A run: every donor's statement, from one state of the books, into one folder.

The facts are read here, batch by batch; helpers print, so many at a time.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from grants.books.certificates.models import Copy
from grants.books.certificates.queries import ever_certified
from grants.books.certificates.service import bytes_of
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError, FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.papers.printing.press.folder import Folder, as_one_line, holds, opened, save
from grants.papers.printing.press.order import (
    DOCUMENT,
    Failed,
    Item,
    Line,
    Order,
    Printed,
    Tally,
    items,
)
from grants.papers.statements.catalogue import paper_of, papers_of
from grants.papers.statements.issuing import kept, print_source_of
from grants.papers.typesetting.metadata import pages_of
from grants.papers.typesetting.paper import Paper, Span
from grants.papers.typesetting.source import PrintSource

LOG = logging.getLogger(__name__)
BATCH = 20
"""Statements whose facts are read together."""


Watch = Callable[[Tally], None]
"""Called after each statement; what it raises ends the run, which can be resumed."""
Matter = PrintSource | Copy | Failed
"""What a statement is printed from; the certified one, which was kept; or why there is neither."""


@dataclass(frozen=True, slots=True)
class Works:
    """Where runs are printed, so many statements at a time."""

    database: Database
    settings: Settings
    workers: int

    def run(self, order: Order, path: Path, watch: Watch = lambda _tally: None) -> Tally:
        """Print what is not present and correct, and write the manifest of all that is.

        DomainError if the folder belongs to another run or order, or cannot be written.
        """
        with opened(path, order) as folder, _books_snapshot(self.database) as session:
            statements = items(session, order)
            tally = Tally(len(statements))
            watch(tally)
            for outcome in self._outcomes_of(
                _read_matters(session, order.span, statements), folder
            ):
                if isinstance(outcome, Printed) and outcome.fresh:
                    folder.note(outcome.line)
                tally.count(outcome)
                watch(tally)
            there = [tally.lines[item.donor] for item in statements if item.donor in tally.lines]
            tally.manifest = folder.close(there)
        return tally

    def _outcomes_of(
        self, matters: Iterator[tuple[Item, Matter]], folder: Folder
    ) -> Iterator[Printed | Failed]:
        """What became of each statement, as it comes. While a batch is printed, the facts of the
        next are read.
        """
        threads = ThreadPoolExecutor(self.workers)
        under_way: set[Future[Printed | Failed]] = set()
        try:
            for item, matter in matters:
                under_way.add(threads.submit(self._save_statement, folder, item, matter))
                if len(under_way) >= BATCH + self.workers:
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            threads.shutdown(cancel_futures=True)

    def _save_statement(self, folder: Folder, item: Item, matter: Matter) -> Printed | Failed:
        """The statement is in its place, made again only where it is not present and correct.
        DomainError if it cannot be written there.
        """
        if isinstance(matter, Failed):
            return matter
        key = matter.key if isinstance(matter, PrintSource) else matter.sha256
        earlier = folder.known.get(item.donor)
        values = (item.file, item.language, key)
        if (
            earlier
            and (earlier.file, earlier.language, earlier.key) == values
            and holds(folder.path, earlier)
        ):
            return Printed(earlier, fresh=False)
        content = self._content_of(item, matter)
        if isinstance(content, Failed):
            return content
        with as_one_line(folder.path / item.file):
            save(folder.path / item.file, content)
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

    def _content_of(self, item: Item, matter: PrintSource | Copy) -> bytes | Failed:
        try:
            with use_language(item.language):
                if isinstance(matter, PrintSource):
                    return matter.printed(self.settings.print_limit)
                return bytes_of(matter)
        except Exception as fault:  # noqa: BLE001 - the statements of other donors go on
            return _failure_of(item, fault)


@contextmanager
def _books_snapshot(database: Database) -> Iterator[Session]:
    """One state of the books. DomainError if the database ends meanwhile."""
    with database.session() as session:
        try:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            session.execute(text("SET TRANSACTION READ ONLY"))
            yield session
        except OperationalError as lost:
            why = str(lost.orig).splitlines()[0]
            raise DomainError(_("The database does not answer (%(why)s).", why=why)) from lost


def _read_matters(
    session: Session, span: Span, statements: Sequence[Item]
) -> Iterator[tuple[Item, Matter]]:
    """What each statement is printed from, read in batches of one language."""
    certified = ever_certified(session, DOCUMENT, span.code)
    for code, group in groupby(sorted(statements, key=_language_of), key=_language_of):
        every = list(group)
        for first in range(0, len(every), BATCH):
            batch = every[first : first + BATCH]
            with use_language(code):
                papers = _read_papers(session, span, batch)
                matters = [_read_matter(session, span, item, certified, papers) for item in batch]
            session.expunge_all()
            yield from zip(batch, matters, strict=True)


def _language_of(item: Item) -> str:
    return item.language


def _read_papers(session: Session, span: Span, batch: Sequence[Item]) -> Mapping[str, Paper]:
    """The facts of all of them together; of none, where one cannot be read."""
    references = [item.reference for item in batch]
    try:
        with session.begin_nested():
            return papers_of(session, DOCUMENT, references, span)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it shows again where that one is read alone
        LOG.warning("not all of %s can be read together", references)
        return {}


def _read_matter(
    session: Session,
    span: Span,
    item: Item,
    certified: frozenset[str],
    papers: Mapping[str, Paper],
) -> Matter:
    try:
        with session.begin_nested():
            if item.donor in certified and (copy := kept(session, DOCUMENT, item.reference, span)):
                return copy
            paper = papers.get(item.reference)
            return print_source_of(paper or paper_of(session, DOCUMENT, item.reference, span))
    except OperationalError:
        raise
    except Exception as fault:  # noqa: BLE001 - the statements of other donors go on
        return _failure_of(item, fault)


def _failure_of(item: Item, fault: Exception) -> Failed:
    if isinstance(fault, FundError):
        return Failed(item.donor, fault.message)
    LOG.error("the statement of %s", item.donor, exc_info=fault)
    return Failed(item.donor, f"{type(fault).__name__}: {fault}")
