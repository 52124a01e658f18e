"""What the worker does with an import: check it, and, once it is confirmed, take it over.

Each is one transaction. When it is killed, nothing of it is done; the worker begins it again.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any

from procrastinate import JobContext
from sqlalchemy import update
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.kernel.errors import FundError
from grants.core.kernel.language import use_language
from grants.desk.moving_in import service
from grants.desk.moving_in.models import Import
from grants.desk.moving_in.workflow import AT_WORK, ImportState
from grants.platform.messages.jobs import RETRY, enqueue, jobs

EVERY = 2.0
"""Seconds between two notes on how far it is."""


@jobs.task(name="moving_in.run", pass_context=True, retry=RETRY)
def run(context: JobContext, *, number: int) -> None:
    """The next thing to do with an import."""
    work_on(context.additional_context["database"], number)


def begin(session: Session, handed_in: Import) -> None:
    """Let the worker see to it when this transaction is kept."""
    enqueue(session, run, number=handed_in.id)


def work_on(database: Database, number: int) -> None:
    """Check an import that was uploaded; take over one that was confirmed. Done twice, it is done
    once.
    """
    with database.session() as session:
        handed_in = session.get_one(Import, number)
        state, language = handed_in.state, handed_in.language
    if state not in AT_WORK:
        return
    work = _check_import if state is ImportState.UPLOADED else _take_over
    with use_language(language):
        try:
            work(database, number)
        except FundError as refusal:
            with database.transaction() as session:
                handed_in = session.get_one(Import, number)
                service.note_faults(session, handed_in, refusal, service.by_worker())


def _check_import(database: Database, number: int) -> None:
    with database.rolled_back() as session:
        handed_in = session.get_one(Import, number)
        outcome = service.replay(session, handed_in, _progress_teller(database, number))
    with database.transaction() as session:
        service.note_checked(session, session.get_one(Import, number), outcome, service.by_worker())


def _take_over(database: Database, number: int) -> None:
    with database.transaction() as session:
        handed_in = session.get_one(Import, number)
        outcome = service.replay(session, handed_in, _progress_teller(database, number))
        service.note_taken_over(session, handed_in, outcome, service.by_worker())


def _progress_teller(database: Database, number: int) -> Callable[[int, int], None]:
    """Notes how far it is in transactions of its own, which others can see at once."""
    last = monotonic()

    def report(done: int, steps: int) -> None:
        nonlocal last
        if monotonic() - last < EVERY:
            return
        last = monotonic()
        noted: Any = update(Import).where(Import.id == number).values(done=done, steps=steps)
        with database.transaction() as session:
            session.execute(noted)

    return report
