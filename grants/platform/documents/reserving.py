"""Content that is being kept is not purged before its record is there."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

_KEY = func.hashtextextended("stored files", 0)


def reserve_store(session: Session) -> None:
    """Until this transaction ends, nothing is purged: what it keeps may lie in the store already,
    and its record is not committed yet. Readers who take the whole store ask for it too.
    """
    session.execute(select(func.pg_advisory_xact_lock_shared(_KEY)))


def is_store_free(session: Session) -> bool:
    """Is nobody keeping anything now? If so, who does has to wait until this transaction ends."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_KEY))))
