"""The store keeps what it was given, whatever happens meanwhile."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grants.core.kernel.errors import DomainError, Missing
from grants.platform.documents.store import Folder, store_at

CONTENT = b"%PDF-1.7 the certificate"
SHA = hashlib.sha256(CONTENT).hexdigest()


def test_what_was_put_is_read_again(store: Folder) -> None:
    store.put(SHA, CONTENT)
    store.put(SHA, CONTENT)
    assert store.read(SHA) == CONTENT
    assert [path.name for path in store.path.rglob("*") if path.is_file()] == [SHA]


def test_a_flipped_byte_is_noticed(store: Folder) -> None:
    store.put(SHA, CONTENT)
    place = store.path / SHA[:2] / SHA
    place.write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(Missing, match="damaged"):
        store.read(SHA)


def test_what_is_not_there_is_missing(store: Folder) -> None:
    with pytest.raises(Missing, match="cannot be found"):
        store.read(SHA)


def test_a_crash_in_the_middle_leaves_nothing_under_the_name(
    store: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_handle: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="full"):
        store.put(SHA, CONTENT)
    assert not [path for path in store.path.rglob("*") if path.is_file()]
    monkeypatch.undo()
    store.put(SHA, CONTENT)
    assert store.read(SHA) == CONTENT


def test_a_torn_file_is_written_again(store: Folder) -> None:
    place = store.path / SHA[:2] / SHA
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT[:5])
    store.put(SHA, CONTENT)
    assert store.read(SHA) == CONTENT


def test_many_may_put_the_same_content_at_once(store: Folder) -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _n: store.put(SHA, CONTENT), range(64)))
    assert store.read(SHA) == CONTENT


def test_the_store_stands_where_files_url_says(tmp_path: Path) -> None:
    named = store_at(f"file://{tmp_path}/my%20files", tmp_path)
    assert isinstance(named, Folder)
    assert named.path == tmp_path / "my files"
    default = store_at(None, tmp_path)
    assert isinstance(default, Folder)
    assert default.path == tmp_path / "files"


@pytest.mark.parametrize("url", ["ftp://bucket", "file://elsewhere/x", "files", "file://"])
def test_a_store_that_does_not_exist_here_is_refused_in_one_line(url: str, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="FILES_URL must be like"):
        store_at(url, tmp_path)
