"""The moment at which a statement is asked: by the clock, and by what has been written."""

from datetime import date, datetime

from sqlalchemy import BindParameter, Date, DateTime, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from grants.core.kernel import clock

NOW: BindParameter[datetime] = bindparam("now", callable_=clock.now, type_=DateTime(timezone=True))
"""This moment, each time the statement is asked; for those that are worded once and asked often."""
TODAY: BindParameter[date] = bindparam("today", callable_=clock.today, type_=Date)
"""The same of the day."""


def seen(session: Session) -> str:
    """Which transactions of the database a question sees. While the text is the same, so is every
    record: also those of which the trail says nothing. What this session itself has written and
    not committed is not in it.
    """
    return session.execute(_SEEN).scalar_one()


_SEEN = select(
    cast(func.pg_current_snapshot(), String)
    + func.coalesce(cast(func.pg_last_wal_replay_lsn(), String), "")
)
"""A replica does not name in its snapshot which transactions go on: it says how far it has read."""
