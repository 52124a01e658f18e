"""The applicant's pages, from the call to the receipt."""

import io
import json
import re
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, TestResponse

from grants.applying.applications import queries
from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.applying.drafts.eligibility import asked_before
from grants.applying.drafts.service import save_section
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from tests.applying.applications.answers import REQUIRED_PAPERS, complete_answers
from tests.factories import (
    a_call,
    a_complete_draft,
    a_draft,
    a_person,
    a_submission,
    act_of,
    an_organisation,
    member,
    staff,
    writer_of,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    call = a_call(session, fund)
    session.commit()
    return call


@pytest.fixture
def draft(session: Session, call: Call) -> Application:
    draft = a_draft(session, call)
    session.commit()
    return draft


def owner(session: Session, application: Application) -> Person:
    person_id = writer_of(session, application).actor.person_id
    return session.get_one(Person, person_id)


@pytest.fixture
def browser(session: Session, draft: Application, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(owner(session, draft))


def marks(page: str) -> dict[str, str]:
    """What the page says of itself, as it hands it on."""
    return {
        name: found[1]
        for name in ("version", "sheet", "turn", "base", "clashes")
        if (found := re.search(rf'id="{name}" name="{name}" value="([^"]*)"', page))
    }


def write(browser: StrictClient, path: str, typed: dict[str, Any]) -> TestResponse:
    """Open the page and post it as a browser does, with what the page hands on."""
    page = browser.get(path).get_data(as_text=True)
    return browser.post(path, data={"csrf_token": token_of(page), **marks(page), **typed})


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def given(session: Session, application: Application, section: str) -> dict[str, list[str]]:
    session.expire_all()
    return queries.answers_of(session, application.id)[section].given


def test_the_whole_way_from_the_call_to_the_receipt(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    luz = member(session, an_organisation(session))
    browser = sign_in_as(luz)
    assert "Apply" in browser.get(f"/calls/{call.reference}").get_data(as_text=True)
    asked = {"organisation": "CASA-SEGURA"} | {
        f"e_{row['key']}": "yes" for row in asked_before(call)
    }
    begun = browser.submit(f"/calls/{call.reference}/apply", asked)
    path = begun.location
    assert path == f"/applying/{call.reference}-0001"
    assert "Not started" in browser.get(path).get_data(as_text=True)
    _write_everything(browser, path)
    assert "Submit the application" in browser.get(f"{path}/check").get_data(as_text=True)
    for _click in range(2):
        answer = browser.submit(f"{path}/submit", {"true": "yes"}, page="/account")
        assert answer.location == f"{path}/submitted"
    application = queries.applications_of(session, act_of(session, luz).actor)[0]
    submission = queries.submission_of(session, application.id)
    assert submission is not None
    receipt = browser.get(f"{path}/submitted").get_data(as_text=True)
    assert submission.sha256 in receipt
    assert application.reference in receipt
    assert "Received" in browser.get(path).get_data(as_text=True)
    assert browser.get(f"{path}/sections/project").location == path
    assert application.title in browser.get("/applying").get_data(as_text=True)


def _write_everything(browser: StrictClient, path: str) -> None:
    for section, typed in complete_answers("HN", 12_000).items():
        answer = write(browser, f"{path}/sections/{section}", typed)
        assert answer.status_code == 302, section
    for number, question in enumerate(REQUIRED_PAPERS, 1):
        upload = {f"q_{question}": (io.BytesIO(pdf(number)), f"{question}.pdf")}
        assert write(browser, f"{path}/sections/documents", upload).status_code == 302


def test_every_section_of_the_form_is_a_sound_page(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    for section in draft.call.questionnaire.sections:
        for mend in ("", "?mend=save", "?mend=all"):
            page = browser.get(f"/applying/{draft.reference}/sections/{section.key}{mend}")
            assert page.status_code == 200
            assert section.name in page.get_data(as_text=True)


def test_what_is_posted_is_kept_even_if_it_cannot_be_used(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}/sections/project"
    answer = write(browser, path, {"q_title": "A safe place", "q_months": "a few"})
    assert answer.location == f"{path}?mend=save"
    assert given(session, draft, "project") == {"q_title": ["A safe place"], "q_months": ["a few"]}
    page = browser.get(answer.location).get_data(as_text=True)
    assert "is not a number" in page
    assert 'value="a few"' in page
    assert "Fill in" not in page


def test_a_button_leads_to_the_next_section_or_to_the_list(
    draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}"
    answer = write(browser, f"{path}/sections/project", {"q_title": "A"})
    assert answer.location == f"{path}/sections/problem"
    answer = write(browser, f"{path}/sections/project", {"q_title": "A", "go": "list"})
    assert answer.location == path
    assert write(browser, f"{path}/sections/documents", {}).location == f"{path}/check"


def test_rows_are_added_and_removed_without_javascript_and_nothing_is_lost(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}/sections/budget"
    line = {"q_budget-0-description": "Shelter", "q_budget-2-description": "Lawyer"}
    added = write(browser, path, {**line, "q_budget-add": "1"})
    assert added.status_code == 200
    assert 'name="q_budget-3-description"' in added.get_data(as_text=True)
    assert given(session, draft, "budget") == {name: [text] for name, text in line.items()}
    removed = write(browser, path, {**line, "q_budget-remove": "0"}).get_data(as_text=True)
    assert "Shelter" not in removed
    assert "Lawyer" in removed
    assert given(session, draft, "budget") == {"q_budget-2-description": ["Lawyer"]}


def test_totals_are_computed_on_the_server(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}/sections/budget"
    typed = complete_answers("HN", 12_336)["budget"]
    write(browser, path, typed)
    assert "12,336.00" in browser.get(path).get_data(as_text=True)
    assert draft.requested_minor is None
    session.refresh(draft)
    assert draft.requested_minor == 1_233_600


def test_autosave_gives_the_version_and_never_overwrites_newer_text(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}/sections/project"
    first = marks(browser.get(path).get_data(as_text=True))
    second = marks(browser.get(path).get_data(as_text=True))
    token = {"page": path}
    mine = {**first, "turn": "1", "q_title": "A, by Luz"}
    saved = browser.submit(f"{path}/autosave", mine, **token)
    assert saved.status_code == 200
    assert json.loads(saved.data)["version"] == 1
    later = browser.submit(f"{path}/autosave", {**mine, "turn": "2", "q_title": "A, by L"}, **token)
    assert json.loads(later.data)["version"] == 2
    theirs = browser.submit(f"{path}/autosave", {**second, "q_title": "A, by Rosa"}, **token)
    assert theirs.status_code == 409
    assert json.loads(theirs.data)["newer"] == {"q_title": ["A, by L"]}
    assert given(session, draft, "project") == {"q_title": ["A, by L"]}


def test_of_two_pages_both_texts_are_shown_and_saving_decides(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}/sections/project"
    mine = marks(browser.get(path).get_data(as_text=True))
    write(browser, path, {"q_title": "Their title", "q_places": "Colón"})
    answer = browser.submit(path, {**mine, "q_title": "My title", "q_places": "Colón"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Their title" in page
    assert 'value="My title"' in page
    assert page.count("Saved by") == 1
    assert given(session, draft, "project")["q_title"] == ["Their title"]
    hasty = browser.submit(path, {**marks(page), "q_title": "My title", "q_places": "Colón"})
    assert hasty.status_code == 409
    assert "Choose which answer to keep." in hasty.get_data(as_text=True)
    chosen = {"keep_title": "mine", "q_title": "Our title", "q_places": "Colón"}
    browser.submit(path, {**marks(hasty.get_data(as_text=True)), **chosen})
    assert given(session, draft, "project")["q_title"] == ["Our title"]


def test_a_refused_file_is_told_at_its_question_and_the_text_is_kept(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}/sections/documents"
    upload = {"q_partner_declaration": (io.BytesIO(b"MZ not a pdf"), "declaration.pdf")}
    answer = write(browser, path, upload)
    assert answer.status_code == 422
    assert "is not in PDF format" in answer.get_data(as_text=True)
    good = {"q_partner_declaration": (io.BytesIO(pdf()), "declaration.pdf")}
    assert write(browser, path, good).location == f"{path}#papers-partner_declaration"
    (attached,) = queries.files_of(session, draft.id)
    page = browser.get(path).get_data(as_text=True)
    assert "declaration.pdf" in page
    handed = browser.get(f"/applications/{draft.reference}/files/{attached.id}")
    assert handed.data == pdf()
    assert handed.headers["Content-Disposition"] == "attachment; filename=declaration.pdf"
    write(browser, path, {"remove_file": str(attached.id)})
    session.expire_all()
    assert queries.files_of(session, draft.id) == []
    assert f'action="{path}/files/{attached.id}/restore"' in browser.get(path).get_data(
        as_text=True
    )
    assert browser.get(f"/applications/{draft.reference}/files/{attached.id}").status_code == 404
    browser.submit(f"{path}/files/{attached.id}/restore", page=path)
    session.expire_all()
    assert queries.files_of(session, draft.id) == [attached]


def test_words_that_may_tell_of_a_victim_are_asked_about(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}/sections/problem"
    told = {"q_problem": "Amina, 16 years old, fled."}
    answer = write(browser, path, told)
    assert answer.location == f"{path}?mend=save"
    page = browser.get(answer.location).get_data(as_text=True)
    assert "looks like a person’s name and age" in page
    ticked = {**told, "attested": "yes"}
    assert write(browser, path, ticked).location.endswith("/sections/objectives")
    assert "looks like" not in browser.get(f"{path}?mend=all").get_data(as_text=True)


def test_the_check_page_links_each_problem_to_its_place(
    draft: Application, browser: StrictClient
) -> None:
    page = browser.get(f"/applying/{draft.reference}/check").get_data(as_text=True)
    targets = re.findall(r'<li><a class="govuk-link" href="([^"]+)">', page)
    assert len(targets) > 30
    assert "Submit the application" not in page
    for target in targets:
        place = target.replace("&amp;", "&").split("#")
        shown = browser.get(place[0]).get_data(as_text=True)
        assert f'id="{place[1]}"' in shown, target


def test_an_editor_is_told_who_submits(session: Session, call: Call, sign_in_as: SignInAs) -> None:
    application = a_complete_draft(session, call)
    editor = member(session, application.organisation, Role.ORGANISATION_EDITOR, "Rosa Paz")
    browser = sign_in_as(editor)
    page = browser.get(f"/applying/{application.reference}/check").get_data(as_text=True)
    assert "Luz of Casa Segura" in page
    assert "Submit the application" not in page
    path = f"/applying/{application.reference}/submit"
    assert browser.submit(path, {"true": "yes"}, page="/account").status_code == 403


def test_after_the_deadline_a_submission_is_refused_and_the_draft_can_be_read(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    application = a_complete_draft(session, call)
    browser = sign_in_as(owner(session, application))
    path = f"/applying/{application.reference}"
    token = token_of(browser.get(f"{path}/check").get_data(as_text=True))
    call.deadline_at = clock.now() - timedelta(minutes=2)
    session.commit()
    answer = browser.post(f"{path}/submit", data={"true": "yes", "csrf_token": token})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "The deadline was" in page
    standing = browser.get(path).get_data(as_text=True)
    assert "Not submitted in time" in standing
    assert application.title in standing
    late = browser.submit(f"{path}/sections/project", {"q_title": "Late words"}, page="/account")
    assert late.status_code == 422
    assert "Late words" in late.get_data(as_text=True)
    assert given(session, application, "project")["q_title"] != ["Late words"]


def test_a_slow_upload_counts_from_its_arrival(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    """The request begins before the deadline; its body takes minutes to come in."""
    application = a_draft(session, call)
    browser = sign_in_as(owner(session, application))
    path = f"/applying/{application.reference}/sections/documents"
    token = token_of(browser.get(path).get_data(as_text=True))
    arrives = clock.now()
    call.deadline_at = arrives
    session.commit()
    sent = EnvironBuilder(
        method="POST", data={"csrf_token": token, "q_other_papers": (io.BytesIO(pdf()), "a.pdf")}
    ).get_environ()
    body = sent["wsgi.input"].read()
    read_at: list[datetime] = []
    with clock.at(arrives), ExitStack() as later:

        class Slow(io.BytesIO):
            def read(self, *size: int | None) -> bytes:
                later.enter_context(clock.at(arrives + timedelta(minutes=10)))
                read_at.append(clock.now())
                return super().read(*size)

            def readinto(self, buffer: Any) -> int:
                later.enter_context(clock.at(arrives + timedelta(minutes=10)))
                read_at.append(clock.now())
                return super().readinto(buffer)

        answer = browser.post(
            path,
            input_stream=Slow(body),
            content_type=sent["CONTENT_TYPE"],
            content_length=len(body),
        )
    assert read_at
    assert call.deadline_at + timedelta(minutes=9) < min(read_at)
    assert answer.status_code == 302
    assert len(queries.files_of(session, application.id)) == 1


def test_withdrawing_asks_for_a_reason(session: Session, call: Call, sign_in_as: SignInAs) -> None:
    application = a_submission(session, call)
    browser = sign_in_as(owner(session, application))
    path = f"/applying/{application.reference}/withdraw"
    assert browser.submit(path, {"reason": ""}).status_code == 200
    assert browser.submit(path, {"reason": "We found other money."}).status_code == 302
    session.refresh(application)
    assert application.state is ApplicationState.WITHDRAWN
    assert "Withdrawn" in browser.get(f"/applying/{application.reference}").get_data(as_text=True)


def test_a_visitor_who_wants_to_apply_signs_in_first(client: StrictClient, call: Call) -> None:
    answer = client.get(f"/calls/{call.reference}/apply")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_whoever_acts_for_no_organisation_is_shown_the_way(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    page = sign_in_as(a_person(session)).get(f"/calls/{call.reference}/apply")
    assert "Register an organisation" in page.get_data(as_text=True)


def test_beginning_twice_leads_to_the_same_draft(
    session: Session, draft: Application, browser: StrictClient
) -> None:
    path = f"/calls/{draft.call.reference}/apply"
    code = draft.organisation.code
    assert browser.submit(path, {"organisation": code}).location.endswith(draft.reference)
    other = an_organisation(session, "Other")
    assert browser.submit(path, {"organisation": other.code}).status_code == 200


@pytest.mark.parametrize("language", ["en-XA", "ar-XB"])
def test_the_pages_speak_other_languages_in_both_directions(
    session: Session, draft: Application, browser: StrictClient, language: str
) -> None:
    save_section(session, draft, "project", {"q_title": ["A"]}, 0, writer_of(session, draft))
    session.commit()
    path = f"/applying/{draft.reference}"
    for page in ("", "/sections/project", "/sections/budget", "/check"):
        answer = browser.get(f"{path}{page}?language={language}")
        assert answer.status_code == 200
        assert "⟦" in answer.get_data(as_text=True)
    assert browser.get(f"/calls/{draft.call.reference}").status_code == 200


PAGES = (
    "/applying/{0}",
    "/applying/{0}/sections/project",
    "/applying/{0}/check",
    "/applying/{0}/submitted",
    "/applying/{0}/withdraw",
    "/applications/{0}",
    "/applications/{0}/files/{1}",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["stranger", "visitor", "donor", "reviewer", "nobody"])
def test_nobody_else_reaches_an_application_by_any_address(
    session: Session,
    call: Call,
    client: StrictClient,
    sign_in_as: SignInAs,
    page: str,
    who: str,
) -> None:
    application = a_submission(session, call)
    attached = queries.files_of(session, application.id)[0]
    people = {
        "stranger": lambda: member(session, an_organisation(session, "Other"), name="Eve Other"),
        "donor": lambda: member(session, an_organisation(session, "Giver"), Role.DONOR, "Don Or"),
        "reviewer": lambda: staff(session, Role.REVIEWER),
        "nobody": lambda: a_person(session, "No Body"),
    }
    browser = client if who == "visitor" else sign_in_as(people[who]())
    answer = browser.get(page.format(application.reference, attached.id))
    assert answer.status_code in ((302,) if who == "visitor" else (403, 404))
    assert application.title not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/sections/project", "/sections/project/autosave", "/submit", "/withdraw"]
)
def test_nobody_else_writes_by_any_address(
    session: Session, draft: Application, sign_in_as: SignInAs, path: str
) -> None:
    stranger = sign_in_as(member(session, an_organisation(session, "Other"), name="Eve Other"))
    answer = stranger.submit(
        f"/applying/{draft.reference}{path}",
        {"q_title": "Mine now", "true": "yes", "reason": "x"},
        page="/account",
    )
    assert answer.status_code == 404
    assert queries.answers_of(session, draft.id) == {}
