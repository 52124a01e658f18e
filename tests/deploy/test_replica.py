"""A standby of PostgreSQL that follows the database, over TCP with passwords, and who reads it."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Timer
from typing import Any

import psycopg
import pytest
from flask import Response, after_this_request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from psycopg.errors import SerializationFailure
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from grants import create_app
from grants.assembly import open_database
from grants.config import Settings
from grants.core.database import replica
from grants.core.database.connections import with_driver
from grants.core.database.db import Database, driver
from grants.core.database.moments import seen
from grants.core.kernel.errors import DomainError
from grants.platform.web.access import public
from grants.platform.web.database import session
from tests.factories import a_person
from tests.operations.backups.passwords import (
    ADMINISTRATOR,
    APPLICATION,
    PROGRAMS,
    PasswordServer,
    password_server,
)
from tests.signing_in import put, token_of
from tests.test_serving import free_port


class Standby(PasswordServer):
    """The standby, while it runs, and what stops it for a while."""

    def says(self, question: str) -> None:
        with psycopg.connect(self.url(ADMINISTRATOR, "fund"), autocommit=True) as administrator:
            administrator.execute(question.encode())

    @contextmanager
    def behind(self) -> Iterator[None]:
        """Inside, it does not follow."""
        self.says("SELECT pg_wal_replay_pause()")
        yield
        self.says("SELECT pg_wal_replay_resume()")


@contextmanager
def standby_of(server: PasswordServer) -> Iterator[Standby]:
    folder = Path(tempfile.mkdtemp(prefix="p20-standby-"))
    folder.chmod(0o711)
    data = folder / "data"
    copied: list[str | Path] = [
        "-d",
        server.url(ADMINISTRATOR, "postgres"),
        "-D",
        data,
        "-R",
        "--checkpoint=fast",
    ]
    subprocess.run([PROGRAMS / "pg_basebackup", *copied], check=True)
    user = "nobody" if folder.owner() == "root" else folder.owner()
    for path in (data, *data.rglob("*")):
        shutil.chown(path, user)
    standby = Standby(free_port())
    words = f"-h 127.0.0.1 -p {standby.port} -c unix_socket_directories='' -c fsync=off"
    control: list[str | Path] = [PROGRAMS / "pg_ctl", "-w", "-D", data]
    try:
        start = [*control, "-o", words, "-l", data / "log", "start"]
        subprocess.run(start, user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)
        yield standby
    finally:
        stop = [*control, "-m", "immediate", "stop"]
        subprocess.run(stop, user=user, cwd="/", check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)


@dataclass
class Asked:
    """What each of the two databases was asked."""

    database: Database
    here: list[str] = field(default_factory=list)
    copy: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert self.database.replica
        copy = self.database.replica.engine
        for engine in self.database.pools:
            kept = self.copy if engine is copy else self.here
            event.listen(engine, "before_cursor_execute", _keeping(kept))

    def clear(self) -> None:
        self.here.clear()
        self.copy.clear()


def _keeping(kept: list[str]) -> Any:
    def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        kept.append(statement)

    return keep


@pytest.fixture(scope="module")
def servers(
    server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, Standby]]:
    """An installation with its standby."""
    assert server_url  # whose programs these are
    with password_server() as server:
        server.create("fund")
        plain = server.settings(tmp_path_factory.mktemp("replica"), "fund")
        opened = open_database(plain)
        made = create_app(plain, opened).test_cli_runner().invoke(args=["setup"])
        opened.dispose()
        assert made.exit_code == 0, made.output
        with standby_of(server) as standby:
            url = standby.url(APPLICATION, "fund")
            yield replace(plain, base_url="http://localhost", database_read_url=url), standby


@pytest.fixture
def database(servers: tuple[Settings, Standby], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(replica, "REST", 0.0)
    monkeypatch.setattr(replica, "PAUSE", 0.2)  # a busy machine follows later
    opened = open_database(servers[0])
    yield opened
    opened.dispose()


@pytest.fixture
def browser(servers: tuple[Settings, Standby], database: Database) -> FlaskClient:
    """In which a person has signed in."""
    signed_in = create_app(servers[0], database).test_client()  # whose key signs what follows
    with database.transaction() as session:
        token = token_of(session, a_person(session, f"Ama {id(database)}"))
    put(token, signed_in)
    return signed_in


def _rename(browser: FlaskClient, name: str) -> None:
    page = browser.get("/account").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token, page
    form = {"csrf_token": token[1]}
    answer = browser.post("/account", data={**form, "name": name, "language": "en"})
    assert answer.status_code == 302


def test_pages_are_read_from_the_copy_and_nothing_is_written_there(
    browser: FlaskClient, database: Database
) -> None:
    asked = Asked(database)
    for page in ("/account", "/", "/sign-in"):
        asked.clear()
        assert browser.get(page, follow_redirects=True).status_code == 200
        assert {statement.partition("(")[0] for statement in asked.here} == {
            "SELECT pg_current_wal_flush_lsn"
        }, page
        assert len(asked.copy) > 1, page
    asked.clear()
    _rename(browser, "Ama M.")
    changes = ("INSERT", "UPDATE", "DELETE")
    assert [it for it in asked.here if it.startswith(changes)]
    assert not [it for it in asked.copy if it.startswith(changes)]


def test_who_has_just_written_sees_it_while_the_copy_is_behind(
    browser: FlaskClient, database: Database, servers: tuple[Settings, Standby]
) -> None:
    with servers[1].behind():
        for name in ("Ama First", "Ama Second"):
            _rename(browser, name)
            assert name in browser.get("/account").get_data(as_text=True)
        asked = Asked(database)
        assert "Ama Second" in browser.get("/account").get_data(as_text=True)
        assert len(asked.copy) == replica.TRIES
    asked.clear()
    assert "Ama Second" in browser.get("/account").get_data(as_text=True)
    assert any("FROM person" in statement for statement in asked.copy)


def test_who_signed_out_is_out_at_once(
    browser: FlaskClient, database: Database, servers: tuple[Settings, Standby]
) -> None:
    with servers[1].behind():
        with database.transaction() as session:
            session.execute(text("UPDATE sign_in SET ended_at = now()"))
        assert browser.get("/account").status_code == 302


def test_no_reader_is_given_a_copy_that_lacks_what_was_written_before(database: Database) -> None:
    for number in range(40):
        with database.transaction() as session:
            session.execute(text("SELECT pg_logical_emit_message(true, 'test', :n)"), {"n": "x"})
            written = session.scalar(text("SELECT pg_current_wal_insert_lsn()::text"))
        with database.reading() as reader:
            held = "SELECT coalesce(pg_last_wal_replay_lsn(), 'FFFFFFFF/0') >= CAST(:n AS pg_lsn)"
            assert reader.scalar(text(held), {"n": written}), number


def test_the_copy_refuses_to_write_and_its_moments_are_its_own(database: Database) -> None:
    with database.reading() as copy, database.session() as here:
        assert database.replica
        assert copy.get_bind() is database.replica.engine
        with pytest.raises(DBAPIError, match="read-only"):
            copy.execute(text("UPDATE fund SET code = code"))
        assert seen(copy) != seen(here)


@contextmanager
def impatient(standby: Standby) -> Iterator[None]:
    """Inside, the standby breaks off a question as soon as it is in the way of following."""
    standby.says("ALTER SYSTEM SET max_standby_streaming_delay = 0")
    standby.says("SELECT pg_reload_conf()")
    yield
    standby.says("ALTER SYSTEM RESET max_standby_streaming_delay")
    standby.says("SELECT pg_reload_conf()")


@pytest.mark.parametrize("handed_to_psycopg", [False, True])
def test_what_the_copy_breaks_off_to_follow_is_read_from_the_database(
    servers: tuple[Settings, Standby], database: Database, *, handed_to_psycopg: bool
) -> None:
    """It was a fault of ours (500): "canceling statement due to conflict with recovery"."""
    settings, standby = servers
    assert settings.database_owner_url
    owner = create_engine(with_driver(settings.database_owner_url), isolation_level="AUTOCOMMIT")
    with owner.connect() as changing:
        changing.execute(text("CREATE TABLE IF NOT EXISTS crowd AS SELECT 1 AS one"))
        changing.execute(text("GRANT SELECT ON crowd TO paragraph20"))

    def empty() -> None:
        with owner.connect() as changing:
            changing.execute(text("TRUNCATE crowd"))

    slow, asked = "SELECT count(*) FROM crowd, pg_sleep(2)", list[object]()

    @public
    def count() -> str:
        opened = session()
        asked.append(opened.get_bind())
        if len(asked) == 1:
            Timer(0.3, empty).start()
        if handed_to_psycopg:
            return str(driver(opened).execute(slow).fetchone())
        return str(opened.execute(text(slow)).one())

    app = create_app(settings, database)
    app.add_url_rule("/count", "count", count)
    with impatient(standby), capture_logs() as lines:
        answer = app.test_client().get("/count")
    assert (answer.status_code, answer.text) == (200, "(0,)")
    assert asked == [database.replica and database.replica.engine, database.readers]
    assert [line["why"] for line in lines if line["event"] == "replica not used"] == [
        "SerializationFailure"
    ]
    owner.dispose()


def test_a_copy_that_ends_in_the_midst_is_made_good_and_a_database_that_does_is_told(
    servers: tuple[Settings, Standby], database: Database
) -> None:
    ending = text("SELECT pg_terminate_backend(pg_backend_pid())")

    @public
    def copy_ends() -> str:
        if not session().scalar(text("SELECT pg_is_in_recovery()")):
            return "of the database"
        return str(session().execute(ending))

    @public
    def both_end() -> ResponseReturnValue:
        return str(session().execute(ending))

    app = create_app(servers[0], database)
    for view in (copy_ends, both_end):
        app.add_url_rule(f"/{view.__name__}", view.__name__, view)
    answer = app.test_client().get("/copy_ends")
    assert (answer.status_code, answer.text) == (200, "of the database")
    answer = app.test_client().get("/both_end")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")


def test_what_is_handed_out_is_noted_once_though_it_was_read_twice(
    servers: tuple[Settings, Standby], database: Database
) -> None:
    """Whatever the broken reading had prepared is forgotten with it."""
    noted: list[str] = []

    @public
    def file() -> str:
        @after_this_request
        def note(response: Response) -> Response:
            noted.append("once")
            return response

        if session().scalar(text("SELECT pg_is_in_recovery()")):
            raise DBAPIError("SELECT 1", {}, SerializationFailure("conflict with recovery"))
        return "given"

    app = create_app(servers[0], database)
    app.add_url_rule("/file", "file", file)
    assert app.test_client().get("/file").text == "given"
    assert noted == ["once"]


def test_a_copy_that_does_not_answer_is_left_alone_for_a_while(
    servers: tuple[Settings, Standby], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "REST", 60.0)
    nobody = f"postgresql://paragraph20:x@127.0.0.1:{free_port()}/fund"
    opened = open_database(replace(servers[0], database_read_url=nobody))
    asked: list[int] = []
    assert opened.replica
    event.listen(opened.replica.engine, "do_connect", lambda *_all: asked.append(1))
    for _ in range(3):
        with opened.reading() as reader:
            assert reader.scalar(text("SELECT pg_is_in_recovery()")) is False
    assert asked == [1]
    opened.dispose()


def test_a_database_that_follows_nothing_is_no_copy(
    servers: tuple[Settings, Standby], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "PAUSE", 0.0)
    itself = open_database(replace(servers[0], database_read_url=servers[0].database_url))
    with itself.reading() as reader:
        assert reader.get_bind() is itself.readers
    itself.dispose()


def test_a_copy_of_no_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="DATABASE_READ_URL needs DATABASE_URL"):
        Settings.from_environment(
            {"DATA_DIR": str(tmp_path), "DATABASE_READ_URL": "postgresql://a@localhost/fund"}
        )
