"""Where the content of files is kept: under its SHA-256, written once, read back only if intact.

The application uses one store (`use_store`, once, at assembly). Any place that can put and
read bytes by their hash will do; a local folder is the one that comes with the code.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import unquote, urlsplit

from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.platform.documents.entries import Entry


class Store(Protocol):
    """Content by its SHA-256 in hexadecimal, for good; and by a name, what every host has to find
    for some days, such as files that were prepared and uploads under way. Backups leave that out.
    """

    def put(self, sha256: str, content: bytes) -> None:
        """Keep the content for good before returning; putting it again changes nothing."""

    def read(self, sha256: str) -> bytes:
        """The content, or Missing if it is not there or no longer what it was."""

    def names(self) -> Iterator[str]:
        """The SHA-256 of everything that is kept, for a backup."""

    def probe(self) -> None:
        """OSError unless something can be kept now."""

    def write(self, name: str, content: IO[bytes]) -> None:
        """Keep what is read from `content` by a name (`folder/name`): whole, or not at all."""

    def open(self, name: str) -> IO[bytes]:
        """Read what lies there by a name, piece by piece. FileNotFoundError where nothing does."""

    def has(self, name: str) -> bool:
        """Does something lie there by this name?"""

    def entries(self, folder: str) -> Iterator[Entry]:
        """What lies there by names that begin with `folder/`."""

    def remove(self, name: str) -> None:
        """Take away what lies there by a name, if anything does."""


class Folder:
    """A local folder: DATA_DIR/files, or the one that a file:// FILES_URL names."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, sha256: str, content: bytes) -> None:
        """Written beside its place, forced to the disk, then moved there in one step."""
        place = self._place_of(sha256)
        if place.exists() and place.stat().st_size == len(content):
            return
        with _writing(place) as file:
            file.write(content)

    def read(self, sha256: str) -> bytes:
        try:
            content = self._place_of(sha256).read_bytes()
        except FileNotFoundError:
            raise Missing(_("This file cannot be found. Contact the secretariat.")) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Missing(_("This file is damaged. Contact the secretariat."))
        return content

    def names(self) -> Iterator[str]:
        for path in sorted(self.path.glob("??/*")):
            if re.fullmatch("[0-9a-f]{64}", path.name):
                yield path.name

    def probe(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.path, prefix=".probe-") as file:
            file.write(b"0" * 4096)
            file.flush()
            os.fsync(file.fileno())

    def write(self, name: str, content: IO[bytes]) -> None:
        with _writing(self.path / name) as file:
            shutil.copyfileobj(content, file, 1 << 20)

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")

    def has(self, name: str) -> bool:
        return (self.path / name).is_file()

    def entries(self, folder: str) -> Iterator[Entry]:
        for path in sorted((self.path / folder).rglob("*")):
            try:
                facts = path.stat()
            except FileNotFoundError:  # another process has taken it away meanwhile
                continue
            if path.is_file():
                yield Entry(str(path.relative_to(self.path)), facts.st_size, facts.st_mtime)

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    def _place_of(self, sha256: str) -> Path:
        return self.path / sha256[:2] / sha256


@contextmanager
def _writing(place: Path) -> Iterator[IO[bytes]]:
    """Write beside a place; forced to the disk, it is moved there in one step."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".new-", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(place)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    _force_names(place.parent)


def _force_names(folder: Path) -> None:
    """Force a folder's list of names to the disk, so that a new name survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def store_at(files_url: str | None, data_dir: Path) -> Store:
    """The store of FILES_URL; without it the folder `files` of the data directory."""
    if not files_url:
        return Folder(data_dir / "files")
    parts = urlsplit(files_url)
    if parts.scheme == "s3":
        from grants.platform.documents.bucket import Bucket  # its library takes memory and time

        return Bucket(files_url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path:
        raise DomainError(
            _("FILES_URL must be like file:///srv/paragraph20/files or s3://bucket/folder.")
        )
    return Folder(Path(unquote(parts.path)))


_standing: Store | None = None


def use_store(store: Store) -> None:
    """Set the file store of this installation, once, in the assembly."""
    global _standing  # noqa: PLW0603 - one process serves one installation
    _standing = store


def store() -> Store:
    """The store of this installation."""
    assert _standing is not None, "use_store() was not called"
    return _standing
