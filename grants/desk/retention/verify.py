"""Checks of `flask ledger verify` on what was purged."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check
from grants.core.kernel.language import gettext as _
from grants.desk.retention.models import Purge
from grants.desk.retention.periods import rows_back
from grants.desk.retention.workflow import PurgeState

TRIGGERS: dict[str, str] = {}


def purged_rows_stay_purged(session: Session) -> Iterator[str]:
    """What a purge let go is not there again."""
    done = select(Purge).where(Purge.state == PurgeState.DONE).order_by(Purge.id)
    for purge in session.scalars(done):
        for table, number in rows_back(session, purge.kind, purge.before_on, purge.rows):
            yield _(
                "%(table)s %(number)s was purged (purge %(purge)s) but has reappeared.",
                table=table,
                number=number,
                purge=purge.id,
            )


CHECKS: list[Check] = [purged_rows_stay_purged]
