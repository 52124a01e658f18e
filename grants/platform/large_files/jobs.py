"""The worker makes large files, one after the other, each in a process of its own.

What a long document takes in memory is given back with the process, and e-mails go out meanwhile.
"""

import multiprocessing
import os
import time
from datetime import timedelta

from procrastinate import JobContext
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.db import Database
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.platform.large_files import service
from grants.platform.large_files.making import make
from grants.platform.large_files.models import KEPT, LargeFile
from grants.platform.large_files.queries import folder_of
from grants.platform.messages.jobs import RETRY, enqueue, jobs

LIMIT = timedelta(minutes=30).total_seconds()
"""Seconds that one file may take."""
LOOK = 2
"""Seconds between two looks at whether it is still wanted."""
POLITE = 5
"""Added to the niceness of the worker, which lets pages go first: as the printers of e-mails."""


@jobs.task(name="large_files.make", pass_context=True, retry=RETRY, lock="large_files.make")
def make_file(context: JobContext, *, number: int) -> None:
    """Make one file; killed, it begins again; cancelled, it ends."""
    database, until = context.additional_context["database"], time.monotonic() + LIMIT
    process = multiprocessing.get_context("spawn").Process(target=_alone, args=(number,))
    if is_wanted(database, number):
        process.start()
    while process.is_alive() and time.monotonic() < until and is_wanted(database, number):
        process.join(LOOK)
    if process.is_alive():
        process.kill()
        process.join()
    note_unmade(database, number)


def _alone(number: int) -> None:
    from grants import create_app

    os.nice(POLITE)
    make(create_app(), number)


def is_wanted(database: Database, number: int) -> bool:
    """Does the person who ordered it still wait for it?"""
    with database.reading() as session:
        ordered = session.get(LargeFile, number)
        return ordered is not None and ordered.is_waiting


def note_unmade(database: Database, number: int) -> None:
    """The process has ended: if nothing was made, it died or took too long."""
    with database.transaction() as session:
        ordered = session.get(LargeFile, number)
        if ordered is not None and ordered.is_waiting:
            with use_language(ordered.language):
                service.note_failure(session, ordered, _("The file could not be prepared."))


def begin(session: Session, ordered: LargeFile) -> None:
    """Let the worker see to it when this transaction is kept."""
    enqueue(session, make_file, number=ordered.id)


@jobs.periodic(cron="40 3 * * *")
@jobs.task(name="large_files.clear", pass_context=True, queueing_lock="large_files.clear")
def clear(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """Every night: what has been kept for a week goes."""
    brought = context.additional_context
    clear_away(brought["database"], brought["settings"])


def clear_away(database: Database, settings: Settings) -> None:
    """The orders of more than a week ago, and then every file that belongs to no order."""
    with database.transaction() as session:
        session.execute(delete(LargeFile).where(LargeFile.asked_at < clock.now() - KEPT))
        left = {str(number) for number in session.scalars(select(LargeFile.id))}
    for path in folder_of(settings).glob("*"):
        if path.stem not in left:
            path.unlink(missing_ok=True)
