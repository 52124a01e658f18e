"""Keeping files and handing them out."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError, Forbidden, FundError, InvalidInput
from grants.platform.documents import service
from grants.platform.documents.models import Document, ScanState
from grants.platform.documents.queries import bytes_kept
from grants.platform.documents.quota import Quota, use_quota
from grants.platform.documents.store import Folder
from grants.platform.file_checks.checks import Upload
from grants.platform.web.downloads import send_document
from tests.factories import an_organisation
from tests.platform.documents import files

BY = Act.by_system("test")


def test_a_file_is_kept_under_its_hash_with_its_name_as_a_label(
    session: Session, store: Folder
) -> None:
    organisation = an_organisation(session)
    content = files.pdf()
    kept = service.keep(
        session, Upload("C:\\docs\\Certificate.pdf", content), BY, organisation_id=organisation.id
    )
    assert (kept.name, kept.size) == ("Certificate.pdf", len(content))
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert store.read(kept.sha256) == service.content_of(kept) == content


def test_clean_says_that_no_scanner_has_looked(session: Session) -> None:
    kept = service.keep(session, Upload("a.pdf", files.pdf()), BY)
    assert (kept.scan, kept.scanned_by) == (ScanState.CLEAN, None)


def test_only_a_clean_file_is_opened(session: Session) -> None:
    kept = service.keep(session, Upload("a.pdf", files.pdf()), BY)
    for state in (ScanState.PENDING, ScanState.INFECTED):
        kept.scan = state
        with pytest.raises(Forbidden):
            service.content_of(kept)


def test_a_question_may_accept_fewer_kinds(session: Session) -> None:
    with pytest.raises(InvalidInput, match="PDF"):
        service.keep(session, Upload("a.png", files.picture("PNG")), BY, accept=(".pdf",))


@pytest.fixture
def quota() -> Iterator[None]:
    yield
    use_quota(Quota())


@pytest.mark.usefixtures("quota")
def test_the_quota_counts_each_content_once(session: Session) -> None:
    organisation = an_organisation(session)
    one, two = files.pdf(1), files.pdf(2)
    use_quota(Quota(len(two) + 10))
    for _again in range(3):
        service.keep(session, Upload("a.pdf", one), BY, organisation_id=organisation.id)
    assert bytes_kept(session, organisation.id) == len(one)
    with pytest.raises(DomainError, match="used all its storage space"):
        service.keep(session, Upload("b.pdf", two), BY, organisation_id=organisation.id)
    other = an_organisation(session, "Other House")
    service.keep(session, Upload("b.pdf", two), BY, organisation_id=other.id)


@pytest.mark.usefixtures("quota")
def test_the_number_of_files_has_an_end_too(session: Session) -> None:
    use_quota(Quota(files=3))
    organisation, other = an_organisation(session), an_organisation(session, "Other House")
    for _again in range(3):
        service.keep(session, Upload("a.pdf", files.pdf()), BY, organisation_id=organisation.id)
    with pytest.raises(DomainError, match="uploaded 3 files"):
        service.keep(session, Upload("a.pdf", files.pdf()), BY, organisation_id=organisation.id)
    service.keep(session, Upload("a.pdf", files.pdf()), BY, organisation_id=other.id)


@pytest.mark.usefixtures("quota")
def test_uploads_at_the_same_moment_cannot_pass_the_quota_together(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        organisation_id = an_organisation(session).id
    contents = [files.pdf(pages) for pages in range(1, 13)]
    most = sum(map(len, contents[:3]))
    use_quota(Quota(most))

    def upload(content: bytes) -> bool:
        try:
            with real_database.transaction() as session:
                service.keep(session, Upload("a.pdf", content), BY, organisation_id=organisation_id)
        except FundError:
            return False
        return True

    with ThreadPoolExecutor(12) as threads:
        kept = sum(threads.map(upload, contents))
    with real_database.transaction() as session:
        assert 0 < kept < 12
        assert bytes_kept(session, organisation_id) <= most
        assert session.scalar(select(func.count()).select_from(Document)) == kept


def test_a_file_is_handed_out_as_a_download_that_runs_nowhere(app: Flask, session: Session) -> None:
    kept = service.keep(session, Upload("Bücher & ميزانية.pdf", files.pdf()), BY)
    with app.test_request_context("/"):
        response = send_document(kept, None)
    assert response.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=UTF-8''B%C3%BCcher" in response.headers["Content-Disposition"]
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.mimetype == "application/pdf"
