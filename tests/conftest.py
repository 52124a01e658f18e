"""What every test stands on: a real PostgreSQL, migrated once, rolled back after each test."""

import gc
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, QueuePool

from grants.assembly import join_rooms
from grants.core.database import roles, schema
from grants.core.database.db import Database
from grants.core.database.encryption import use_keys
from grants.core.database.seals import use_seals
from grants.core.funds.models import Fund
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import clock
from grants.core.proofs.secrets import use_factor_key
from grants.platform.charts.drawings import keep_drawings
from grants.platform.documents.origin import use_seal_key
from grants.platform.documents.store import Folder, use_store
from grants.platform.web.journal import JournalledFlask
from seeds import earlier
from tests.any_day import CHOSEN, choose
from tests.any_order import shuffle
from tests.cases import heed
from tests.factories import Team, a_team
from tests.order import TESTS, ByNeed, turn, walks
from tests.platform.pdf_signing.keys import fund_key, sign_with
from tests.reused import Reused
from tests.run import Run, create

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
# How fast a machine is says nothing about the code. Where changes are judged, two runs on the same
# code agree; everywhere else each run tries what none has tried before.

clock.use_zone("Europe/Vienna")  # where the fund of the tests is
join_rooms()  # acts and queries are tested without an application too

MOST_WORKERS = 8
FAKED = "FAKETIME" in os.environ
"""Does the run take place on another day (`make test-day`)?"""

pytest_plugins = ["tests.platform.web.client", "tests.grants", "tests.rules.demonstration"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--any-order", action="store_true", help="shuffle rows whose order nobody asked for"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(TESTS / "browser"):
            item.add_marker("browser")
        if walks(item):
            item.add_marker("walk")
        if FAKED and item.get_closest_marker("file_times"):
            item.add_marker(pytest.mark.skip("the times of files are those of the machine"))
    items.sort(key=turn)


def pytest_collectstart() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported stays: the collector never looks at it."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByNeed:
    return ByNeed(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than processors: browsers, servers and time limits are waited for."""
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    """Name this run: the process that serves the tests does, and gives the others."""
    heed(config)
    if config.getoption("any_order"):
        shuffle()
    told = getattr(config, "workerinput", None)
    if told:
        run = Run(Path(told["run"]), told["workerid"])
    else:
        run = Run(Path(tempfile.mkdtemp(prefix="p20-tests-")), "master")
        config.add_cleanup(run.end)
        choose()
    config.stash[RUN] = run
    _compile_templates_once(run)


def pytest_report_header() -> str:
    return f"The demonstration is planted on {CHOSEN}={os.environ[CHOSEN]!r}."


def _compile_templates_once(run: Run) -> None:
    """All applications of the tests, in whichever process, share what Jinja has compiled."""
    compiled = run.folder / "templates"
    compiled.mkdir(exist_ok=True)
    JournalledFlask.jinja_options["bytecode_cache"] = FileSystemBytecodeCache(str(compiled))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run"] = str(node.config.stash[RUN].folder)


IN_TWO_LANGUAGES = replace(UNVTF, languages=("en", "ar"))
"""The fund of the tests: each paper that is certified is printed in every language of its fund."""


@pytest.fixture(scope="session")
def whole_run(pytestconfig: pytest.Config) -> Run:
    """What all workers of this run share."""
    return pytestconfig.stash[RUN]


@pytest.fixture(scope="session")
def server_url(whole_run: Run) -> str:
    """A PostgreSQL server: the one of DATABASE_URL, or the embedded one."""
    return whole_run.server()


@pytest.fixture(scope="session")
def template(whole_run: Run, server_url: str) -> str:
    """The name of a migrated database that holds the fund UNVTF and nothing else."""

    def make(note: Path) -> None:
        engine = create_engine(create(server_url, whole_run.name), poolclass=NullPool)
        with engine.connect() as connection:
            schema.upgrade(connection)
            connection.commit()
        with Database(engine).transaction() as session:
            establish(session, IN_TWO_LANGUAGES)
            earlier.begin(session)  # tests act on any day
        note.touch()

    whole_run.once("migrated", make)
    return whole_run.name


@pytest.fixture(scope="session")
def engine(whole_run: Run, server_url: str, template: str) -> Iterator[Engine]:
    """Connections to a copy of the template that single tests roll back on."""
    engine = create_engine(create(server_url, f"{whole_run.own}_shared", template))
    yield engine
    engine.dispose()


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
    use_store(folder)
    use_seal_key("for tests only")
    use_factor_key("for tests only")
    keep_drawings(None)
    use_keys("for tests only")
    use_seals("for tests only")
    sign_with(fund_key())
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
    return establish(session, IN_TWO_LANGUAGES)


@pytest.fixture
def team(session: Session) -> Team:
    """The people who bring an application to an award."""
    return a_team(session)


def _come_back(engine: Engine) -> None:
    """Let threads that still answer a page nobody waits for give their connections back."""
    assert isinstance(engine.pool, QueuePool)
    until = time.monotonic() + 5
    while engine.pool.checkedout() and time.monotonic() < until:
        time.sleep(0.02)


@pytest.fixture(scope="session")
def own_copy(whole_run: Run, server_url: str, template: str) -> Iterator[Reused]:
    copy = Reused(server_url, template, f"{whole_run.own}_own")
    yield copy
    copy.end()


@pytest.fixture
def real_database(own_copy: Reused) -> Iterator[Database]:
    """A database of the test's own, with real commits: for concurrency, locks and kills."""
    database = own_copy.ready()
    yield database
    for pool in database.pools:
        _come_back(pool)
    database.dispose()
    own_copy.clean()


@event.listens_for(Session, "before_flush")
def _delete_only_what_the_application_may(session: Session, *_others: Any) -> None:
    """The application's role may not delete from these tables; tests run as the owner, who may."""
    deleted = {record.__tablename__ for record in session.deleted}
    refused = deleted & roles.never_deleted() if deleted else set()
    assert not refused, f"say `__deletable__` in the model of {refused}, or do not delete it"
