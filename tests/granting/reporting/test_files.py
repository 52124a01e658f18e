"""Receipts and photographs stand beside a report; what was submitted with it stays."""

import pytest

from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.granting.reporting.files import add_file, file_of, files_of, remove_file
from grants.granting.reporting.models import FileKind, Report, ReportFile
from grants.granting.reporting.service import send_back
from grants.papers.statements.catalogue import paper_of
from grants.platform.file_checks.checks import Upload
from seeds.scans import page_saying
from tests.factories import act_of
from tests.granting.reporting.test_pages import url
from tests.granting.reporting.test_reports import send
from tests.grants import Scene
from tests.platform.web.client import SignInAs


def receipts(scene: Scene, words: str = "Rent of the shelter.", at: int = 0) -> ReportFile:
    """A receipt that the grantee puts beside a report."""
    upload = Upload("Receipts.pdf", page_saying(words))
    act = act_of(scene.session, scene.people.grantee)
    return add_file(scene.session, scene.reports[at], FileKind.RECEIPT, upload, act)


def names(scene: Scene, report: Report) -> list[str]:
    return [file.document.name for file in files_of(scene.session, report, submitted_only=True)]


def test_a_file_is_kept_once_and_the_fund_sees_it_once_it_is_submitted(running: Scene) -> None:
    report, file = running.reports[0], receipts(running)
    assert receipts(running).id == file.id
    assert names(running, report) == []
    send(running)
    assert names(running, report) == ["Receipts.pdf"]
    paper = paper_of(running.session, "grant-report", f"{running.award.reference}/1")
    assert [listed.sha256 for listed in paper.facts.files] == [file.document.sha256]


def test_a_file_can_be_taken_away_until_it_is_submitted(running: Scene) -> None:
    session, act = running.session, act_of(running.session, running.people.grantee)
    remove_file(session, receipts(running), act)
    assert not files_of(session, running.reports[0])
    kept = receipts(running, "Food.")
    report = send(running)
    with pytest.raises(Conflict, match="has been submitted"):
        remove_file(session, kept, act)
    send_back(session, report, {"story": "More."}, act_of(session, running.people.officer))
    with pytest.raises(Conflict, match="was submitted with the report"):
        remove_file(session, kept, act)
    later = receipts(running, "More food.")
    with pytest.raises(Missing):
        file_of(session, report, later.id, submitted_only=True)


def test_a_report_takes_so_many_files_and_no_more(
    running: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grants.granting.reporting.files.MOST_FILES", 1)
    receipts(running)
    with pytest.raises(DomainError, match="up to 1 files"):
        receipts(running, "Food.")


def test_both_sides_open_a_file_each_when_it_is_theirs_to_see(
    running: Scene, sign_in_as: SignInAs
) -> None:
    file = receipts(running)
    running.session.commit()
    page = url(running, f"/files/{file.id}")
    grantee, officer = (
        sign_in_as(person) for person in (running.people.grantee, running.people.officer)
    )
    assert "Receipts.pdf" in grantee.get(url(running, "/files")).get_data(as_text=True)
    assert grantee.get(page).status_code == 200
    assert officer.get(page).status_code == 404
    send(running)
    running.session.commit()
    assert officer.get(page).status_code == 200
    assert "Receipts.pdf" in officer.get(url(running)).get_data(as_text=True)
