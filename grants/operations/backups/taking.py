"""Taking a backup while people go on working: one snapshot of the database, and the files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.operations.backups.archive import DUMP, Writer, writing
from grants.operations.backups.figures import Figures, figures_of, files_in_use
from grants.operations.backups.tools import tools_for
from grants.platform.documents.reserving import reserve_store
from grants.platform.documents.store import Store


@dataclass(frozen=True, slots=True)
class Places:
    """What of an installation lies outside the database."""

    store: Store
    anchors: Path
    """Signed heads of the trail."""
    key: Path
    """The SECRET_KEY that was made in development; in production there is none here."""
    public_key: str
    """Tells whether another installation has the same SECRET_KEY, and does not give it away."""


@dataclass(frozen=True, slots=True)
class BackupContent:
    """What went into a backup."""

    figures: Figures
    files: int
    lost: list[str]
    """Files that a record names and that are missing or damaged."""


def take(database: Database, places: Places, into: Path) -> BackupContent:
    """Write everything into one file. Writers go on: what they commit meanwhile is not in it.

    A file is kept before its record is committed, so each that the snapshot names is there.
    """
    with (
        _open_snapshot(database) as (session, name),
        writing(into) as archive,
        TemporaryDirectory(prefix=".p20-backup-", dir=into.parent) as folder,
    ):
        dump = Path(folder) / DUMP
        tools_for(session).dump(database.url, name, dump)
        archive.add_file(DUMP, dump)
        dump.unlink()
        lost = sorted(_add_files(archive, places, files_in_use(session)))
        figures = figures_of(session)
        archive.close_with(
            {
                **figures.as_json(),
                "format": 1,
                "taken_at": clock.now().isoformat(),
                "migration": session.scalar(text("SELECT version_num FROM alembic_version")),
                "postgresql": session.scalar(text("SHOW server_version")),
                "public_key": places.public_key,
            }
        )
        return BackupContent(
            figures, sum(name.startswith("files/") for name in archive.files), lost
        )


@contextmanager
def _open_snapshot(database: Database) -> Iterator[tuple[Session, str]]:
    """One moment of the database, and the name under which pg_dump sees the same."""
    with database.session() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("SET TRANSACTION READ ONLY"))
        reserve_store(session)
        name = session.scalar(text("SELECT pg_export_snapshot()"))
        yield session, str(name)


def _add_files(archive: Writer, places: Places, in_use: set[str]) -> Iterator[str]:
    """Add what lies outside the database; the names of files that cannot be read as they were."""
    stored = set(places.store.names())
    for sha256 in sorted(in_use | stored):
        try:
            archive.add(f"files/{sha256}", places.store.read(sha256))
        except Missing:
            yield sha256
    for anchor in sorted(places.anchors.glob("trail-*.*")):
        archive.add_file(f"anchors/{anchor.name}", anchor)
    if places.key.is_file():
        archive.add_file("secret-key", places.key)
