"""A statement that never ends does not hold up the others, nor does a process that is stopped."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import psutil
import pytest

from grants.config import Settings
from grants.core.kernel.db import Database
from grants.core.kernel.errors import DomainError
from grants.papers.printing.press import pool, process
from grants.papers.printing.press.folder import SCRATCH
from grants.papers.printing.press.order import Failed
from grants.papers.printing.press.pool import ProcessPool
from grants.papers.printing.press.process import end_server
from grants.papers.printing.press.run import Works
from grants.platform.documents.store import store
from tests.papers.printing.press.conftest import ORDER
from tests.papers.printing.press.labour import Statement, labour, never_ready
from tests.papers.printing.press.test_run import certified, manifest

LATE = "It was not produced within 1 seconds."
DEAD = "The process that was producing it stopped unexpectedly."


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that loads nothing, and is there at once."""
    monkeypatch.setattr(process, "PRELOAD", [])
    monkeypatch.setattr(process, "REAPED", 1)
    monkeypatch.setattr(pool, "LOOK", 0.1)
    end_server()
    yield
    end_server()


def pool_at(place: Path, **options: Any) -> ProcessPool:
    place.mkdir()
    return ProcessPool(place, limit=1, **{"size": 1, "labour": labour, **options})  # type: ignore[arg-type]


def outcomes(works: ProcessPool, *batches: list[str]) -> dict[str, str]:
    """What became of each: why it failed, or nothing."""
    told: Iterator[Any] = works.outcomes([[(Statement(one), None) for one in b] for b in batches])  # type: ignore[misc]
    with works:
        return {one.donor: one.why if isinstance(one, Failed) else "" for one in told}


def left_behind(place: Path) -> list[int]:
    """Processes that worked there and still live."""
    living = []
    for path in place.iterdir():
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(int(path.name)).status() != psutil.STATUS_ZOMBIE:
                living.append(int(path.name))
    return living


@pytest.mark.usefixtures("light")
def test_whatever_stops_a_process_its_statement_fails_and_the_others_are_printed(
    tmp_path: Path,
) -> None:
    told = outcomes(
        pool_at(tmp_path / "one"),
        ["A", "Sleeps", "B", "Halts", "Killed", "C", "Frozen", "D"],
        ["E"],
    )
    expected = {"Sleeps": LATE, "Halts": LATE, "Killed": DEAD, "Frozen": LATE}
    assert told == dict.fromkeys("ABCDE", "") | expected
    assert left_behind(tmp_path / "one") == []

    # the server is gone: who it forked goes on, and who takes over comes from another
    told = outcomes(pool_at(tmp_path / "two", size=2), ["Gone", "A", "Halts", "B"], ["C", "D"])
    assert told == dict.fromkeys(("Gone", *"ABCD"), "") | {"Halts": LATE}
    assert left_behind(tmp_path / "two") == []


@pytest.mark.usefixtures("light")
def test_a_server_that_is_stopped_before_it_forks_is_replaced(tmp_path: Path) -> None:
    outcomes(pool_at(tmp_path / "before"), ["A"])
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    os.kill(server, signal.SIGSTOP)
    assert outcomes(pool_at(tmp_path / "after", start=3), ["A", "B"]) == {"A": "", "B": ""}
    assert forkserver._forkserver._forkserver_pid != server  # type: ignore[attr-defined]


@pytest.mark.usefixtures("light")
def test_processes_that_never_get_ready_end_the_run_and_blame_no_donor(tmp_path: Path) -> None:
    idle = pool_at(tmp_path / "never", start=1, labour=never_ready)
    with pytest.raises(DomainError, match="Check that there is enough memory"):
        outcomes(idle, ["A", "B"])
    assert left_behind(tmp_path / "never") == []


@pytest.mark.long
def test_a_run_goes_on_past_a_copy_that_cannot_be_read_to_its_end(
    real_database: Database, settings: Settings, donors: list[str], tmp_path: Path
) -> None:
    content = b"as it was certified"
    with real_database.transaction() as session:
        sha256 = certified(session, donors[0], 1, content)
        store().put(sha256, content)
    (file,) = (path for path in tmp_path.rglob(f"*{sha256[2:]}*") if path.is_file())
    file.unlink()
    os.mkfifo(file)  # a person who opens it waits for a person who writes
    works = Works(real_database, replace(settings, print_limit=30), workers=2)
    tally = works.run(ORDER, tmp_path / "out")
    assert [failed.donor for failed in tally.failures] == [donors[0]]
    assert [line["donor"] for line in manifest(tmp_path / "out")] == donors[1:]
    assert not (tmp_path / "out" / SCRATCH).exists()
