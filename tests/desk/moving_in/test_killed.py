"""A worker that is killed in the middle of an import leaves nothing; the next one does it."""

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

from grants.books.ledger.models import Entry
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.people.permissions import Role
from grants.desk.moving_in import jobs, service
from grants.desk.moving_in.models import Import
from grants.desk.moving_in.workflow import ImportState
from grants.platform.documents.store import Folder, use_store
from grants.platform.file_checks.checks import Upload
from tests.desk.moving_in.history.folders import FILES
from tests.desk.moving_in.history.packing import packed
from tests.factories import act_of, staff

ROOT = Path(__file__).parents[3]
MANY = 150


def a_confirmed_import(database: Database) -> int:
    more = "".join(f"interest,2024-07-01,USD,1.00,M{number},\n" for number in range(MANY))
    files = {f"{name}.csv": content for name, content in FILES.items()}
    files["other.csv"] += more
    with database.transaction() as session:
        one, other = staff(session, Role.FUND_MANAGER), staff(session, Role.FINANCE_OFFICER)
        fund = fund_by_code(session, "UNVTF")
        file = Upload("history.zip", packed(**files))
        handed_in = service.upload(session, fund, file, act_of(session, one))
        number = handed_in.id
    jobs.work_on(database, number)
    with database.transaction() as session:
        handed_in = session.get_one(Import, number)
        service.confirm(session, handed_in, act_of(session, other))
        jobs.begin(session, handed_in)
    return number


@contextmanager
def a_worker(database: Database, data: Path) -> Iterator[subprocess.Popen[str]]:
    where = {"DATABASE_URL": database.url, "DATA_DIR": str(data)}
    command = [sys.executable, "-m", "flask", "worker", "--once"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **where}, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_entries(database: Database, more: int) -> None:
    asked = text("SELECT last_value FROM entry_id_seq")
    with database.connect() as connection:
        begun = connection.execute(asked).scalar_one()
        while connection.execute(asked).scalar_one() < begun + more:
            time.sleep(0.01)


def entries(database: Database) -> int:
    with database.session() as session:
        return session.scalar(select(func.count(Entry.id))) or 0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    use_store(Folder(tmp_path / "data" / "files"))
    return tmp_path / "data"


def test_a_killed_worker_leaves_nothing_and_the_next_one_takes_all_over(
    real_database: Database, data: Path
) -> None:
    number = a_confirmed_import(real_database)
    with a_worker(real_database, data) as worker:
        wait_for_entries(real_database, MANY // 2)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    assert entries(real_database) == 0
    with real_database.begin() as connection:  # half a minute later
        silent = "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1h'"
        connection.execute(text(silent))
    with a_worker(real_database, data) as worker:
        assert worker.wait(timeout=100) == 0
    with real_database.session() as session:
        assert session.get_one(Import, number).state is ImportState.TAKEN_OVER
    assert entries(real_database) > MANY
