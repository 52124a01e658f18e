"""Files on object storage: kept, read and proven like those in a folder."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError, Missing
from grants.operations.files.moving import copy_all
from grants.platform.documents.bucket import Bucket
from grants.platform.documents.store import Folder, store, store_at
from tests.platform.documents.storage import object_storage

CONTENT = b"minutes of the Board"
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    with object_storage() as address:
        yield address


@pytest.fixture
def bucket(storage: str, request: pytest.FixtureRequest) -> Bucket:
    """A folder of its own for each test."""
    folder = hashlib.sha256(request.node.name.encode()).hexdigest()[:8]
    return Bucket(f"s3://fund/{folder}?endpoint={storage}&region=eu-west-1&encryption=AES256")


def test_what_was_put_is_read_again_and_named(bucket: Bucket) -> None:
    bucket.probe()
    bucket.put(SHA, CONTENT)
    bucket.put(SHA, CONTENT)
    assert bucket.read(SHA) == CONTENT
    assert list(bucket.names()) == [SHA]
    head = bucket._client().head_object(Bucket="fund", Key=bucket._key_of(SHA))
    assert head["ServerSideEncryption"] == "AES256"


def test_what_is_not_there_or_was_changed_is_missing(bucket: Bucket) -> None:
    with pytest.raises(Missing, match="cannot be found"):
        bucket.read(SHA)
    bucket.put(SHA, CONTENT)
    changed = CONTENT[:-1] + b"x"
    bucket._client().put_object(Bucket="fund", Key=bucket._key_of(SHA), Body=changed)
    with pytest.raises(Missing, match="damaged"):
        bucket.read(SHA)


def test_what_every_host_finds_by_its_name_is_laid_read_in_parts_listed_and_removed(
    bucket: Bucket,
) -> None:
    large = bytes(range(256)) * 40_000  # ten megabytes: sent in parts
    bucket.write("large-files/1", BytesIO(large))
    bucket.write("last-backup", BytesIO(b"1"))
    bucket.put(SHA, CONTENT)
    with bucket.open("large-files/1") as file:
        assert file.read(1000) == large[:1000]
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(large[1000:]).digest()
    assert bucket.has("large-files/1")
    assert [(entry.name, entry.size) for entry in bucket.entries("large-files")] == [
        ("large-files/1", len(large))
    ]
    assert list(bucket.names()) == [SHA], "it is no content of a record"
    bucket.remove("large-files/1")
    assert not bucket.has("large-files/1")
    with pytest.raises(FileNotFoundError):
        bucket.open("large-files/1")


@pytest.mark.parametrize("trouble", ["no such bucket", "nobody answers"])
def test_a_service_that_refuses_is_like_a_disk_that_does(storage: str, trouble: str) -> None:
    address = storage if trouble == "no such bucket" else "http://127.0.0.1:1"
    other = Bucket(f"s3://nowhere?endpoint={address}&region=eu-west-1")
    for ask in (other.probe, lambda: other.put(SHA, CONTENT), lambda: other.read(SHA)):
        with pytest.raises(OSError, match="object storage: "):
            ask()


@pytest.mark.parametrize("url", ["s3://", "s3://bucket?key=x", "s3:bucket"])
def test_an_address_that_cannot_be_is_told(url: str, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="FILES_URL"):
        store_at(url, tmp_path)


def test_all_files_go_to_the_bucket_and_back_each_proven_by_its_hash(
    session: Session, bucket: Bucket, tmp_path: Path
) -> None:
    there, back = Folder(tmp_path / "there"), Folder(tmp_path / "back")
    contents = [bytes([number]) * 1000 for number in range(7)]
    for content in contents:
        there.put(hashlib.sha256(content).hexdigest(), content)
    sizes = [copied.size for copied in copy_all(session, there, bucket)]
    assert sizes == [1000] * 7
    assert [copied.size for copied in copy_all(session, bucket, back)] == sizes
    assert list(back.names()) == list(there.names()) == sorted(bucket.names())
    assert {back.read(name) for name in back.names()} == set(contents)


def test_a_file_that_is_damaged_or_gone_is_told_by_the_command(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    source = store()
    assert isinstance(source, Folder)
    source.put(SHA, CONTENT)
    damaged = hashlib.sha256(b"damaged").hexdigest()
    source.put(damaged, b"damaged")
    (source.path / damaged[:2] / damaged).write_bytes(b"other")
    target = tmp_path / "new"
    result = app.test_cli_runner().invoke(args=["files", "copy", f"file://{target}"])
    assert result.exit_code == 1
    assert damaged in result.output
    assert list(Folder(target).names()) == [SHA]
