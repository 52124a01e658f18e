"""A language that the call does not have asks for nothing; one that it has is summed up."""

from dataclasses import replace

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.service import change_form
from grants.applying.calls.soundness import faults_of
from grants.applying.calls.workflow import CallState
from grants.applying.form_parts.editing import with_question
from grants.core.audit.act import Act
from grants.platform.questions import ShortText
from tests.applying.builder.test_builder import form_of, hidden, post, press
from tests.platform.web.client import StrictClient

SPOKEN = {"en": "Who pays?", "fr": "Qui paie ?", "ru": "Кто платит?"}


def add_spoken_question(session: Session, call: Call) -> None:
    question = ShortText(key="who_pays", label=SPOKEN)
    form = with_question(call.questionnaire, call.questionnaire.sections[0].key, question)
    change_form(session, call, form, Act.by_system("test"))
    session.commit()


def test_only_chosen_languages_are_asked_for_each_in_one_line(
    session: Session, call: Call, browser: StrictClient
) -> None:
    add_spoken_question(session, call)
    assert "ru" not in call.languages
    page = browser.get(f"/calls/{call.reference}/form").text
    assert "1 thing to correct" in page
    assert "French: 10 texts are missing. Translate them, or remove French from the form." in page
    assert "Russian:" not in page
    assert "not a language of this call" in page, "it is there, and can be removed"
    told = [fault for fault in faults_of(call, call.opens_at) if "missing" in fault]
    assert len(told) == 1
    assert "Russian" not in "".join(faults_of(call, call.opens_at))


def test_a_language_is_removed_beside_its_name(
    session: Session, call: Call, browser: StrictClient
) -> None:
    add_spoken_question(session, call)
    assert press(browser, call, "/languages/fr/remove").status_code == 302
    form = form_of(session, call)
    assert form.sections[0].question("who_pays").label.keys() == {"en", "ru"}
    page = browser.get(f"/calls/{call.reference}/form").text
    assert "to correct" not in page
    assert "Removed: French" in page


def test_the_page_of_opening_offers_to_leave_out_a_language_that_lacks_texts(
    session: Session, call: Call, browser: StrictClient
) -> None:
    add_spoken_question(session, call)
    page = browser.get(f"/calls/{call.reference}/open").text
    assert "French lacks 10 texts." in page
    assert "Open it in English only?" in page
    at = f"/calls/{call.reference}/form/languages/incomplete"
    assert f'action="{at}"' in page
    stale = browser.post(at, data={**hidden(page), "version": "0"})
    assert stale.status_code == 409
    pressed = browser.post(at, data=hidden(page))
    assert pressed.location == f"/calls/{call.reference}/open"
    form = form_of(session, call)
    assert form.sections[0].question("who_pays").label.keys() == {"en", "ru"}
    assert "French lacks" not in browser.get(f"/calls/{call.reference}/open").text


def test_an_open_call_says_why_its_form_stands_and_what_to_do(
    session: Session, call: Call, browser: StrictClient
) -> None:
    call.state = CallState.OPEN
    session.commit()
    for path in ("", "/questions"):
        page = browser.get(f"/calls/{call.reference}{path}").text
        assert "press “Copy this call”, correct the copy, and open it" in page
    refused = browser.get(f"/calls/{call.reference}/form")
    assert refused.status_code == 409
    assert "withdraw the call, copy it, correct the copy" in refused.text


def test_a_form_is_read_in_languages_that_were_chosen_or_that_it_is_whole_in(
    session: Session, call: Call
) -> None:
    call.languages = ["en", "fr"]
    add_spoken_question(session, call)
    assert call.text_languages == ["en", "fr"]
    whole = replace(
        call.questionnaire.sections[0], questions=(ShortText(key="who_pays", label=SPOKEN),)
    )
    whole = replace(whole, title=SPOKEN, intro={})
    form = replace(call.questionnaire, sections=(whole,), checks=(), facts={})
    change_form(session, call, form, Act.by_system("test"))
    assert call.text_languages == ["en", "fr", "ru"]


def test_a_key_that_is_taken_names_its_question_and_one_that_is_free(
    session: Session, call: Call, browser: StrictClient
) -> None:
    section, title = call.questionnaire.sections[0], call.questionnaire.sections[0].questions[0]
    path = f"/sections/{section.key}/questions/new/short_text"
    reply = post(browser, call, path, {"label": "Posts", "limit": "100", "key_": title.key})
    assert f"The question “{title.title}” already has the key {title.key}." in reply.text
    assert "Choose another, such as posts." in reply.text
    assert (
        f'<code dir="ltr">{title.key}</code>' in browser.get(f"/calls/{call.reference}/form").text
    )
