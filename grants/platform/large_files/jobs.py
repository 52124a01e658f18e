"""The worker makes large files, one after the other, and e-mails go out meanwhile. What a long
document takes in memory is a helper's, and goes with it.
"""

import logging

from procrastinate import JobContext
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.platform.documents.store import store
from grants.platform.large_files import service
from grants.platform.large_files.making import make_here
from grants.platform.large_files.models import KEPT, LargeFile
from grants.platform.large_files.queries import FOLDER, place_of
from grants.platform.messages.jobs import RETRY, enqueue, jobs

LOG = logging.getLogger(__name__)
MOST_TRIES = 3
"""Times that a file is begun whose maker ended each time."""
A_DAY = 24 * 3600
"""Seconds after which what belongs to no order is not just being written."""


@jobs.task(name="large_files.make", pass_context=True, retry=RETRY, lock="large_files.make")
def make_file(context: JobContext, *, number: int) -> None:
    """Make one file; killed, it begins again; cancelled, it ends."""
    try:
        if context.job.attempts < MOST_TRIES:
            make_here(number)
    except Exception:
        LOG.exception("a large file")
    note_unmade(context.additional_context["database"], number)


def note_unmade(database: Database, number: int) -> None:
    """If nothing was made, its maker has failed."""
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
    clear_away(context.additional_context["database"])


def clear_away(database: Database) -> None:
    """The orders of more than a week ago, and then every file that belongs to no order."""
    with database.transaction() as session:
        session.execute(delete(LargeFile).where(LargeFile.asked_at < clock.now() - KEPT))
        orders = {place_of(number) for number in session.scalars(select(LargeFile.id))}
    for entry in list(store().entries(FOLDER)):
        if entry.name not in orders and entry.at < clock.now().timestamp() - A_DAY:
            store().remove(entry.name)
