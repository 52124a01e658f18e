"""Connections to PostgreSQL."""

from collections.abc import Mapping
from typing import Any, cast

from psycopg import Connection as DriverConnection
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import PoolProxiedConnection

STATEMENTS = 100
"""Compiled statements kept by an engine, and half as many more before the oldest go: each takes
some 90 kB, compiling one some milliseconds.
"""


def engine_at(url: str, libpq: Mapping[str, int] | None = None, **options: Any) -> Engine:
    """The engine of a postgresql:// URL; `libpq` is told to each of its connections."""
    engine = _make_engine(url, {**(libpq or {})}, **options)
    event.listen(engine, "connect", _without_jit)
    return engine


def shared_engine_at(url: str, **options: Any) -> Engine:
    """The engine of a pool between us and the database, whose connections others use between two
    transactions of ours: a setting or a prepared statement of one would be met by another.
    """
    return _make_engine(url, {"prepare_threshold": None}, **options)


def _make_engine(url: str, more: dict[str, Any], **options: Any) -> Engine:
    return create_engine(
        with_driver(url),
        pool_use_lifo=True,  # the connection used last, which has its plans and pages at hand
        pool_pre_ping=True,
        query_cache_size=STATEMENTS,
        enable_from_linting=__debug__,  # a check of statements as they are written, not served
        connect_args={"client_encoding": "utf8", **more},
        **options,
    )


def only_reads(connection: DriverConnection[Any], _record: object) -> None:
    """Let a new connection refuse to write, and plan each question for its values: what is rare is
    not found as what is common is. A page joins few rows to others, which an index finds sooner
    than a table that is noted whole (MATERIAL).
    """
    connection.execute(
        "SET default_transaction_read_only = on; SET plan_cache_mode = force_custom_plan;"
        " SET enable_material = off"
    )


def _without_jit(connection: DriverConnection[Any], _record: object) -> None:
    """A start page counts thirty things up to a thousand each, which PostgreSQL takes for millions:
    it would compile the statement to machine code for longer than it counts.
    """
    connection.execute("SET jit = off")
    if not connection.autocommit:
        connection.commit()


def under(connection: PoolProxiedConnection) -> DriverConnection[Any]:
    """Psycopg's connection under one of the pool."""
    return cast("DriverConnection[Any]", connection.dbapi_connection)


def libpq_url(url: URL) -> str:
    """A URL of SQLAlchemy as libpq reads it: of several servers (`?host=a:5432&host=b:5432`) the
    names and the ports are a list each.
    """
    url = url.set(drivername="postgresql")
    servers = url.query.get("host", "")
    if isinstance(servers, tuple):
        parts = [server.partition(":") for server in servers]
        names = ",".join(name for name, _colon, _port in parts)
        ports = ",".join(port or "5432" for _name, _colon, port in parts)
        url = url.update_query_dict({"host": names, "port": ports})
    return url.render_as_string(False).replace(" ", "%20")  # libpq refuses a bare space


def with_driver(url: str) -> str:
    """The URL of a database for SQLAlchemy, which wants the driver named."""
    scheme, mark, address = url.partition("://")
    return f"postgresql+psycopg{mark}{address}" if scheme in {"postgres", "postgresql"} else url
