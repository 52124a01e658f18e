"""Where backups lie: a folder, or object storage, written like FILES_URL."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.documents.store import Folder, Store, store_at


def place_at(text: str) -> Store:
    """The folder or the bucket of this name."""
    return store_at(text, Path()) if "://" in text else Folder(Path(text).absolute())


@contextmanager
def file_for(place: Store, name: str, work_folder: Path) -> Iterator[Path]:
    """Where a backup is to be written; a bucket gets it afterwards, in parts. DomainError if that
    fails.
    """
    if isinstance(place, Folder):
        yield place.path / name
        return
    with TemporaryDirectory(prefix="backup-", dir=work_folder) as folder:
        path = Path(folder) / name
        yield path
        with _as_sentence(name), path.open("rb") as file:
            place.write(name, file)


@contextmanager
def file_of(place: Store, name: str) -> Iterator[Path]:
    """A backup as a file: out of a bucket as a copy, read piece by piece."""
    if isinstance(place, Folder):
        yield place.path / name
        return
    with TemporaryDirectory(prefix="p20-backup-") as folder:
        path = Path(folder) / name
        path.touch(0o600)
        with _as_sentence(name), place.open(name) as source, path.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
        yield path


@contextmanager
def _as_sentence(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise DomainError(
            _("%(file)s cannot be read or written: %(why)s.", file=name, why=trouble)
        ) from trouble
