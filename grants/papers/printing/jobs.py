"""What the worker does with a run. Killed, it begins again and prints only what is not there."""

import os
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile
from time import monotonic

from procrastinate import JobContext
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.kernel.errors import FundError
from grants.papers.printing import service
from grants.papers.printing.bundle import bundle
from grants.papers.printing.models import StatementRun
from grants.papers.printing.press.order import Tally
from grants.papers.printing.press.run import Works
from grants.papers.printing.workflow import RunState
from grants.platform.documents.store import store
from grants.platform.messages.jobs import RETRY, enqueue, jobs

EVERY = 1.0
"""Seconds between two notes on how far it is."""


class Cancelled(Exception):
    """A person has stopped the run."""


@jobs.task(name="runs.print", pass_context=True, retry=RETRY, lock="runs.print")
def print_run(context: JobContext, *, number: int) -> None:
    """Print a run; one after the other, since each takes all cores."""
    brought = context.additional_context
    works = Works(brought["database"], brought["settings"], os.cpu_count() or 1)
    work_on(works, number)


def begin(session: Session, run: StatementRun) -> None:
    """Let the worker see to it when this transaction is kept."""
    enqueue(session, print_run, number=run.id)


def folder_of(settings: Settings, number: int) -> Path:
    """Where the statements of a run are printed, on the host of the worker that does it."""
    return settings.data_dir / "runs" / str(number)


def bundle_of(number: int) -> str:
    """Where in the store the statements of a run lie for every host, as one ZIP."""
    return f"runs/{number}.zip"


def work_on(works: Works, number: int) -> None:
    """Print what is not there yet. Done twice, it is done once; and stopped at the last moment it
    stays stopped: the end is then a Conflict, the job is tried again, and finds nothing to do.
    """
    with works.database.session() as session:
        run = session.get_one(StatementRun, number)
        state, order = run.state, run.order
    if state is not RunState.ORDERED:
        return
    folder = folder_of(works.settings, number)
    try:
        tally = works.run(order, folder, _progress_watch(works.database, number))
        _keep_bundle(folder, number)
    except Cancelled:
        return
    except FundError as refusal:
        with works.database.transaction() as session:
            run = session.get_one(StatementRun, number)
            service.record_failure(session, run, _worker_act(refusal.message))
        return
    with works.database.transaction() as session:
        service.record_end(session, session.get_one(StatementRun, number), tally, _worker_act())
    if not tally.failures:
        rmtree(folder)  # one that lacks statements can go on from what is printed


def _keep_bundle(folder: Path, number: int) -> None:
    with TemporaryFile(dir=folder) as file:
        file.writelines(bundle(folder))
        file.seek(0)
        store().write(bundle_of(number), file)


def _worker_act(why: str | None = None) -> Act:
    return Act.by_system("worker", why)


def _progress_watch(database: Database, number: int) -> Callable[[Tally], None]:
    """Notes how far it is, and looks whether it is still wanted, each second."""
    last = 0.0

    def watch(tally: Tally) -> None:
        nonlocal last
        if monotonic() - last < EVERY:
            return
        last = monotonic()
        with database.transaction() as session:
            service.record_progress(session, number, tally)
            is_ordered = session.get_one(StatementRun, number).state is RunState.ORDERED
        if not is_ordered:
            raise Cancelled

    return watch
