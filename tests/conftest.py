"""What every test stands on: a real PostgreSQL, migrated once, rolled back after each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from grants.assembly import join_rooms
from grants.core.funds.models import Fund
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import embedded, schema
from grants.core.kernel.db import Database, with_driver
from grants.papers.statements.origin import seal_with
from grants.platform.documents.store import Folder, stand_on

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
# How fast a machine is says nothing about the code. Where changes are judged, two runs on the same
# code agree; everywhere else each run tries what none has tried before.

join_rooms()  # acts and queries are tested without an application too

pytest_plugins = ["tests.platform.web.client", "tests.grants", "tests.rules.demonstration"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come last: they take longest, and Playwright keeps an event loop busy."""
    browser = Path(__file__).parent / "browser"
    for item in items:
        if item.path.is_relative_to(browser):
            item.add_marker("browser")
    items.sort(key=lambda item: item.path.is_relative_to(browser))


@pytest.fixture(scope="session")
def server_url() -> str:
    """A PostgreSQL server: the one of DATABASE_URL, or the embedded one."""
    folder = Path(os.environ.get("DATA_DIR", "instance")) / "test-postgresql"
    return os.environ.get("DATABASE_URL") or embedded.start(folder.resolve())


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


def _named(server: str, name: str) -> str:
    return with_driver(make_url(server).set(database=name).render_as_string(hide_password=False))


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """The name of a migrated database that holds the fund UNVTF and nothing else."""
    name = f"p20_test_{os.getpid()}"
    _run(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _run(server_url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    engine = create_engine(_named(server_url, name), poolclass=NullPool)
    with engine.connect() as connection:
        schema.upgrade(connection)
        connection.commit()
    with Database(engine).transaction() as session:
        establish(session, UNVTF)
    yield name
    _run(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def engine(server_url: str, template: str) -> Iterator[Engine]:
    """Connections to a copy of the template that single tests roll back on."""
    name = f"{template}_shared"
    _run(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    engine = create_engine(_named(server_url, name))
    yield engine
    engine.dispose()
    _run(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One connection, one transaction, thrown away after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Folder:
    """A store of files of the test's own."""
    folder = Folder(tmp_path / "files")
    stand_on(folder)
    seal_with("for tests only")
    return folder


@pytest.fixture
def database(connection: Connection) -> Database:
    """The application's database for this test; its commits are savepoints."""
    return Database(connection)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session for arranging and asking."""
    with database.session() as session:
        yield session


@pytest.fixture
def fund(session: Session) -> Fund:
    return establish(session, UNVTF)


@pytest.fixture
def real_database(server_url: str, template: str) -> Iterator[Database]:
    """A database of the test's own, with real commits: for concurrency, locks and kills."""
    name = f"{template}_own"
    _run(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    database = Database.at(_named(server_url, name), pool_size=64, max_overflow=16)
    yield database
    assert isinstance(database.bind, Engine)
    database.bind.dispose()
    _run(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
