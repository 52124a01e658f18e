"""An application packed with its files: whole, provable, and only for those who read it."""

import hashlib
import io
import json
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.papers.statements.packing import _safe_name
from grants.platform.documents.models import ScanState
from tests.factories import a_call, a_submission, staff
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.large_files.test_large_files import made, ordered
from tests.platform.web.client import SignInAs


def test_a_pack_holds_everything_and_proves_it(
    app: Flask, session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    application = a_submission(session, a_call(session, fund))
    refused = application.files[-1]
    refused.document.scan = ScanState.INFECTED
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser, path = sign_in_as(manager), f"/applications/{application.reference}/package.zip"
    assert path in browser.get(f"/applications/{application.reference}").text
    ordered(browser, path)
    assert made(app, session).size
    with browser.get(f"{path}?ready=1") as answer:
        archive = ZipFile(io.BytesIO(answer.data))
    folder = application.reference
    manifest = json.loads(archive.read(f"{folder}/manifest.json"))
    held = {name for name in archive.namelist() if not name.endswith(("manifest.json", "SUMS"))}
    assert held == {entry["path"] for entry in manifest["entries"]}
    for entry in manifest["entries"]:
        content = archive.read(entry["path"])
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert len(content) == entry["size"]
    assert [one["sha256"] for one in manifest["left_out"]] == [refused.document.sha256]
    submission = application.submission
    assert submission is not None
    frozen = archive.read(f"{folder}/application.json")
    assert hashlib.sha256(frozen).hexdigest() == submission.sha256
    assert application.title in text_of(archive.read(f"{folder}/application.pdf"))
    assert archive.read(f"{folder}/SHA256SUMS").count(b"\n") == len(manifest["entries"])


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("statuts: 2026/1.pdf", "statuts_ 2026_1.pdf"),
        ("النظام الأساسي.pdf", "النظام الأساسي.pdf"),
        ("登" * 150 + ".pdf", "登" * 65 + ".pdf"),
    ],
)
def test_files_in_a_pack_keep_their_names_as_far_as_every_system_can_have_them(
    name: str, safe: str
) -> None:
    assert _safe_name(name) == safe


def test_a_pack_is_for_those_who_read_the_application(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    application: Application = a_submission(session, a_call(session, fund))
    reviewer = staff(session, Role.REVIEWER)
    session.commit()
    path = f"/applications/{application.reference}/package.zip"
    assert sign_in_as(reviewer).get(path).status_code == 403
