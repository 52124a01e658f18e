"""An import is whole or not there: killed at any point, run twice at once, run again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from grants.books.ledger import verify
from grants.books.ledger.models import Entry, ExchangeRate
from grants.books.ledger.queries import balances
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from grants.desk.moving_in.history.models import TakenRow
from tests.desk.moving_in.history.folders import FILES, folder

ROOT = Path(__file__).parents[4]
MANY = 150
"""Rows of interest beside the small history, so that there is a middle to be killed in."""
ROWS = MANY + sum(content.count("\n") - 1 for content in FILES.values())


@pytest.fixture
def history(tmp_path: Path) -> Path:
    more = "".join(f"interest,2024-07-01,USD,1.00,M{number},\n" for number in range(MANY))
    at = tmp_path / "history"
    at.mkdir()
    return folder(at, other=FILES["other"] + more)


@contextmanager
def running(database: Database, at: Path) -> Iterator[subprocess.Popen[str]]:
    """`flask import history` as a process of its own."""
    url = {"DATABASE_URL": database.url, "DATA_DIR": str(at.parent / "data")}
    command = [sys.executable, "-m", "flask", "import", "history", str(at)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def finished(process: subprocess.Popen[str]) -> dict[str, int]:
    """It went well: how many rows of each file were new."""
    out, err = process.communicate(timeout=100)
    assert (process.returncode, err) == (0, "")
    return {line.split(":")[0]: int(line.split(", ")[1].split()[0]) for line in out.splitlines()}


def wait_for_entry(database: Database, number: int, process: subprocess.Popen[str]) -> None:
    """Until so many entries are written, kept or not: numbers are drawn outside of transactions."""
    with database.connect() as connection:
        while process.poll() is None:
            drawn = connection.execute(text("SELECT last_value, is_called FROM entry_id_seq")).one()
            if drawn.is_called and drawn.last_value >= number:
                return
            time.sleep(0.005)


def written(database: Database) -> tuple[int, ...]:
    kinds = (Entry.id, ExchangeRate.id, Organisation.id, TakenRow.id)
    with database.session() as session:
        return tuple(session.scalar(select(func.count(kind))) or 0 for kind in kinds)


def all_is_there(database: Database) -> None:
    with database.session() as session:
        fund = session.get_one(Fund, 1)
        assert str(balances(session, fund).interest) == f"{MANY + 12}.34"
        assert str(balances(session, fund).commitments) == "226.00"
        assert verify.breaches(session) == []


@pytest.mark.parametrize(
    "number", [1, *(pytest.param(n, marks=pytest.mark.long) for n in (MANY // 2, MANY + 7))]
)
def test_a_killed_import_leaves_nothing_and_runs_again(
    real_database: Database, history: Path, number: int
) -> None:
    with running(real_database, history) as process:
        wait_for_entry(real_database, number, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    kept = written(real_database)
    assert kept == (0, 0, 0, 0) or number > MANY
    with running(real_database, history) as process:
        new = finished(process)
    assert sum(new.values()) in {0, ROWS}
    all_is_there(real_database)


def test_two_imports_of_one_folder_at_once_are_one(real_database: Database, history: Path) -> None:
    with running(real_database, history) as one, running(real_database, history) as other:
        first, second = finished(one), finished(other)
    assert sorted([sum(first.values()), sum(second.values())]) == [0, ROWS]
    all_is_there(real_database)
