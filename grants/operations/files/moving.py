"""Copying every file to another store, each read again there by its hash."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.kernel.errors import Missing
from grants.operations.backups.figures import files_in_use
from grants.platform.documents.store import Store


@dataclass(frozen=True, slots=True)
class Copied:
    """A file in the other store, read again there; its bytes, or None where it could not be."""

    sha256: str
    size: int | None


def copy_all(session: Session, source: Store, target: Store) -> Iterator[Copied]:
    """Copy what is stored and what a record names. Repeated, it copies what is not there yet; the
    source stays as it is.
    """
    for sha256 in sorted(files_in_use(session) | set(source.names())):
        yield Copied(sha256, _copy_file(sha256, source, target))


def _copy_file(sha256: str, source: Store, target: Store) -> int | None:
    try:
        content = source.read(sha256)
        target.put(sha256, content)
        return len(target.read(sha256))
    except Missing:
        return None
