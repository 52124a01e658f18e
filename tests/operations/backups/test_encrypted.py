"""Backups that only the holder of a key can read, and which of them are kept."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from grants.config import Settings
from grants.core.kernel.errors import DomainError
from grants.operations.backups import drill
from grants.operations.backups.archive import Damaged
from grants.operations.backups.encrypting import decrypt, encrypt, is_encrypted, new_key
from grants.operations.backups.keeping import StoredBackup, backups_in, due_for_deletion, file_name
from grants.platform.documents.store import Folder
from grants.variables import Keep, keep

NIGHT = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
CONTENT = bytes(range(256)) * 1024


@pytest.fixture
def key(tmp_path: Path) -> str:
    """The public key of the private one in the file `key`."""
    private, public = new_key()
    (tmp_path / "key").write_text(f"# made for a test\n{private}\n")
    return public


@pytest.fixture
def encrypted(tmp_path: Path, key: str) -> Path:
    (tmp_path / "plain").write_bytes(CONTENT)
    encrypt(tmp_path / "plain", tmp_path / "night.p20.age", [key])
    return tmp_path / "night.p20.age"


def test_the_holder_of_the_key_alone_reads_it(encrypted: Path, tmp_path: Path) -> None:
    assert is_encrypted(encrypted)
    assert CONTENT[:64] not in encrypted.read_bytes()
    assert encrypted.stat().st_mode & 0o777 == 0o600
    decrypt(encrypted, tmp_path / "key", tmp_path / "read")
    assert (tmp_path / "read").read_bytes() == CONTENT
    (tmp_path / "other").write_text(new_key()[0])
    with pytest.raises(Damaged, match="encrypted for another key"):
        decrypt(encrypted, tmp_path / "other", tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
    with pytest.raises(DomainError, match="--identity"):
        decrypt(encrypted, None, tmp_path / "nothing")


@pytest.mark.parametrize("end", [40, 150, 100_000, -1])
def test_a_file_that_was_cut_is_refused(encrypted: Path, tmp_path: Path, end: int) -> None:
    encrypted.write_bytes(encrypted.read_bytes()[:end])
    with pytest.raises(Damaged, match="has been altered"):
        decrypt(encrypted, tmp_path / "key", tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_what_is_no_key_is_told(encrypted: Path, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="BACKUP_RECIPIENTS"):
        encrypt(tmp_path / "plain", tmp_path / "x", ["age1abc"])
    with pytest.raises(DomainError, match="not a private key"):
        decrypt(encrypted, tmp_path / "plain", tmp_path / "nothing")


def test_a_key_is_written_once_and_its_public_half_is_printed(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    made = run(args=["backups", "key", str(tmp_path / "safe")])
    assert made.output.startswith("age1")
    assert (tmp_path / "safe").stat().st_mode & 0o777 == 0o600
    assert made.output.strip() in (tmp_path / "safe").read_text()
    assert run(args=["backups", "key", str(tmp_path / "safe")]).exit_code == 2


def kept(moments: list[datetime]) -> list[StoredBackup]:
    return [StoredBackup(file_name(moment, encrypted=True), 0, moment) for moment in moments]


def test_the_newest_of_each_of_the_last_days_weeks_and_months_stays() -> None:
    moments = [NIGHT - timedelta(days=number) for number in range(400)]
    gone = {backup.taken_at for backup in due_for_deletion(kept(moments), Keep(7, 4, 12))}
    left = sorted(set(moments) - gone, reverse=True)
    assert left[:7] == moments[:7]
    assert NIGHT - timedelta(days=8) in left  # the Sunday of the week before
    assert len({(moment.year, moment.month) for moment in left}) == 12
    assert len(left) == 7 + 3 + 11 - 1  # a week of them ends with a month


@given(
    st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001
    st.builds(Keep, *[st.integers(0, 5)] * 3),
)
def test_a_rule_never_deletes_the_newest_and_a_second_time_deletes_nothing(
    moments: list[datetime], rule: Keep
) -> None:
    files = kept(sorted({moment.replace(microsecond=0) for moment in moments}))
    gone = due_for_deletion(files, rule)
    left = [backup for backup in files if backup not in gone]
    assert not files or left[-1] == files[-1]
    assert due_for_deletion(left, rule) == []


def test_only_files_of_ours_count(tmp_path: Path) -> None:
    for name in ("paragraph20-2026.p20", "notes.txt", file_name(NIGHT, encrypted=False)):
        (tmp_path / name).touch()
    assert [backup.taken_at for backup in backups_in(Folder(tmp_path))] == [NIGHT]


@pytest.mark.parametrize("text", ["daily", "hourly=3", "daily=-1", "daily=x"])
def test_a_rule_that_cannot_be_is_told(text: str) -> None:
    assert keep({"BACKUP_KEEP": "daily=3, monthly=6"}) == Keep(3, 8, 6)
    with pytest.raises(DomainError, match="BACKUP_KEEP"):
        keep({"BACKUP_KEEP": text})


@pytest.mark.parametrize("fails", ["", "ledger verify"])
def test_a_drill_touches_nothing_that_people_work_with(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    calls: list[tuple[str, Mapping[str, str]]] = []

    def run(
        command: list[str], env: Mapping[str, str], **_more: object
    ) -> subprocess.CompletedProcess[str]:
        words = " ".join(command[3:5])
        calls.append((words, env))
        return subprocess.CompletedProcess(command, int(words == fails), "fine\n", "")

    monkeypatch.setattr(drill, "run", run)
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/fund")
    newest = tmp_path / file_name(NIGHT, encrypted=False)
    newest.touch()
    (tmp_path / file_name(NIGHT - timedelta(days=1), encrypted=False)).touch()
    result = app.test_cli_runner().invoke(args=["backups", "drill", str(tmp_path)])
    assert result.exit_code == (1 if fails else 0)
    assert calls[0][0] == f"restore {newest}"
    later = ["setup", "ledger verify", "trail verify"]
    assert [words for words, _env in calls[1:]] == later[: 2 if fails else 3]
    for _words, env in calls:
        assert env["DATABASE_URL"] == env["FILES_URL"] == env["MAIL_URL"] == ""
        assert not env["DATA_DIR"].startswith(str(settings.data_dir))


def test_nothing_is_deleted_where_the_backup_failed(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / file_name(NIGHT - timedelta(days=999), encrypted=False)
    newer = tmp_path / file_name(NIGHT, encrypted=False)
    old.touch()
    newer.touch()
    app.extensions["settings"] = replace(settings, backup_keep=Keep(1, 0, 0))
    path = "grants.operations.backups.nightly.write_backup"
    monkeypatch.setattr(path, lambda _file: ["ab" * 32])
    assert app.test_cli_runner().invoke(args=["backups", "nightly", str(tmp_path)]).exit_code == 1
    assert old.exists()
    monkeypatch.setattr(path, lambda _file: [])
    assert app.test_cli_runner().invoke(args=["backups", "nightly", str(tmp_path)]).exit_code == 0
    assert not old.exists()
    listed = app.test_cli_runner().invoke(args=["backups", "list", str(tmp_path)])
    assert listed.output.split() == ["0", newer.name]
