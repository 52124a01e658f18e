"""The database: declarative base, column types of the field, and the only commit."""

import enum
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, LiteralString

from psycopg import Connection as DriverConnection
from psycopg.errors import (
    AdminShutdown,
    CannotConnectNow,
    CrashShutdown,
    DiskFull,
)
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Engine,
    Enum,
    MetaData,
    String,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
    sessionmaker,
)

from grants.core.database.bound import require_declared
from grants.core.database.connections import (
    engine_at,
    libpq_url,
    only_reads,
    shared_engine_at,
    under,
)
from grants.core.database.replica import Replica
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Key = Annotated[int, mapped_column(BigInteger, primary_key=True)]
"""The database's own number of a row; people see references instead."""
Minor = Annotated[int, mapped_column(BigInteger)]
"""Minor units (cents)."""
Currency = Annotated[str, mapped_column(String(3))]
"""ISO 4217."""
Texts = Annotated[dict[str, str], mapped_column(JSONB)]
"""The same text in several languages: {"en": …}."""


class Base(DeclarativeBase):
    """All records of the fund."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy as a class attribute
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        dict[str, int]: JSONB,
        dict[str, str]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[dict[str, str]]: JSONB,
    }

    def __init_subclass__(cls, **options: Any) -> None:
        """A table says whether its rows are bound to the trail, or cannot be loaded."""
        super().__init_subclass__(**options)
        require_declared(cls)


def choice(kind: type[enum.StrEnum], name: str | None = None) -> Enum:
    """A StrEnum kept as its text, with a CHECK that nothing else gets in."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class InUsd:
    """A record whose amount is in the currency of the books."""

    if TYPE_CHECKING:
        amount_minor: Any

    @property
    def amount(self) -> Money:
        return usd(self.amount_minor)


class Versioned:
    """A record with a state: of two simultaneous decisions the second is refused, never lost."""

    version: Mapped[int] = mapped_column(default=1)

    def seen_at(self, version: int) -> None:
        """Conflict if the record has changed since a person looked at this version of it."""
        if self.version != version:
            raise Conflict(_("Another user changed this while you had it open."))

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def hold(session: Session, settings: LiteralString = "") -> None:
    """Let the questions that follow be one transaction, until the session is closed: for settings
    that hold as long (SET LOCAL), and for rows that are fetched part by part.
    """
    connection = driver(session)
    begun = connection.info.transaction_status != TransactionStatus.IDLE
    opening: LiteralString = "" if begun or not connection.autocommit else "BEGIN;"
    if opening or settings:
        connection.execute(opening + settings)


def driver(session: Session) -> DriverConnection[Any]:
    """Psycopg connection under this session, for what must join its transaction (jobs, COPY)."""
    return under(session.connection().connection)


def is_away(error: DBAPIError) -> bool:
    """Does the database not answer at all (it has ended, or is starting), rather than refuse?"""
    never_connected = isinstance(error, OperationalError) and error.statement is None
    ended = isinstance(error.orig, AdminShutdown | CrashShutdown | CannotConnectNow)
    return error.connection_invalidated or never_connected or ended


def is_full(error: DBAPIError) -> bool:
    """Has the database no room left on its disk?"""
    return isinstance(error.orig, DiskFull)


class Database:
    """One PostgreSQL database. `transaction` is the only place that commits."""

    def __init__(
        self,
        bind: Engine | Connection,
        readers: Engine | None = None,
        direct: str | None = None,
        replica: Replica | None = None,
    ) -> None:
        self.bind = bind
        self.readers = readers
        self.replica = replica
        self._direct = direct
        mode: Any = "create_savepoint" if isinstance(bind, Connection) else "conditional_savepoint"
        self.sessions = sessionmaker(bind, join_transaction_mode=mode, expire_on_commit=False)
        self._reading = sessionmaker(readers, expire_on_commit=False)

    @classmethod
    def at(cls, url: str, replica: Replica | None = None, **options: Any) -> "Database":
        """The database at a postgresql:// URL."""
        readers = engine_at(url, isolation_level="AUTOCOMMIT", **options)
        event.listen(readers, "connect", only_reads)
        return cls(engine_at(url, **options), readers, replica=replica)

    @classmethod
    def pooled(
        cls, pool: str, url: str, replica: Replica | None = None, **options: Any
    ) -> "Database":
        """A database through a pool that gives a connection to each transaction (PgBouncer):
        nothing is set or prepared for longer than one. `url` is the way past the pool.
        """
        return cls(shared_engine_at(pool, **options), direct=url, replica=replica)

    @property
    def pools(self) -> Sequence[Engine]:
        """The engines that have connections of their own."""
        copy = self.replica and self.replica.engine
        return [it for it in (self.bind, self.readers, copy) if isinstance(it, Engine)]

    def dispose(self) -> None:
        """Close the connections that nobody uses."""
        for pool in self.pools:
            pool.dispose()

    @property
    def url(self) -> str:
        """The libpq URL of this database, its password included: for what needs a connection of its
        own for longer than a transaction (the queue, pg_dump).
        """
        if self._direct:
            return self._direct
        return libpq_url(self.bind.engine.url)

    def begin(self) -> AbstractContextManager[Connection]:
        """A bare connection whose work is kept, for migrations."""
        return self.bind.engine.begin()

    def connect(self) -> Connection:
        """A bare connection, for migrations and checks."""
        return self.bind.engine.connect()

    def session(self) -> Session:
        """A new session, the caller's to close; what it changes is lost unless settled."""
        return self.sessions()

    def reading(self, *, here: bool = False) -> Session:
        """A new session in which the database itself refuses to write: of the replica, if there is
        one and it holds all that was written until now, and it need not be `here`.
        """
        session = self._reading_here()
        return self.replica.instead_of(session) if self.replica and not here else session

    def _reading_here(self) -> Session:
        """A session of the database itself. Each question is a transaction of its own, without a
        BEGIN and a ROLLBACK to wait for; see `hold`.
        """
        if self.readers is not None:
            return self._reading()
        session = self.sessions()
        session.execute(text("SET TRANSACTION READ ONLY"))
        return session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All of it, or nothing."""
        with self.sessions() as session, settle(session):
            yield session

    @contextmanager
    def rolled_back(self) -> Iterator[Session]:
        """Everything as in a transaction, deferred rules included, and nothing kept."""
        with self.sessions() as session:
            yield session
            session.flush()
            session.execute(_IMMEDIATE)
            session.rollback()


@contextmanager
def settle(session: Session) -> Iterator[Session]:
    """Commit what happens inside, or roll all of it back on any exception.

    Deferred rules (a balanced entry, a gapless number) are asked before the commit, while the end
    of the trail is not locked yet; their refusal is an exception like any other and never a success
    in part. Part of another transaction, they are deferred again, since that one goes on.
    """
    try:
        yield session
        session.flush()
        session.execute(_IMMEDIATE)
        if isinstance(session.get_bind(), Connection):
            session.execute(_DEFERRED)
        session.commit()
    except BaseException:
        session.rollback()
        raise


_IMMEDIATE = text("SET CONSTRAINTS ALL IMMEDIATE")
_DEFERRED = text("SET CONSTRAINTS ALL DEFERRED")
