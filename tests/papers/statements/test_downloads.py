"""A PDF comes in one answer, to those who may have it; what hinders it is told."""

import os
import time
from pathlib import Path
from threading import BoundedSemaphore
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.config import Settings
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Unfinished
from grants.core.kernel.kept_files import KEPT
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Role
from grants.papers.statements import downloads
from grants.papers.statements.jobs import clear
from grants.papers.typesetting import pdf, printed
from tests.factories import a_call, a_submission, an_organisation, member, staff
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.web.client import SignInAs


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


@pytest.fixture
def path(application: Application) -> str:
    return f"/documents/submission/{application.reference}.pdf"


@pytest.fixture
def manager(session: Session) -> Person:
    return staff(session, Role.FUND_MANAGER)


def test_who_may_have_it_gets_the_pdf_in_one_answer_and_nobody_else(
    sign_in_as: SignInAs, session: Session, path: str, manager: Person, application: Application
) -> None:
    browser = sign_in_as(manager)
    with browser.get(f"{path}?lang=fr") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=submission-")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert application.reference in text_of(answer.data)
    applicant = sign_in_as(member(session, application.organisation, name="Ana"))
    with applicant.get(f"{path}?lang=fr") as again:
        assert again.data == answer.data
    other = sign_in_as(member(session, an_organisation(session, "Other House"), name="Eve"))
    assert other.get(f"{path}?lang=fr").status_code == 404
    session.execute(delete(Membership).where(Membership.person_id == manager.id))
    session.commit()
    assert browser.get(f"{path}?lang=fr").status_code == 404


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


def test_a_failed_printing_says_so_and_is_tried_again_when_asked(
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
    assert "The document was not produced" in answer.text
    assert f'href="{path}' in answer.text
    assert browser.get(path).mimetype == "application/pdf"


def test_of_many_who_wait_for_a_pdf_the_last_are_told_and_ask_again_by_themselves(
    sign_in_as: SignInAs, path: str, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in_as(manager)
    with monkeypatch.context() as full:
        full.setattr(downloads, "_places", BoundedSemaphore(1))
        assert downloads._places.acquire(blocking=False)
        answer = browser.get(f"{path}?lang=fr")
    assert (answer.status_code, answer.headers["Refresh"]) == (503, "2")
    assert answer.headers["Retry-After"] == "2"
    assert "Your document is being produced" in answer.text
    assert f'href="{path}?lang=fr"' in answer.text
    assert browser.get(f"{path}?lang=fr").mimetype == "application/pdf"


@pytest.mark.file_times
def test_a_document_of_the_same_facts_is_printed_once_and_with_a_full_disk_each_time(
    sign_in_as: SignInAs, path: str, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    real = pdf.printed

    def counting(**given: Any) -> bytes:
        counted.append(1)
        return real(**given)

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pdf, "printed", counting)
    browser = sign_in_as(manager)
    with monkeypatch.context() as on_a_full_disk:
        on_a_full_disk.setattr(printed, "write", full)
        assert len({browser.get(path).data for _time in range(2)}) == 1
        assert len(counted) == 2
    assert len({browser.get(path).data for _time in range(2)}) == 1
    assert len(counted) == 3


def test_files_lie_in_the_folder_of_the_installation(
    app: Flask, settings: Settings, sign_in_as: SignInAs, path: str, manager: Person
) -> None:
    with sign_in_as(manager).get(path) as answer:
        (kept,) = (settings.data_dir / "printed").glob("*.pdf")
        assert Path(kept).read_bytes() == answer.data


@pytest.mark.file_times
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
