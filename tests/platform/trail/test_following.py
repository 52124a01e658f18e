"""The copy of the trail for a system that watches over many: every row is there once."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from grants import create_app
from grants.config import Settings
from grants.core.audit import chain
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.platform.trail.following import extend_copy
from tests.platform.trail.test_chain import write
from tests.rules.source import ROOT


def copied(database: Database, folder: Path, since: int = 0) -> int:
    with database.session() as session:
        return extend_copy(session, folder, since)


def lines_of(folder: Path) -> list[str]:
    return [
        line
        for path in sorted(folder.iterdir())
        for line in path.read_text("utf-8").split("\n")[:-1]
    ]


def positions_of(folder: Path) -> list[int]:
    return [json.loads(line)["position"] for line in lines_of(folder)]


def rows(database: Database) -> int:
    with database.session() as session:
        return chain.head(session).rows


def test_each_row_is_there_once_with_the_same_keys(real_database: Database, tmp_path: Path) -> None:
    write(real_database, 1, said="é 中 \u2028")
    assert copied(real_database, tmp_path) == rows(real_database)
    assert copied(real_database, tmp_path) == 0
    write(real_database, 2)
    assert copied(real_database, tmp_path) == 1
    assert positions_of(tmp_path) == list(range(1, rows(real_database) + 1))
    keys = {*chain.COLUMNS, "placed_at", "previous", "hash", "position"}
    assert all(set(json.loads(line)) == keys for line in lines_of(tmp_path))
    words = [sys.executable, f"{ROOT}/docs/check_trail.py", str(next(tmp_path.iterdir()))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "the chain is whole"


def test_what_was_broken_off_anywhere_goes_on_from_there(
    real_database: Database, tmp_path: Path
) -> None:
    for number in range(3):
        write(real_database, number)
    copied(real_database, tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for cut in {*range(0, len(whole), 97), len(whole) - 1, whole.rfind(b"\n", 0, -1) + 1}:
        file.write_bytes(whole[:cut])
        copied(real_database, tmp_path)
        assert file.read_bytes() == whole, cut


def test_a_new_day_has_a_new_file_and_a_former_one_may_go(
    real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(real_database, 1)
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))
    copied(real_database, tmp_path)
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 2))
    assert copied(real_database, tmp_path) == 0
    write(real_database, 2)
    copied(real_database, tmp_path)
    first, second = sorted(tmp_path.iterdir())
    assert (first.name, second.name) == ("trail-2026-12-01.jsonl", "trail-2026-12-02.jsonl")
    first.unlink()
    write(real_database, 3)
    copied(real_database, tmp_path)
    last = rows(real_database)
    assert positions_of(tmp_path) == [last - 1, last]


def test_a_clock_that_went_back_changes_no_order(
    real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, day in enumerate((2, 1)):
        write(real_database, number)
        monkeypatch.setattr(clock, "today", lambda day=day: date(2026, 12, day))
        copied(real_database, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["trail-2026-12-02.jsonl"]
    assert positions_of(tmp_path) == list(range(1, rows(real_database) + 1))


def test_it_begins_after_a_row_that_the_other_system_has(
    real_database: Database, tmp_path: Path
) -> None:
    for number in range(4):
        write(real_database, number)
    last = rows(real_database)
    assert copied(real_database, tmp_path, since=last - 2) == 2
    write(real_database, 9)
    assert copied(real_database, tmp_path, since=last - 2) == 1
    assert positions_of(tmp_path) == [last - 1, last, last + 1]


def test_rows_that_are_written_meanwhile_are_neither_left_out_nor_doubled(
    real_database: Database, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(6) as pool:
        writers = [pool.submit(write, real_database, number) for number in range(30)]
        readers = [pool.submit(copied, real_database, tmp_path) for _ in range(8)]
        for done in writers:
            done.result()
        assert sum(reader.result() for reader in readers) <= rows(real_database)
    copied(real_database, tmp_path)
    assert positions_of(tmp_path) == list(range(1, rows(real_database) + 1))


def test_the_folder_of_another_trail_is_refused(real_database: Database, tmp_path: Path) -> None:
    write(real_database, 1)
    copied(real_database, tmp_path)
    (file,) = tmp_path.iterdir()
    line = json.loads(lines_of(tmp_path)[-1])
    for other in ({"hash": "0" * 64}, {"position": line["position"] + 5}):
        file.write_text(json.dumps({**line, **other}) + "\n")
        with pytest.raises(DomainError, match="is not in it"):
            copied(real_database, tmp_path)


def test_the_command_says_how_many(real_database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    settings = Settings(tmp_path, "http://localhost:5000", testing=True)
    runner = create_app(settings, real_database).test_cli_runner()
    assert runner.invoke(args=["trail", "follow", str(folder)]).exit_code == 2
    folder.mkdir()
    write(real_database, 1)
    said = runner.invoke(args=["trail", "follow", str(folder)])
    assert (said.exit_code, said.output) == (
        0,
        f"{rows(real_database)} rows are in {folder}.\n",
    )


def test_the_command_goes_on_until_it_is_stopped(
    real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        write(real_database, len(waited))
        if len(waited) == 3:
            raise SystemExit(0)

    monkeypatch.setattr("grants.platform.trail.commands.time.sleep", sleep)
    folder = tmp_path / "copy"
    folder.mkdir()
    settings = Settings(tmp_path, "http://localhost:5000", testing=True)
    runner = create_app(settings, real_database).test_cli_runner()
    runner.invoke(args=["trail", "follow", str(folder), "--every", "10"])
    assert waited == [10, 10, 10]
    assert positions_of(folder) == list(range(1, rows(real_database)))
