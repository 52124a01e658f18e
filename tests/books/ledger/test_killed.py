"""What was acknowledged survives SIGKILL of the process that wrote it, and of the server."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from grants.books.ledger import verify
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances, trial_balance
from grants.core.database import schema
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.service import UNVTF, establish

ROOT = Path(__file__).parents[3]
ENOUGH = 25
"""Acknowledged acts before the blow."""


@contextmanager
def writing(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that books until it is struck down."""
    command = [sys.executable, "-m", "tests.books.ledger.writer", url]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def acknowledged(process: subprocess.Popen[str], most: int | None = None) -> list[int]:
    """The numbers it has printed: so many of them, or all until its end."""
    assert process.stdout is not None
    told = []
    for line in process.stdout:
        told.append(int(line))
        if len(told) == most:
            break
    return told


def nothing_is_lost_nor_half_done(database: Database, told: list[int]) -> None:
    """Every acknowledged act is there, at most one more is, and the books are sound."""
    assert len(told) >= ENOUGH
    with database.session() as session:
        keys = set(session.scalars(select(Entry.key)))
        fund = session.get_one(Fund, 1)
        rows = trial_balance(session, fund)
        assert {f"{part}:{number}" for number in told for part in ("came", "placed")} <= keys
        last = max(int(key.partition(":")[2]) for key in keys)
        assert last in {told[-1], told[-1] + 1}
        assert len(keys) == 2 * last
        assert balances(session, fund).cash.minor == sum(range(1, last + 1))
        assert balances(session, fund).suspense.minor == 0
        assert sum(row.debit.minor for row in rows) == sum(row.credit.minor for row in rows)
        assert verify.breaches(session) == []


def test_an_acknowledged_entry_survives_the_killing_of_its_process(real_database: Database) -> None:
    with writing(real_database.url) as process:
        told = acknowledged(process, ENOUGH)
        os.kill(process.pid, signal.SIGKILL)
        told += acknowledged(process)
    nothing_is_lost_nor_half_done(real_database, told)


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A short path: the socket of a server lives in it."""
    folder = Path(tempfile.mkdtemp(prefix="p20-"))
    yield folder / "pg"
    shutil.rmtree(folder, ignore_errors=True)


KEEPER = """
import sys
from pathlib import Path
from grants.core.database import embedded
print(embedded.start(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A server of the test's own, in the hands of a process that stops it at its own end."""
    command = [sys.executable, "-c", KEEPER, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as keeper:
        assert keeper.stdout is not None
        yield keeper.stdout.readline().strip()


@contextmanager
def connected(url: str) -> Iterator[Database]:
    database = Database.at(url)
    yield database
    database.dispose()


def strike_down(folder: Path, url: str) -> None:
    """SIGKILL to the server and to each of its processes."""
    server = int((folder / "postmaster.pid").read_text().splitlines()[0])
    with psycopg.connect(url) as connection:
        own = connection.info.backend_pid
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE pid <> %s", [own])
        processes = [server, *(pid for (pid,) in found)]
    for process in processes:
        with suppress(ProcessLookupError):  # it died with the first of them
            os.kill(process, signal.SIGKILL)


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the server is somebody else's")
def test_an_acknowledged_entry_survives_the_killing_of_the_server(own_folder: Path) -> None:
    with serving(own_folder) as url:
        with connected(url) as database:
            with database.begin() as connection:
                schema.upgrade(connection)
            with database.transaction() as session:
                establish(session, UNVTF)
        with writing(url) as process:
            told = acknowledged(process, ENOUGH)
            strike_down(own_folder, url)
            told += acknowledged(process)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
    with serving(own_folder) as url, connected(url) as database:
        nothing_is_lost_nor_half_done(database, told)
