"""A PDF that is not there at once: a page says so, asks again by itself, and leads to the file."""

import os
import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.config import Settings
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Unfinished
from grants.core.kernel.kept_files import KEPT
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Role
from grants.papers.statements import soon
from grants.papers.statements.jobs import clear
from grants.papers.typesetting import pdf
from tests.factories import a_call, a_submission, an_organisation, member, staff
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


@pytest.fixture
def path(application: Application) -> str:
    return f"/documents/submission/{application.reference}.pdf"


@pytest.fixture
def manager(session: Session) -> Person:
    return staff(session, Role.FUND_MANAGER)


def after_the_page(browser: StrictClient, path: str) -> str:
    """Be told to wait, and follow what the page asks for by itself until the file is there."""
    answer = browser.get(path, headers={"Referer": "http://localhost/applications?state=all"})
    for _look in range(1000):
        assert answer.mimetype == "text/html"
        seconds, _url, there = answer.headers["Refresh"].partition("; url=")
        if seconds == "0":
            assert answer.status_code == 200
            assert "Your document is ready" in answer.text
            assert 'href="/applications?state=all"' in answer.text
            assert f'href="{there}"' in answer.text
            return there
        assert (seconds, answer.status_code) == ("1", 202)
        assert "is being produced" in answer.text
        time.sleep(0.02)
        answer = browser.get(there)
    raise AssertionError


def test_a_page_says_that_it_is_being_produced_and_leads_to_the_file(
    sign_in_as: SignInAs,
    session: Session,
    path: str,
    manager: Person,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(soon, "PATIENCE_IN_TESTS", 0.0)
    browser = sign_in_as(manager)
    there = after_the_page(browser, f"{path}?lang=fr")
    assert there == f"{path}?lang=fr"
    with browser.get(there) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=submission-")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert application.reference in text_of(answer.data)
    applicant = sign_in_as(member(session, application.organisation, name="Ana"))
    with applicant.get(there) as again:
        assert again.data == answer.data
    for where in (there, f"{there}&waits=1"):
        other = sign_in_as(member(session, an_organisation(session, where), name="Eve"))
        assert other.get(where).status_code == 404
    session.execute(delete(Membership).where(Membership.person_id == manager.id))
    session.commit()
    assert browser.get(there).status_code == 404


def test_the_page_speaks_the_language_of_its_reader_not_of_the_document(
    sign_in_as: SignInAs, path: str, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soon, "PATIENCE_IN_TESTS", 0.0)
    there = after_the_page(sign_in_as(manager), f"{path}?lang=ar")
    assert there == f"{path}?lang=ar"


def test_the_page_before_a_letter_speaks_the_language_of_its_reader(
    sign_in_as: SignInAs,
    session: Session,
    manager: Person,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(soon, "PATIENCE_IN_TESTS", 0.0)
    application.language, application.state = "ar", ApplicationState.REVIEWED
    session.commit()
    letter = f"/applications/{application.reference}/letter.pdf"
    assert after_the_page(sign_in_as(manager), letter) == letter


def test_what_has_changed_is_printed_again(
    sign_in_as: SignInAs, session: Session, path: str, manager: Person, application: Application
) -> None:
    browser = sign_in_as(manager)
    before = browser.get(path)
    application.title = "Another title"
    session.commit()
    with browser.get(path) as after:
        assert "Another title" in text_of(after.data)
    assert before.data != after.data


def test_a_failed_printing_says_so_and_is_tried_again(
    sign_in_as: SignInAs, path: str, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_given: object) -> bytes:
        raise Unfinished("This document was not produced within 30 seconds.")

    browser = sign_in_as(manager)
    with monkeypatch.context() as broken:
        broken.setattr(pdf, "printed", fails)
        answer = browser.get(path)
    assert answer.status_code == 503
    assert "Refresh" not in answer.headers
    assert "not produced within 30 seconds" in answer.text
    assert browser.get(path).status_code == 503
    link = re.search(r'href="([^"]+again=1)"', answer.text)
    assert link
    ready = browser.get(link[1].replace("&amp;", "&"))
    assert ready.headers["Refresh"] == f"0; url={path}"
    assert browser.get(path).mimetype == "application/pdf"


def test_no_foreign_page_is_named_as_the_one_before(
    sign_in_as: SignInAs, path: str, manager: Person
) -> None:
    browser = sign_in_as(manager)
    for before in (
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example/",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n\\evil.example",
        "/ /evil.example",
        "/\n",
    ):
        asked = {"waits": "1", "before": before}
        assert "govuk-back-link" not in browser.get(path, query_string=asked).text
        if before.isprintable():  # a header holds nothing else
            answer = browser.get(f"{path}?waits=1", headers={"Referer": before})
            assert "govuk-back-link" not in answer.text


def test_files_lie_in_the_folder_of_the_installation(
    app: Flask, settings: Settings, sign_in_as: SignInAs, path: str, manager: Person
) -> None:
    with sign_in_as(manager).get(path) as answer:
        (kept,) = (settings.data_dir / "printed").glob("*.pdf")
        assert Path(kept).read_bytes() == answer.data


def test_what_was_printed_a_day_ago_is_cleared_though_nobody_prints(
    app: Flask, settings: Settings, sign_in_as: SignInAs, path: str, manager: Person
) -> None:
    assert sign_in_as(manager).get(path).status_code == 200
    (kept,) = (settings.data_dir / "printed").glob("*.pdf")
    context = SimpleNamespace(additional_context={"settings": settings})
    clear(context, timestamp=0)  # type: ignore[arg-type]
    assert kept.exists()
    past = time.time() - KEPT - 1
    os.utime(kept, (past, past))
    clear(context, timestamp=0)  # type: ignore[arg-type]
    assert not kept.exists()
