"""Backups on object storage: written there, kept by the rule, read back as they were."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from grants.config import Settings
from grants.operations.backups.drill import Step
from grants.operations.backups.keeping import file_name
from grants.operations.backups.noting import last_backup
from grants.operations.backups.places import place_at
from grants.platform.documents.store import store
from grants.variables import Keep
from tests.platform.documents.storage import object_storage

NIGHTLY = "grants.operations.backups.nightly"
CONTENT = bytes(range(256)) * 40_000  # ten megabytes: sent in parts


def written(file: Path) -> list[str]:
    file.write_bytes(CONTENT)
    return []


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    with object_storage() as address:
        yield address


def test_a_nightly_backup_goes_to_a_bucket_and_comes_back_from_there(
    app: Flask, settings: Settings, storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"s3://fund/nightly?endpoint={storage}&region=eu-west-1"
    app.extensions["settings"] = replace(settings, backups_url=url, backup_keep=Keep(1, 0, 0))
    bucket, run = place_at(url), app.test_cli_runner().invoke
    old = file_name(datetime(2020, 1, 1, tzinfo=UTC), encrypted=False)
    bucket.write(old, BytesIO(b"of long ago"))
    monkeypatch.setattr(f"{NIGHTLY}.write_backup", written)
    made = run(args=["backups", "nightly"])
    assert made.exit_code == 0, made.output
    assert last_backup(store()) > 0
    size, name = run(args=["backups", "list"]).output.split()
    assert not bucket.has(old)
    assert not list(settings.data_dir.glob("backup-*"))
    copy = tmp_path / "copy.p20"
    assert run(args=["backups", "fetch", name, str(copy)]).exit_code == 0
    assert copy.read_bytes() == CONTENT
    assert int(size) == len(CONTENT)

    def steps(file: Path, _key: Path | None) -> Iterator[Step]:
        yield Step("restore", 0.1, file.read_bytes() == CONTENT, file.name)

    monkeypatch.setattr(f"{NIGHTLY}.steps_of_drill", steps)
    tried = run(args=["backups", "drill"])
    assert tried.exit_code == 0
    assert f"restore: {name}" in tried.output


def test_a_bucket_that_is_away_is_told_in_a_sentence_and_no_backup_is_noted(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{NIGHTLY}.write_backup", written)
    url = "s3://fund?endpoint=http://127.0.0.1:1&region=eu-west-1"
    app.extensions["settings"] = replace(settings, backups_url=url)
    result = app.test_cli_runner().invoke(args=["backups", "nightly"])
    assert result.exit_code == 2
    assert "object storage" in result.stderr
    assert last_backup(store()) == 0
