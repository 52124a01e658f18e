"""Connections of the pool: one that has ended is never handed out, and plans outlive a request."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.exc import DataError, InternalError, ProgrammingError

from grants.core.kernel.db import KNOWN, Database, driver, planned_once
from grants.core.kernel.moments import seen
from grants.core.kernel.words import by_indexes
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from tests.run import Run, create, drop

_KNOWN = text("SELECT code FROM fund WHERE id = :id").execution_options(**KNOWN)
_OTHER = text("SELECT code FROM fund WHERE id > :id")
_KEPT = text("SELECT statement FROM pg_prepared_statements")
_PLANS = text(
    "SELECT statement, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%count(*)%'"
)
ROOT = Path(__file__).parents[3]
TIMES = 12
"""More often than psycopg wants to see a statement before its plan is kept."""


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


def test_plans_of_what_is_found_by_its_key_outlive_the_requests_that_read(pooled: Database) -> None:
    for _request in range(TIMES):
        with pooled.reading() as session:
            session.scalar(_KNOWN, {"id": 1})
            session.scalar(_OTHER, {"id": 1})
    with pooled.reading() as session:
        (kept,) = session.scalars(_KEPT)
    assert "WHERE id =" in kept


def test_a_page_asks_nothing_but_its_questions_and_can_write_nothing(pooled: Database) -> None:
    asked: list[str] = []
    with pooled.reading() as session:
        connection = driver(session)
        for _question in range(3):
            session.scalar(_KNOWN, {"id": 1})
            asked.append(connection.info.transaction_status.name)
        with pytest.raises(InternalError, match="read-only"):
            session.execute(text("UPDATE fund SET code = 'LOST'"))
        assert session.scalar(_KNOWN, {"id": 1}) != "LOST", "the next question is answered"
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


def _in_state(state: str, ids: Sequence[int]) -> Select[int]:
    found = select(func.count()).select_from(Pledge)
    return planned_once(found.where(Pledge.state == state, Pledge.fund_id.in_(ids)))


def test_a_long_statement_has_one_plan_for_all_numbers_and_one_for_each_text(
    pooled: Database,
) -> None:
    for ids in ([1], [2], [1, 2]):
        with pooled.reading() as session:
            for state in PledgeState:
                plain = select(func.count()).where(Pledge.state == state, Pledge.fund_id.in_(ids))
                assert session.scalar(_in_state(state, ids)) == session.scalar(plain)
    with pooled.reading() as session:
        kept = session.execute(_PLANS).all()
    assert len(kept) == 2 * len(PledgeState), "one and two funds are two statements"
    assert dict.fromkeys(PledgeState, 2) == {
        state: sum(f"= '{state}'" in statement for statement, _custom in kept)
        for state in PledgeState
    }
    assert not any(custom for _statement, custom in kept)


@pytest.mark.parametrize("said", ["2026-17", "O'Neill", "Shelter", "a b", "x'; DROP TABLE fund"])
def test_a_text_that_a_person_may_have_typed_is_no_part_of_a_long_statement(
    pooled: Database, said: str
) -> None:
    asked = select(func.count()).where(Pledge.reference == said, Pledge.state.in_(PledgeState))
    with pooled.reading() as session:
        assert session.scalar(planned_once(asked)) == 0
        ((kept, _custom),) = session.execute(_PLANS).all()
    assert said not in kept
    assert "'pledged'" in kept


def test_after_a_long_statement_others_are_planned_for_their_values_again(pooled: Database) -> None:
    mode = text("SELECT current_setting('plan_cache_mode')")
    with pooled.reading() as session:
        session.scalar(_in_state("pledged", [1]))
        assert session.scalar(mode) == "auto"
        with pytest.raises(DataError):
            session.scalar(planned_once(select(1 / (func.count() - func.count()))))
        assert session.scalar(mode) == "auto", "a refusal changes nothing of that"
