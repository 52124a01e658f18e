"""A call is read and answered in the language preferred of those that it is there in."""

import io
import re
from collections.abc import Iterator
from html import escape

import pytest
from docx import Document
from sqlalchemy.orm import Session

from grants.applying.call_changes.amendments import AMENDABLE
from grants.applying.calls.models import Call
from grants.applying.submissions.service import amend_call, withdraw_call
from grants.core.funds.models import Fund
from grants.core.kernel.language import (
    OFFERED,
    gettext,
    in_language,
    ngettext,
    offer,
    use_language,
)
from grants.core.kernel.reading import preferring, reading
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from tests.factories import a_call, a_draft, a_draft_call, act_of, staff, writer_of
from tests.platform.web.client import SignInAs, StrictClient

FRENCH = {"Accept-Language": "fr-CH,fr;q=0.9,en;q=0.8"}


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    titles = {"en": "Aid for survivors", "fr": "Aide aux victimes"}
    summary = {"en": "For shelters.", "fr": "Pour les foyers."}
    call = a_call(session, fund, title=titles, summary=summary)
    session.commit()
    return call


@pytest.fixture
def applicant(session: Session, call: Call, sign_in_as: SignInAs) -> tuple[StrictClient, str]:
    draft = a_draft(session, call)
    session.commit()
    person = session.get_one(Person, writer_of(session, draft).actor.person_id)
    return sign_in_as(person), f"/applying/{draft.reference}"


def test_a_text_is_read_in_the_first_language_preferred_that_it_is_there_in() -> None:
    with preferring(["ru", "fr-CH", "en"]), reading(["en", "fr"]) as language:
        assert language.code == "fr"
        assert gettext("Yes") == "Oui"
    with use_language("ar"), preferring(["ru"]), reading(["en", "ar"]) as language:
        assert language.code == "ar", "the page's own where none is preferred"
    with use_language("ar"), preferring(["ru"]), reading(["en", "fr"]) as language:
        assert language.code == "en", "English where it is not there in that of the page"
    with use_language("ar"), preferring(["ru"]), reading(["fr"]) as language:
        assert (language.code, gettext("Yes")) == ("fr", "Oui")


def test_a_form_in_arabic_has_its_words_from_the_catalogue_of_the_pages() -> None:
    with preferring(["ar"]), reading(["en", "ar"]) as language:
        assert (language.code, gettext("Yes")) == ("ar", "نعم")


@pytest.mark.parametrize(
    ("code", "yes", "files"),
    [("ru", "Да", "Не более 4 файлов"), ("zh", "是", "最多4个文件")],
)
def test_a_form_in_russian_or_chinese_speaks_it(code: str, yes: str, files: str) -> None:
    with preferring([code]), reading(["en", code]) as language:
        assert (language.code, gettext("Yes")) == (code, yes)
        assert ngettext("%(num)s file", "Up to %(num)s files", 4) == files
    with preferring([code]), reading(["en", "fr"]):
        assert gettext("Yes") == "Yes", "a call that is not there in it is read in English"


@pytest.fixture
def two_languages() -> Iterator[None]:
    """The funds here speak English and Arabic."""
    offer(("en", "ar"))
    yield
    offer(OFFERED)


@pytest.mark.usefixtures("two_languages")
def test_a_browser_that_prefers_french_gets_the_french_of_a_call_on_an_english_page(
    client: StrictClient, call: Call
) -> None:
    page = client.get(f"/calls/{call.reference}", headers=FRENCH).get_data(as_text=True)
    assert '<html lang="en" dir="ltr"' in page
    assert '<span lang="fr" dir="ltr">Aide aux victimes</span>' in page
    assert "<title>Aide aux victimes –" in page
    assert "Votre organisation" in page
    assert "How to apply" in page


def test_the_language_of_a_call_is_chosen_without_a_script_and_stays(
    client: StrictClient, call: Call
) -> None:
    address = f"/calls/{call.reference}"
    page = client.get(address).get_data(as_text=True)
    assert "Your organisation" in page
    assert f'href="{address}?read=fr" lang="fr"' in page
    assert "The text of the call is in" not in page
    assert "The text of the call is in French. Buttons" in client.get(f"{address}?read=fr").text
    client.get(f"{address}?read=fr")
    assert "Votre organisation" in client.get(address).get_data(as_text=True)
    client.get(f"{address}?language=ar")
    assert "Votre organisation" not in client.get(address).get_data(as_text=True)


def test_an_applicant_reads_fills_checks_and_prints_the_form_in_french(
    applicant: tuple[StrictClient, str],
) -> None:
    browser, path = applicant
    browser.get(f"{path}?read=fr")
    assert '<span lang="fr" dir="ltr">Le projet</span>' in browser.get(path).get_data(as_text=True)
    section = browser.get(f"{path}/sections/project").get_data(as_text=True)
    for text in ('<div lang="fr" dir="ltr">', "Titre du projet", "Mois", "Cameroun"):
        assert text in section
    assert "Il vous reste" in browser.get(f"{path}/sections/problem").get_data(as_text=True)
    assert "Save and continue" in section
    typed = {"q_title": "Abri sûr", "q_starts_on-month": "février", "q_months": "neuf"}
    answer = browser.submit(f"{path}/sections/project", {**typed, "version": "0"})
    assert answer.location.endswith("?mend=save")
    mended = browser.get(answer.location).get_data(as_text=True)
    said = "Combien de temps durera le projet ? « neuf » n’est pas un nombre."
    assert f'#q_months"><span lang="fr" dir="ltr">{said}' in mended.replace("\xa0", " ")
    checked = browser.get(f"{path}/check").get_data(as_text=True)
    summary = checked.partition('class="inset"')[2].partition('class="facts')[0]
    for text in ('<div lang="fr" dir="ltr">', ">Votre organisation · ", ">Choisissez"):
        assert text in summary
    assert "Pas de réponse" in checked
    assert "Check your answers" in checked


def test_a_form_in_arabic_runs_from_the_right_on_an_english_page(
    applicant: tuple[StrictClient, str],
) -> None:
    browser, path = applicant
    section = browser.get(f"{path}/sections/organisation?read=ar").get_data(as_text=True)
    assert '<html lang="en" dir="ltr"' in section
    assert '<div class="turned" lang="ar" dir="rtl">' in section


def test_the_blank_form_is_printed_in_french_as_pdf_and_docx(
    client: StrictClient, call: Call
) -> None:
    address = f"/documents/blank-form/{call.reference}"
    facts = client.get(f"{address}.json?read=fr")
    assert "Votre organisation" in facts.get_data(as_text=True)
    assert client.get(f"{address}.pdf").status_code == 200
    written = client.get(f"{address}.docx").get_data()
    text = "\n".join(p.text for p in Document(io.BytesIO(written)).paragraphs)
    assert "Aide aux victimes" in text
    assert "Votre organisation" in text
    assert "Date limite" in text


def test_a_trial_of_the_form_is_read_in_french(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    session.commit()
    browser = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    page = browser.get(f"/calls/{call.reference}/form/try?read=fr").get_data(as_text=True)
    assert '<span lang="fr" dir="ltr">Votre organisation</span>' in page
    assert "Que fait l’organisation ?" in page.replace("\xa0", " ")


def test_numbers_in_the_rules_of_a_form_are_written_as_its_language_writes_them(
    client: StrictClient, call: Call
) -> None:
    assert "Up to 1,500 characters" in client.get(f"/calls/{call.reference}").text
    page = client.get(f"/calls/{call.reference}?read=fr").text.replace("\u202f", " ")
    assert "1 500 caractères" in page
    assert "1,500" not in page


def test_a_refused_file_is_refused_in_the_language_of_the_form(
    applicant: tuple[StrictClient, str],
) -> None:
    browser, path = applicant
    empty = (io.BytesIO(b""), "statuts.exe")
    answer = browser.submit(
        f"{path}/sections/documents?read=fr", {"q_registration_certificate": empty}
    )
    marked = r'#q_registration_certificate"><span lang="fr" dir="ltr">(.+?)<'
    assert len(re.findall(marked, answer.text)) == 1


def test_why_a_call_was_amended_is_read_in_the_language_of_the_call(
    session: Session, call: Call, client: StrictClient
) -> None:
    by = act_of(session, staff(session, Role.FUND_MANAGER), "More money has come in.")
    rules = {name: getattr(call, name) for name in AMENDABLE}
    titles = {"en": "More aid", "fr": "Plus d’aide"}
    amend_call(session, call, {**rules, "title": titles}, by, {"fr": "De l’argent est arrivé."})
    session.commit()
    address = f"/calls/{call.reference}"
    page = client.get(f"{address}?read=fr").text
    for text in ("De l’argent est arrivé.", "Plus d’aide", "Aide aux victimes"):
        assert f'<span lang="fr" dir="ltr">{escape(text)}</span>' in page
    assert "More money has come in." not in page
    page = client.get(f"{address}?read=en").text
    assert "More money has come in." in page
    assert "De l’argent" not in page


def test_why_a_call_was_withdrawn_is_read_in_the_language_of_the_call(
    session: Session, call: Call, client: StrictClient
) -> None:
    by = act_of(session, staff(session, Role.FUND_MANAGER), "No money.")
    withdraw_call(session, call, by, {"fr": "Pas d’argent."})
    session.commit()
    page = client.get(f"/calls/{call.reference}?read=fr").text
    assert f'<span lang="fr" dir="ltr">{escape("Pas d’argent.")}</span>' in page


def test_a_french_question_mark_never_begins_a_line() -> None:
    texts = {"en": "What?", "fr": "Quoi ? « Oui ! » ; non : 10:30"}
    with preferring(["fr"]), reading(["en", "fr"]):
        said = in_language(texts)
    assert said == "Quoi\xa0? «\xa0Oui\xa0!\xa0»\xa0; non\xa0: 10:30"
    assert in_language(texts) == "What?"
