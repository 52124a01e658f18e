"""Files to which nothing refers: content that was kept, and whose record never came or is gone."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from grants.core.audit import chain
from grants.core.audit.models import TrailRow
from grants.core.database.db import Base, Database
from grants.core.kernel import clock
from grants.platform.documents.entries import Entry
from grants.platform.documents.reserving import is_store_free
from grants.platform.documents.store import Store
from grants.platform.signing_key.installed import COPIES

DAY = 86_400
SUBJECT, ACTION = "stored_files", "purge_files"


@dataclass
class _Waiting:
    """For how many days a file to which nothing refers is left; 0: for good."""

    days: int = 30


_waiting = _Waiting()


def use_waiting(days: int) -> None:
    """Set the days of this installation."""
    _waiting.days = days


@dataclass(frozen=True, slots=True)
class Purged:
    """How many files were taken away, and their bytes."""

    files: int = 0
    size: int = 0


def names_in_use(session: Session, only: str = "") -> set[str]:
    """Every SHA-256 that any record states, of drafts too, and the copies of the signing key.

    More than files: a digest of something else keeps a file that nobody has, which costs nothing.
    `only`: whether this one is among them.
    """
    columns = [
        table.c[name]
        for table in Base.metadata.sorted_tables
        for name in table.c.keys()  # noqa: SIM118 - a collection of columns, not a mapping
        if name.endswith("sha256")
    ]
    each = (select(c).where(c == only) if only else select(c) for c in columns)
    stated = union(*each)
    names = {name for (name,) in session.execute(stated) if name}
    return names | {name for name in session.scalars(COPIES) if name}


def unused_files(session: Session, store: Store, days: int | None = None) -> Iterator[Entry]:
    """Content that has lain there for so many days and to which nothing refers. Uploads under way,
    prepared files and whatever lies under another name than its SHA-256 are not looked at.
    """
    kept_for = _waiting.days if days is None else days
    if not kept_for:
        return
    in_use, latest = names_in_use(session), clock.wall().timestamp() - kept_for * DAY
    for name in sorted({sha256[:2] for sha256 in store.names()}):
        for entry in store.entries(name):
            sha256 = entry.name.rpartition("/")[2]
            if len(sha256) == 64 and sha256 not in in_use and entry.at < latest:
                yield entry


def purge(database: Database, store: Store, days: int | None = None) -> Purged:
    """Take away the files to which nothing refers; the trail says how many. Each is looked at
    once more while nobody keeps anything: during an upload or a backup it is left for another day.
    """
    with database.session() as session:
        candidates = list(unused_files(session, store, days))
    sizes = [entry.size for entry in candidates if _is_purged(database, store, entry)]
    purged = Purged(len(sizes), sum(sizes))
    if purged.files:
        with database.transaction() as session:
            _note_in_trail(session, purged)
    return purged


def _is_purged(database: Database, store: Store, entry: Entry) -> bool:
    sha256 = entry.name.rpartition("/")[2]
    with database.transaction() as session:
        if not is_store_free(session):
            return False
        if names_in_use(session, sha256) & {sha256}:
            return False
        store.remove(entry.name)
        return True


def _note_in_trail(session: Session, purged: Purged) -> None:
    row = TrailRow(
        at=clock.now(),
        mark="trail",
        subject=SUBJECT,
        subject_id=0,
        action=ACTION,
        facts={"files": purged.files, "bytes": purged.size},
    )
    session.add(row)
    session.flush()
    chain.note(session, [row])
