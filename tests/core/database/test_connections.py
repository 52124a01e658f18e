"""Connections of the pool: one that has ended is never handed out, and a page cannot write."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import bindparam, make_url, text
from sqlalchemy.exc import InternalError, ProgrammingError

from grants.core.database.connections import libpq_url
from grants.core.database.db import Database, driver
from grants.core.database.moments import seen
from grants.core.database.words import by_indexes
from tests.run import Run, create, drop

_CODE = text("SELECT code FROM fund WHERE id = :id")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def pooled(whole_run: Run, server_url: str, template: str) -> Iterator[Database]:
    """A database of its own behind a pool of one connection, as a request finds it."""
    name = f"{whole_run.own}_pooled"
    database = Database.at(create(server_url, name, template), pool_size=1, max_overflow=0)
    yield database
    database.dispose()
    drop(server_url, name)


def process_of(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)


def test_a_connection_that_the_server_has_ended_is_replaced_unseen(
    pooled: Database, server_url: str
) -> None:
    ended = process_of(pooled)
    with psycopg.connect(server_url) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    assert process_of(pooled) != ended


def test_a_page_asks_nothing_but_its_questions_and_can_write_nothing(pooled: Database) -> None:
    asked: list[str] = []
    with pooled.reading() as session:
        connection = driver(session)
        for _question in range(3):
            session.scalar(_CODE, {"id": 1})
            asked.append(connection.info.transaction_status.name)
        with pytest.raises(InternalError, match="read-only"):
            session.execute(text("UPDATE fund SET code = 'LOST'"))
        assert session.scalar(_CODE, {"id": 1}) != "LOST", "the next question is answered"
    assert asked == ["IDLE"] * 3, "no transaction was begun, and none has to be ended"


def test_what_is_held_lasts_until_the_session_is_closed(pooled: Database) -> None:
    memory = text("SELECT current_setting('work_mem')")
    whole_tables = text("SELECT current_setting('enable_seqscan')")
    with pooled.reading() as session:
        usual = session.scalar(memory)
        with by_indexes(session):
            assert session.scalar(memory) == "32MB" != usual
            assert session.scalar(whole_tables) == "off"
        assert session.scalar(whole_tables) == "on"
        numbers = text("SELECT generate_series(1, 5)").execution_options(yield_per=2)
        assert list(session.scalars(numbers)) == [1, 2, 3, 4, 5]
        with pytest.raises(InternalError, match="read-only"):
            session.execute(text("UPDATE fund SET code = 'LOST'"))
    with pooled.reading() as session:
        assert session.scalar(memory) == usual
        assert session.scalar(whole_tables) == "on"
        assert driver(session).info.transaction_status.name == "IDLE"


def test_rows_are_fetched_part_by_part_only_where_a_transaction_is_held() -> None:
    """Without one the database refuses it, and tests that share a connection do not see that."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.joinpath("grants").rglob("*.py")
        if "yield_per" in (code := path.read_text("utf-8")) and "hold(session)" not in code
    }
    assert found == {"grants/books/certificates/verify.py"}, "it runs in `ledger verify` alone"


def test_what_was_not_settled_is_lost_when_a_session_closes(pooled: Database) -> None:
    rename = text("UPDATE fund SET code = 'LOST' WHERE id = :id").bindparams(bindparam("id"))
    with pooled.session() as session:
        session.execute(rename, {"id": 1})
    with pooled.session() as session:
        session.execute(rename, {"id": 1})
        with pytest.raises(ProgrammingError):
            session.execute(text("no statement"))
    with pooled.reading() as session:
        assert "LOST" not in session.scalars(text("SELECT code FROM fund")).all()


def test_what_is_seen_stays_the_same_until_something_is_committed(pooled: Database) -> None:
    """Other tests write on the same server meanwhile, so it may have to be asked again."""
    rename = text("UPDATE fund SET code = code")
    with pooled.reading() as session, pooled.session() as writer:
        assert any(seen(session) == seen(session) for _ in range(1000))
        before = seen(session)
        writer.execute(rename)
        begun = seen(session)
        writer.commit()
        assert seen(session) not in {before, begun}


def test_no_statement_is_compiled_before_it_is_asked(pooled: Database) -> None:
    """PostgreSQL expects start pages to be long, and they never are."""
    for make in (pooled.reading, pooled.session):
        with make() as session:
            session.rollback()
            assert session.scalar(text("SHOW jit")) == "off"


def test_each_question_of_a_page_is_planned_for_its_values(pooled: Database) -> None:
    with pooled.reading() as session:
        assert session.scalar(text("SHOW plan_cache_mode")) == "force_custom_plan"
    with pooled.session() as session:
        assert session.scalar(text("SHOW plan_cache_mode")) == "auto"


def test_of_several_servers_libpq_reads_names_and_ports() -> None:
    several = "postgresql+psycopg://u:p%40w@/fund?host=a:51&host=b&target_session_attrs=read-write"
    assert conninfo_to_dict(libpq_url(make_url(several))) == {
        "user": "u",
        "password": "p@w",
        "dbname": "fund",
        "host": "a,b",
        "port": "51,5432",
        "target_session_attrs": "read-write",
    }
    one = libpq_url(make_url("postgresql+psycopg://u@h:5/fund"))
    assert one == "postgresql://u@h:5/fund"
