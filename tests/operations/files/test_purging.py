"""Files to which nothing refers are purged; what anything needs stays."""

import hashlib
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.operations.files.purging import names_in_use, purge, unused_files
from grants.platform.documents.entries import Entry
from grants.platform.documents.models import Document
from grants.platform.documents.reserving import reserve_store
from grants.platform.documents.service import keep_issued
from grants.platform.documents.store import Folder, store, use_store
from tests.factories import a_person, act_of

CONTENT = b"nobody asked for this"
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def aged(folder: Folder, content: bytes, days: int) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    folder.put(sha256, content)
    past = time.time() - days * 86_400
    os.utime(folder.path / sha256[:2] / sha256, (past, past))
    return sha256


def test_only_old_content_without_a_record_is_purged(
    real_database: Database, folder: Folder
) -> None:
    old, fresh = aged(folder, CONTENT, 40), aged(folder, b"typed just now", 2)
    folder.write("under-way/part", io.BytesIO(b"half an upload"))
    os.utime(folder.path / "under-way/part", (0, 0))
    assert [e.name[-64:] for e in _unused(real_database, folder)] == [old]
    purged = purge(real_database, folder, 30)
    assert (purged.files, purged.size) == (1, len(CONTENT))
    assert list(folder.names()) == [fresh]
    assert folder.has("under-way/part")
    with real_database.session() as session:
        row = session.scalars(select(TrailRow).where(TrailRow.action == "purge_files")).one()
        assert row.facts == {"files": 1, "bytes": len(CONTENT)}
    assert purge(real_database, folder, 30).files == 0


def _unused(database: Database, folder: Folder, days: int = 30) -> list[Entry]:
    with database.session() as session:
        return list(unused_files(session, folder, days))


def test_nothing_is_purged_where_the_days_are_nought(
    real_database: Database, folder: Folder
) -> None:
    aged(folder, CONTENT, 400)
    assert _unused(real_database, folder, 0) == []
    assert purge(real_database, folder, 0).files == 0


def test_what_a_record_names_stays_however_old(real_database: Database, folder: Folder) -> None:
    aged(folder, CONTENT, 400)
    _a_record(real_database)
    assert purge(real_database, folder, 30).files == 0


def _a_record(database: Database) -> None:
    with database.transaction() as session:
        act = act_of(session, a_person(session))
        keep_issued(session, "Letter.pdf", CONTENT, act)


def test_the_copies_of_the_signing_key_stay(session: Session) -> None:
    row = TrailRow(
        at=clock.now(),
        mark="trail",
        subject="signing_key",
        subject_id=0,
        action="use_key",
        facts={"copy": SHA},
    )
    session.add(row)
    session.flush()
    assert SHA in names_in_use(session)


def test_while_anything_is_kept_or_backed_up_nothing_is_purged(
    real_database: Database, folder: Folder
) -> None:
    aged(folder, CONTENT, 40)
    with real_database.transaction() as session:
        reserve_store(session)
        assert purge(real_database, folder, 30).files == 0
    assert purge(real_database, folder, 30).files == 1


def test_a_record_that_comes_at_the_last_moment_saves_its_content(
    real_database: Database, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(folder, CONTENT, 40)
    before = store()
    use_store(folder)
    listed, kept = Event(), Event()
    plain = folder.entries

    def slowly(name: str) -> object:
        yield from plain(name)
        listed.set()
        kept.wait(20)

    monkeypatch.setattr(folder, "entries", slowly)
    try:
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(purge, real_database, folder, 30)
            listed.wait(20)
            _a_record(real_database)
            kept.set()
            assert work.result().files == 0
        with real_database.session() as session:
            assert session.scalars(select(Document.sha256)).all() == [SHA]
        assert folder.read(SHA) == CONTENT
    finally:
        use_store(before)
