"""A copy of the database that follows it and answers questions (DATABASE_READ_URL).

Who asks gets the copy only when it holds all that was written until that moment, so nobody sees an
old figure; else, and while it does not answer, the database itself is asked. So it is where the
copy breaks off: it ended, or the question was in the way of following ("conflict with recovery").
"""

from time import monotonic, sleep
from typing import Any

from psycopg import OperationalError
from psycopg.errors import (
    AdminShutdown,
    CannotConnectNow,
    CrashShutdown,
    DeadlockDetected,
    SerializationFailure,
)
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from grants.core.database.connections import engine_at, only_reads
from grants.core.kernel.logs import logger

LOG = logger(__name__)
TRIES, PAUSE = 5, 0.004
"""A copy that is a moment behind is waited for so often and so long (seconds): 16 ms in all."""
REST = 10.0
"""For so many seconds a copy that did not answer, or was behind, is left alone."""
CONNECT = {"connect_timeout": 2, "tcp_user_timeout": 5000}
"""What libpq is told, in seconds and in milliseconds: who reads does not wait for a dead host."""
_IN_THE_WAY = (SerializationFailure, DeadlockDetected)
"""How a standby breaks off a question that keeps it from following; who only reads meets neither
elsewhere.
"""
_ENDED = (AdminShutdown, CrashShutdown, CannotConnectNow)
_WRITTEN = text("SELECT pg_current_wal_flush_lsn()::text")
_HOLDS = text("SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn)")


class Replica:
    """A standby of streaming replication, which only reads."""

    def __init__(self, url: str, **options: Any) -> None:
        self.engine: Engine = engine_at(url, CONNECT, isolation_level="AUTOCOMMIT", **options)
        event.listen(self.engine, "connect", only_reads)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._rests_until = 0.0

    def instead_of(self, session: Session) -> Session:
        """A session of the copy, if it holds all that was written until now; else the given one,
        whose database says what that is.
        """
        if monotonic() < self._rests_until:
            return session
        try:
            written = session.execute(_WRITTEN).scalar_one()
        except DBAPIError:  # it is away: who asks is told so, as without a copy
            return session
        copy = self._sessions()
        try:
            if self._has_followed(copy, written):
                session.close()
                return copy
            why = "it is behind"
        except DBAPIError as error:
            why = type(error.orig).__name__
        copy.close()
        self._rest(why)
        return session

    def _rest(self, why: str) -> None:
        self._rests_until = monotonic() + REST
        LOG.warning("replica not used", why=why, seconds=REST)

    def broke_off(self, session: Session, error: BaseException | None) -> bool:
        """Is this session of the copy, and the error the copy's own, so that the database can
        answer what was asked? A copy that has ended is left alone for a while.
        """
        if session.get_bind() is not self.engine or not isinstance(error, OperationalError):
            return False
        if isinstance(error, _IN_THE_WAY):
            LOG.warning("replica not used", why=type(error).__name__, seconds=0)
            return True
        if error.sqlstate is None or isinstance(error, _ENDED):
            self._rest(type(error).__name__)
            return True
        return False

    def _has_followed(self, copy: Session, written: str) -> bool:
        for number in range(TRIES):
            if number:
                sleep(PAUSE)
            if copy.execute(_HOLDS, {"written": written}).scalar_one():
                return True
        return False
