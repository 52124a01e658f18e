"""The one file of a backup: a tar whose last line is the SHA-256 of all that stands before it.

Any byte that changes is noticed, in the manifest and in the tar's own headers too.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, cast

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

MANIFEST = "manifest.json"
DUMP = "database.dump"
MARK = b"sha256 "
SEAL = len(MARK) + 64 + 1
"""Bytes of the last line."""
BLOCK = 1 << 20


class Damaged(Exception):
    """The archive is not what was written."""


class _Hashing:
    """A file that is hashed as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        return self.file.write(content)


class Writer:
    """An archive that is being written, and the SHA-256 of each file in it."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self.files[name] = hashlib.sha256(content).hexdigest()
        self._add_entry(name, BytesIO(content), len(content))

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.files[name] = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            self._add_entry(name, file, path.stat().st_size)

    def close_with(self, facts: dict[str, Any]) -> None:
        """Write the manifest: these facts and the hashes of all files."""
        content = json.dumps({**facts, "files": self.files}, indent=1, sort_keys=True).encode()
        self._add_entry(MANIFEST, BytesIO(content), len(content))

    def _add_entry(self, name: str, content: IO[bytes], size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self.tar.addfile(entry, content)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive beside its place; it is moved there when it is whole and on the disk."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with os.fdopen(_for_us_alone(unfinished), "wb") as file:
            hashing = _Hashing(file)
            with tarfile.open(fileobj=cast("IO[bytes]", hashing), mode="w|") as tar:
                yield Writer(tar)
            file.write(MARK + hashing.digest.hexdigest().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as trouble:
        raise DomainError(
            _("%(file)s cannot be written: %(why)s.", file=path, why=trouble.strerror)
        ) from trouble
    finally:
        unfinished.unlink(missing_ok=True)


def _for_us_alone(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def force_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def check_seal(path: Path) -> None:
    """Damaged unless the last line is the hash of all before it."""
    remaining = path.stat().st_size - SEAL
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while remaining > 0 and (block := file.read(min(BLOCK, remaining))):
            digest.update(block)
            remaining -= len(block)
        seal = file.read()
    if seal != MARK + digest.hexdigest().encode() + b"\n":
        raise Damaged(_("The file has been altered: its SHA-256 differs."))


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack an archive into a folder of ours and compare each file with the manifest.

    Returns the manifest. Damaged names what does not fit it.
    """
    check_seal(path)
    try:
        with tarfile.open(path, mode="r:") as tar:
            tar.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        expected_hashes = dict(manifest["files"])
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(_("The file is not a backup of Paragraph 20.")) from error
    for name, expected in expected_hashes.items():
        if _hash_of(folder / name) != expected:
            raise Damaged(_("%(name)s differs from the manifest.", name=name))
    names = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    for name in sorted(names - set(expected_hashes) - {MANIFEST}):
        raise Damaged(_("%(name)s is not in the manifest.", name=name))
    return manifest


def _hash_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
