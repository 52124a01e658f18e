"""Texts, pictures and files between the questions: made, shown, carried, printed."""

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.call_files.importing import import_call
from grants.applying.calls.models import Call
from grants.applying.calls.service import open_call
from grants.applying.calls.soundness import faults_of
from grants.applying.drafts.service import save_section
from grants.applying.form_files.models import FormFile
from grants.applying.form_files.service import place_file
from grants.core.funds.models import Fund
from grants.core.kernel.clock import now
from grants.core.kernel.errors import Forbidden
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.papers.statements.builders.calls.applying import blank_form as blank_paper
from grants.papers.statements.issuing import render
from grants.papers.statements.word import blank_form
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from tests.applying.applications.forms import conditional_form
from tests.factories import a_draft, a_draft_call, act_of, staff, writer_of
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.documents.files import picture
from tests.platform.web.client import SignInAs, StrictClient

TEXT: dict[str, Any] = {
    "kind": "content",
    "key": "before_you_write",
    "label": {"en": "Before you write"},
    "help": {"en": "Read the guide.\nThen write."},
    "address": "https://example.org/guide",
    "link": {"en": "Guide for applicants"},
}
DECLARED: dict[str, Any] = {
    "kind": "declaration",
    "key": "true_and_complete",
    "label": {"en": "Declaration"},
    "help": {"en": "All that is written here is true."},
}


def with_items(*items: dict[str, Any]) -> Form:
    """A form with these items at the beginning of its first section."""
    data = json.loads(json.dumps(to_json(conditional_form())))
    data["sections"][0]["questions"] = [*items, *data["sections"][0]["questions"]]
    return from_json(data)


def manager_at(session: Session, sign_in_as: SignInAs) -> StrictClient:
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    return sign_in_as(manager)


def hidden(page: str) -> dict[str, str]:
    names = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
        for name in ("csrf_token", "version")
    }
    return {name: match[1] for name, match in names.items() if match}


def test_a_text_between_questions_is_no_question_and_round_trips() -> None:
    form = with_items(TEXT, DECLARED)
    assert faults_in_words(form) == []
    assert to_json(from_json(to_json(form))) == to_json(form)
    assert "before_you_write" not in {question.key for question in form.questions}
    assert "true_and_complete" in verdict_on(form, {}).missing
    assert "true_and_complete" not in verdict_on(form, {"true_and_complete": True}).missing


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"address": "not an address"}, "the address of the link is not a web address"),
        ({"link": {}}, "give the link a text in English"),
        ({"file": "0" * 64, "file_name": "plan.png"}, "say in English what the picture shows"),
        ({"file": "0" * 9, "file_name": "plan.pdf"}, "upload the file again"),
        ({"help": {}, "address": "", "link": {}}, "give it a text, a link or a file"),
    ],
)
def test_what_is_wrong_with_a_text_between_questions_is_told(
    change: dict[str, Any], fault: str
) -> None:
    assert any(fault in told for told in faults_in_words(with_items({**TEXT, **change})))


def test_a_condition_may_rest_on_a_declaration_but_not_on_a_text() -> None:
    question = {"kind": "short_text", "key": "why", "label": {"en": "Why?"}, "limit": 9}
    resting = {**question, "show_when": "true_and_complete == true"}
    assert faults_in_words(with_items(DECLARED, resting)) == []
    assert faults_in_words(with_items(TEXT, {**question, "show_when": "empty(before_you_write)"}))


def test_a_picture_is_put_into_a_form_on_its_pages_and_seen_once_the_call_is(
    session: Session, fund: Fund, sign_in_as: SignInAs, client: StrictClient
) -> None:
    call = a_draft_call(session, fund, form=conditional_form())
    browser = manager_at(session, sign_in_as)
    section = call.questionnaire.sections[0].key
    at = f"/calls/{call.reference}/form/sections/{section}/questions/new/content"
    page = browser.get(at).text
    assert "Smallest" not in page
    answer = browser.post(
        at,
        data={
            **hidden(page),
            "label": "The way of a grant",
            "help": "From the call to the last report.",
            "link": "More about it",
            "address": "https://example.org/way",
            "alternative": "Six boxes in a row",
            "file": (io.BytesIO(picture("PNG")), "way.png"),
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302
    session.expire_all()
    item = call.questionnaire.sections[0].questions[-1]
    address = f"/form-files/{item.file}/way.png"  # type: ignore[attr-defined]
    assert not item.required
    assert address in browser.get(f"/calls/{call.reference}/form/try").text
    shown = browser.get(address)
    assert shown.status_code == 200
    assert shown.mimetype == "image/png"
    assert client.get(address).status_code == 404, "the call is a draft"
    assert client.get(f"/form-files/{'0' * 64}/way.png").status_code == 404
    key = f"/calls/{call.reference}/form/questions/{item.key}"
    page = browser.get(key).text
    assert "Remove the file way.png" in page
    browser.post(key, data={**hidden(page), "label": "Way", "help": "Words.", "no_file": "yes"})
    session.expire_all()
    assert not call.questionnaire.sections[0].questions[-1].file  # type: ignore[attr-defined]
    assert browser.get(address).status_code == 404, "no form shows it any more"


def placed(session: Session, call: Call) -> Form:
    """The form of the call with a picture, which has been uploaded."""
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    file = place_file(session, Upload("way.png", picture("PNG")), by, call.scope)
    shown = {"file": file.sha256, "file_name": "way.png", "alternative": {"en": "Six boxes"}}
    return with_items({**TEXT, **shown}, DECLARED)


def test_the_files_of_a_form_are_carried_with_it(session: Session, fund: Fund) -> None:
    call = a_draft_call(session, fund)
    call.form = to_json(placed(session, call))
    carried = json.loads(json.dumps(call_to_json(call)))
    session.delete(session.scalars(select(FormFile)).one())
    session.flush()
    assert any("upload the file again" in fault for fault in faults_of(call, now()))
    copy = replace(call_from_json(carried), reference="CFP-2099-COPY")
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    made, _is_new = import_call(session, copy, by)
    assert made.form == call.form
    assert session.scalar(select(func.count(FormFile.id))) == 1
    assert not any("upload" in fault for fault in faults_of(made, now()))


def test_a_file_that_cannot_be_read_is_refused_and_others_place_none(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    reviewer = act_of(session, staff(session, Role.AUDITOR))
    with pytest.raises(Forbidden):
        place_file(session, Upload("way.png", b""), reviewer, call.scope)
    browser = manager_at(session, sign_in_as)
    at = f"/calls/{call.reference}/questions"
    broken = {**to_json(with_items(TEXT)), "files": {"0" * 64: {"name": "a.png", "content": "?"}}}
    answer = browser.post(
        at,
        data={
            **hidden(browser.get(at).text),
            "file": (io.BytesIO(json.dumps(broken).encode()), "f.json"),
        },
        content_type="multipart/form-data",
    )
    assert "cannot be read" in answer.text


def test_an_applicant_reads_it_declares_and_the_copy_has_the_declared_words(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    call.form = to_json(placed(session, call))
    open_call(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    application = a_draft(session, call)
    by = writer_of(session, application)
    section = call.questionnaire.sections[0].key
    session.commit()
    browser = sign_in_as(people_of_organisation(session, application.organisation_id)[0])
    page = browser.get(f"/applying/{application.reference}/sections/{section}").text
    for words in ("Before you write", "Then write.", "Guide for applicants", 'alt="Six boxes"'):
        assert words in page
    save_section(session, application, section, {"q_true_and_complete": ["yes"]}, 0, by)
    session.commit()
    check = browser.get(f"/applying/{application.reference}/check").text
    picture_addresses = re.findall(r'src="(/form-files/[^"]+)"', page)
    assert [browser.get(address).status_code for address in picture_addresses] == [200]
    assert "All that is written here is true." in check
    assert "Confirmed" in check
    assert "Guide for applicants" not in check
    public = browser.get(f"/calls/{call.reference}").text
    assert all(words in public for words in ("Guide for applicants", "way.png"))
    assert "Guide for applicants" in text_of(render(session, "blank-form", call.reference)[1])
    word = io.BytesIO(blank_form(blank_paper(session, call.reference).facts))
    lines = "\n".join(paragraph.text for paragraph in Document(word).paragraphs)
    assert "☐ I confirm this." in lines
    assert "https://example.org/guide" in lines


def test_no_more_answers_are_chosen_than_the_form_lets() -> None:
    choices = [{"code": code, "label": {"en": code}} for code in "abcd"]
    asked = {"kind": "several_of", "key": "kinds", "label": {"en": "Kinds"}, "choices": choices}
    form = with_items({**asked, "most_chosen": 3})
    assert faults_in_words(form) == []
    assert verdict_on(form, {"kinds": ["a", "b", "c"]}).faults == []
    told = verdict_on(form, {"kinds": ["a", "b", "c", "d"]}).faults
    assert told == [("kinds", "Choose no more than 3 answers to “Kinds”.")]
    assert faults_in_words(with_items({**asked, "most_chosen": 5}))
