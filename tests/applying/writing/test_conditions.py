"""Questions that are asked only for some answers, and checks across answers, on the pages."""

import re

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.drafts.service import attach, save_section
from grants.applying.drafts.work import Work
from grants.applying.submissions.dossier import dossier
from grants.applying.submissions.service import problems_of, submit
from grants.core.funds.models import Fund
from grants.platform.file_checks.checks import Upload
from tests.applying.applications.forms import conditional_form
from tests.applying.writing.test_pages import owner, write
from tests.factories import a_call, a_draft, writer_of
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient

PROJECT = {"q_title": "A safe place", "q_asked": "20,000", "q_own": "500"}


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    draft = a_draft(session, a_call(session, fund, form=conditional_form()))
    session.commit()
    return draft


@pytest.fixture
def browser(session: Session, draft: Application, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(owner(session, draft))


def save(session: Session, draft: Application, section: str, **typed: str) -> None:
    row = Work.of(session, draft).part(section)
    save_section(
        session,
        draft,
        section,
        {**row.typed, **{name: [text] for name, text in typed.items()}},
        row.version,
        writer_of(session, draft),
    )


def is_hidden(page: str, key: str) -> bool:
    found = re.search(rf'<div data-question="{key}"( hidden)?', page)
    assert found, key
    return found[1] is not None


def test_a_save_without_javascript_brings_up_the_question_that_it_leads_to(
    browser: StrictClient, draft: Application
) -> None:
    path = f"/applying/{draft.reference}/sections/project"
    assert is_hidden(browser.get(path).text, "how_many")
    reply = write(browser, path, {**PROJECT, "q_partners": "yes", "hidden": "how_many"})
    assert reply.location.endswith("/sections/project#q_how_many")
    page = browser.get(path).text
    assert not is_hidden(page, "how_many")
    assert "Because of them, there are more questions" in page
    reply = write(browser, path, {**PROJECT, "q_partners": "yes", "q_how_many": "3", "hidden": ""})
    assert reply.location.endswith("/sections/partners")
    assert "The partners" in browser.get(f"/applying/{draft.reference}").text


def test_a_section_that_is_hidden_is_no_task(browser: StrictClient, draft: Application) -> None:
    assert "The partners" not in browser.get(f"/applying/{draft.reference}").text
    path = f"/applying/{draft.reference}/sections/project"
    reply = write(browser, path, {**PROJECT, "q_partners": "no", "hidden": "how_many"})
    assert reply.location.endswith("/check")


def test_a_save_in_the_background_tells_what_is_hidden(
    browser: StrictClient, draft: Application
) -> None:
    path = f"/applying/{draft.reference}/sections/project"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert token
    posted = {"csrf_token": token[1], "q_partners": "yes", "version": "0"}
    assert browser.post(f"{path}/autosave", data=posted).get_json()["hidden"] == ""
    posted |= {"q_partners": "no", "version": "1"}
    assert browser.post(f"{path}/autosave", data=posted).get_json()["hidden"] == "how_many"


def test_a_broken_check_is_told_at_its_question_and_stops_the_submission(
    session: Session, browser: StrictClient, draft: Application
) -> None:
    path = f"/applying/{draft.reference}/sections/project"
    reply = write(browser, path, {**PROJECT, "q_own": "10,001", "hidden": "how_many"})
    assert reply.location.endswith("?mend=save")
    assert "at most half" in browser.get(reply.location).text
    checked = browser.get(f"/applying/{draft.reference}/check").text
    assert "mend=all#q_own" in checked
    assert "at most half" in checked


def test_what_is_hidden_is_kept_but_does_not_count(session: Session, draft: Application) -> None:
    save(session, draft, "project", q_title="A", q_asked="20000", q_partners="yes", q_how_many="3")
    save(session, draft, "partners", q_lead="Casa Segura")
    by = writer_of(session, draft)
    attach(session, draft, "letter", Upload("letter.pdf", pdf(1)), by)
    save(session, draft, "project", q_partners="no")
    work = Work.of(session, draft)
    assert work.part("partners").typed == {"q_lead": ["Casa Segura"]}
    assert work.values == {"title": "A", "asked": "20000.00", "own": None, "partners": False}
    assert problems_of(work) == []
    found = submit(session, draft, by)
    assert set(found.snapshot["answers"]) == {"project"}
    assert found.snapshot["files"] == []
    shown = dossier(session, draft)
    assert [section.key for section in shown.sections] == ["project"]
    assert [answer.key for answer in shown.sections[0].answers] == [
        "title",
        "asked",
        "own",
        "partners",
    ]


def test_the_page_of_the_call_tells_when_a_question_is_asked(
    browser: StrictClient, draft: Application
) -> None:
    page = browser.get(f"/calls/{draft.call.reference}").text
    assert "Asked only if “Do you work with partners?” is yes." in page
    assert "Asked only if “How many partners?” is more than 2." in page
