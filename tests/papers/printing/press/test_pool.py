"""A statement that never ends does not hold up the others."""

import os
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from grants.config import Settings
from grants.core.kernel.db import Database
from grants.papers.printing.press.order import Failed, Item, Line, Printed
from grants.papers.printing.press.pool import ProcessPool
from grants.papers.printing.press.run import Works
from grants.papers.printing.press.worker import WorkerSettings
from grants.platform.documents.store import store
from tests.papers.printing.press.conftest import ORDER
from tests.papers.printing.press.test_run import certified, manifest


def sleep_over_some(_station: WorkerSettings, pipe: Connection) -> None:
    """What a process of the pool does here: it prints nothing, and sleeps over every S."""
    pipe.send(None)
    try:
        while batch := pipe.recv():
            for item, _known in batch:
                if item.donor.startswith("S"):
                    time.sleep(3600)
                pipe.send(Printed(Line(item.donor, "en", item.file, "", 0, 1, ""), fresh=True))
    except EOFError:
        return


def test_a_statement_that_takes_too_long_is_reported_and_the_others_are_printed(
    tmp_path: Path, settings: Settings
) -> None:
    station = WorkerSettings(settings, "", "", tmp_path, ORDER.span)
    codes = ["A", "S1", "B", "S2", "S3", "S4", "C"]
    batches = [[(Item(code, "en"), None) for code in codes]]
    with ProcessPool(station, 1, limit=3, labour=sleep_over_some) as pool:
        outcomes = list(pool.outcomes(batches))
        processes = [worker.process for worker in pool.workers]
    printed = [one.line.donor for one in outcomes if isinstance(one, Printed)]
    assert printed == ["A", "B", "C"]
    why = "It was not produced within 3 seconds."
    assert [one for one in outcomes if isinstance(one, Failed)] == [
        Failed(code, why) for code in codes if code.startswith("S")
    ]
    for process in processes:
        with pytest.raises(ValueError, match="closed"):
            process.is_alive()


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
