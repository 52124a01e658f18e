"""Connections to PostgreSQL, and how psycopg and SQLAlchemy use them: what is kept, what is not
asked, and what is sent together.
"""

import select
from collections.abc import Sequence
from json import JSONDecoder
from typing import Any, LiteralString, cast
from weakref import WeakKeyDictionary

from psycopg import Column, Cursor
from psycopg import Connection as DriverConnection
from psycopg import OperationalError as OperationalFailure
from psycopg.errors import error_from_result
from psycopg.pq import Escaping, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import LRUCache

STATEMENTS, MORE = 130, 1 / 10
"""Compiled statements kept, and what part more before the oldest go: each takes some 90 kB. What is
asked often stays; compiling one again takes some milliseconds.
"""


def engine_at(url: str, kept: LRUCache[Any, Any], **options: Any) -> Engine:
    """The engine of a postgresql:// URL; `kept` are its compiled statements."""
    own = {"cursor_factory": _Cursor, "client_encoding": "utf8"}
    options["connect_args"] = own | options.get("connect_args", {})
    engine = create_engine(
        with_driver(url),
        pool_use_lifo=True,  # the connection used last, which has its plans and pages at hand
        execution_options={"compiled_cache": kept},
        json_deserializer=_read_json,
        enable_from_linting=__debug__,  # a check of statements as they are written, not served
        **options,
    )
    engine.dialect.do_rollback = _roll_back  # type: ignore[method-assign, assignment]
    engine.dialect.do_commit = _commit  # type: ignore[method-assign, assignment]
    event.listen(engine, "connect", _plan_only)
    event.listen(engine, "checkout", _refuse_ended)
    event.listen(engine, "do_execute", _execute)
    return engine


def _read_json(value: bytes | str) -> Any:
    """What the database has written as JSON, which needs no look at its encoding and its ends."""
    return _JSON.raw_decode(str(value, "utf-8") if isinstance(value, bytes) else value)[0]


_JSON = JSONDecoder()


def only_reads(connection: DriverConnection[Any], _record: object) -> None:
    """Let a new connection refuse to write, and each question be a transaction of its own.

    A page joins few rows to others: for each of them PostgreSQL would go through a table that it
    has noted, where a condition on the page's rows looks so costly that it takes a join by an index
    for no cheaper.
    """
    connection.read_only = True
    connection.autocommit = True
    connection.execute("SET default_transaction_read_only = on; SET enable_material = off")


def _plan_only(connection: DriverConnection[Any], _record: object) -> None:
    """No statement is compiled to machine code first (JIT), which PostgreSQL does for those that
    it expects to be long: a start page counts thirty things up to a thousand each, which it takes
    for millions, and would compile for longer than it counts.
    """
    connection.execute("SET jit = off")
    if not connection.autocommit:
        connection.commit()


def under(connection: PoolProxiedConnection) -> DriverConnection[Any]:
    """Psycopg's connection under one of the pool."""
    return cast("DriverConnection[Any]", connection.dbapi_connection)


class _Columns(Sequence[Column]):
    """The columns of an answer, described when they are read: SQLAlchemy asks for them with each
    answer, and reads them once for each statement. To describe them was a tenth of a submission.
    """

    def __init__(self, cursor: Cursor[Any], number: int) -> None:
        self._cursor, self._number = cursor, number

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, place: Any) -> Any:
        return [Column(self._cursor, number) for number in range(self._number)][place]


class _Cursor(Cursor[Any]):
    @property
    def description(self) -> Any:
        number = self.pgresult.nfields if self.pgresult else 0
        return _Columns(self, number) if number else super().description


def _execute(
    cursor: Cursor[Any], statement: LiteralString, values: Any, context: ExecutionContext
) -> bool:
    """Psycopg keeps the plan of whatever it has seen a few times: say of what pages it may not."""
    options, connection = context.execution_options, cursor.connection
    if type(cursor) is not _Cursor or not connection.read_only:
        return False
    if options.get("any_values") and connection.info.transaction_status == TransactionStatus.IDLE:
        _execute_as_planned(cursor, statement, values)
        return True
    if options.get("known"):
        return False
    cursor.execute(statement, values, prepare=False)
    return True


def _execute_as_planned(cursor: Cursor[Any], statement: LiteralString, values: Any) -> None:
    """By the plan that the server has made once for any values. It would make one for these values
    each time where that looks cheaper, and plan longer than it works.
    """
    server = cursor.connection
    server.execute("SET plan_cache_mode = force_generic_plan", prepare=False)
    try:
        cursor.execute(statement, values, prepare=True)
    finally:
        if not server.closed:
            server.execute("RESET plan_cache_mode", prepare=False)


def with_commit(session: Session, statement: LiteralString, value: str) -> None:
    """Send a statement about a text in one message with the COMMIT that follows, so that what it
    locks waits for nothing here; at once where this transaction is part of another one.
    """
    connection = session.connection()
    commits_alone = isinstance(session.get_bind(), Engine)
    if not commits_alone or connection.dialect.do_commit is not _commit:
        connection.exec_driver_sql(statement, (value,))
        return
    server = under(connection.connection)
    quoted = Escaping(server.pgconn).escape_literal(value.encode())
    _LEFT[server] = statement.encode() % bytes(quoted)


_LEFT: WeakKeyDictionary[DriverConnection[Any], bytes] = WeakKeyDictionary()
"""What is sent with the COMMIT of a connection."""


def _commit(connection: PoolProxiedConnection) -> None:
    """With what was left for it, which the server does first and refuses both or neither. Deferred
    rules are asked before that, while nothing is locked for it.
    """
    last = _LEFT.pop(under(connection), None)
    if last is None:
        connection.commit()
        return
    server: PGconn = connection.pgconn
    result = server.exec_(b"SET CONSTRAINTS ALL IMMEDIATE; " + last + b"; COMMIT")
    if result.status != ExecStatus.COMMAND_OK:
        raise error_from_result(result)


def _roll_back(connection: PoolProxiedConnection) -> None:
    """Psycopg's own rollback forgets every plan, and each request that only reads ends with one.
    After an error it does: that may have been about a plan.
    """
    _LEFT.pop(under(connection), None)
    server: PGconn = connection.pgconn
    if server.transaction_status != TransactionStatus.INTRANS:
        connection.rollback()
    elif server.exec_(b"ROLLBACK").status != ExecStatus.COMMAND_OK:
        connection.rollback()  # which says what is wrong


def _refuse_ended(connection: DriverConnection[Any], *_pool: Any) -> None:
    """A connection of the pool that the server has ended has something to read: its last words, or
    the end. Looking costs nothing; asking the server took a tenth of a short answer's time.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0) and _has_ended(connection):
        raise InvalidatePoolError


def _has_ended(connection: DriverConnection[Any]) -> bool:
    """It may also have been told something; then the server is asked."""
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except OperationalFailure:
        return True
    return False


def with_driver(url: str) -> str:
    """The same URL for SQLAlchemy, which wants the driver named."""
    scheme, mark, rest = url.partition("://")
    return f"postgresql+psycopg{mark}{rest}" if scheme in {"postgres", "postgresql"} else url
