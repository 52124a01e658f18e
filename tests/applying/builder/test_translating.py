"""Translating a form: files for translators, the memory of the fund, English that was changed."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.calls.advice import advice_for
from grants.applying.calls.models import Call
from grants.applying.calls.service import change_form, open_call
from grants.applying.calls.translating import texts_of_call
from grants.applying.form_parts import editing
from grants.applying.form_parts.standard_groups import BANDS, GROUPS
from grants.applying.form_translations import parts
from grants.applying.form_translations.doubts import doubts
from grants.applying.form_translations.models import TranslationMemory
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json
from grants.platform.questions.groups import PeopleByGroup
from tests.applying.applications.forms import conditional_form
from tests.applying.builder.test_builder import form_of, hidden, post, press
from tests.factories import a_draft_call, act_of, staff
from tests.platform.web.client import StrictClient

SPACE = "{urn:oasis:names:tc:xliff:document:2.0}"


def path_of(call: Call, ending: str = "") -> str:
    return f"/calls/{call.reference}/form/languages/fr{ending}"


def sheet_of(browser: StrictClient, call: Call) -> Any:
    return load_workbook(io.BytesIO(browser.get(path_of(call, "/texts.xlsx")).data))


def send(browser: StrictClient, call: Call, name: str, content: bytes, code: str = "fr") -> Any:
    """Upload a translator's file."""
    page = f"/calls/{call.reference}/form/languages/{code}/file"
    typed = {**hidden(browser.get(page).text), "file": (io.BytesIO(content), name)}
    return browser.post(page, data=typed)


def book_bytes(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def save_filled_in(browser: StrictClient, call: Call, page: str) -> None:
    """Press “Save” on the page that an upload shows."""
    boxes = re.findall(
        r'<textarea[^>]*name="(t\d+|title|summary|(?:eligibility|criteria)_\d+_\w+)"[^>]*>\n?([^<]*)</textarea>',
        page,
    )
    data = {**hidden(page), **dict(boxes)}
    assert browser.post(path_of(call), data=data).status_code == 302


def by_sheet(content: bytes, translate: Callable[[str], str]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    for row in book.worksheets[0].iter_rows(min_row=2):
        row[4].value = translate(str(row[3].value))
    return book_bytes(book)


def by_xliff(content: bytes, translate: Callable[[str], str]) -> bytes:
    """As programs of translators do: each text cut into two segments."""
    root: Any = etree.fromstring(content)
    for unit in root.iter(f"{SPACE}unit"):
        segment = unit.find(f"{SPACE}segment")
        source = segment.find(f"{SPACE}source").text
        unit.remove(segment)
        first, _blank, rest = source.partition(" ")
        target, _blank, target_rest = translate(source).partition(" ")
        for english, words in ((first, target), (f" {rest}", f" {target_rest}")):
            if english.strip():
                part = etree.SubElement(unit, f"{SPACE}segment")
                etree.SubElement(part, f"{SPACE}source").text = english
                etree.SubElement(part, f"{SPACE}target").text = words
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@pytest.mark.parametrize(("ending", "work"), [("xlsx", by_sheet), ("xlf", by_xliff)])
def test_a_file_goes_to_a_translator_and_comes_back(
    session: Session, call: Call, browser: StrictClient, ending: str, work: Any
) -> None:
    content = browser.get(path_of(call, f"/texts.{ending}")).data
    reply = send(browser, call, f"a.{ending}", work(content, lambda english: f"Fr {english}"))
    assert reply.status_code == 200
    number = len(list(texts_of_call(call))) + 10
    assert f"{number} texts of the file are new or changed" in reply.text
    assert "fr" not in form_of(session, call).sections[0].title
    save_filled_in(browser, call, reply.text)
    form = form_of(session, call)
    assert form.sections[0].title == {"en": "The project", "fr": "Fr The project"}
    assert "Every text is translated." in browser.get(path_of(call)).text


def test_a_file_says_what_is_missing_and_which_texts_have_been_changed_meanwhile(
    session: Session, call: Call, browser: StrictClient
) -> None:
    book = sheet_of(browser, call)
    rows = list(book.active.iter_rows(min_row=2))
    own = len(list(texts_of_call(call)))
    assert "Not translated yet" in {row[5].value for row in rows}
    for row in rows:
        row[4].value = None
    rows[own][4].value, rows[own + 1][4].value = "Ce qui se fera", "Le titre"
    post(browser, call, "/sections/project", {"title": "Your project"})
    reply = send(browser, call, "a.xlsx", book_bytes(book))
    assert "1 text of the file is new or changed" in reply.text
    assert f"{own + 8} texts have no translation in the file" in reply.text
    assert "not used: its English has been changed" in reply.text
    assert "now “Your project”" in reply.text
    save_filled_in(browser, call, reply.text)
    assert "fr" not in form_of(session, call).section("project").title


def test_a_file_of_another_language_or_kind_is_refused_with_what_to_do(
    call: Call, browser: StrictClient
) -> None:
    sheet, xliff = (browser.get(path_of(call, f"/texts.{e}")).data for e in ("xlsx", "xlf"))
    for name, content in (("a.xlsx", sheet), ("a.xlf", xliff)):
        assert "for another language" in send(browser, call, name, content, "es").text
    evil = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    for name, content, told in (
        ("a.xlf", evil, "DOCTYPE"),
        ("a.xlf", b"<xliff version='1.2'/>", "XLIFF 2"),
        ("a.xlf", b"no XML", "cannot be read as XML"),
        ("a.xlsx", b"no workbook", "cannot be opened"),
    ):
        reply = send(browser, call, name, content)
        assert told in reply.text, told


def test_the_fund_remembers_translations_and_no_other_fund_sees_them(
    session: Session, fund: Fund, call: Call, browser: StrictClient, sign_in_as: Any
) -> None:
    post(browser, call, "/languages/fr", {"t0": "Ce qui se fera"})
    other = a_draft_call(session, fund, form=conditional_form())
    abroad = establish(session, Charter("OTHER", {"en": "Other"}, {"en": "Other"}))
    foreign = a_draft_call(session, abroad, form=conditional_form())
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    assert "Ce qui se fera" in browser.get(path_of(other)).text
    first = len(list(texts_of_call(other))) + 2
    assert "check it" in sheet_of(browser, other).active[f"F{first}"].value
    assert "fr" not in form_of(session, other).sections[0].title
    assert "Ce qui se fera" not in sign_in_as(manager).get(path_of(foreign)).text


def test_a_text_whose_english_was_changed_is_told_until_its_translation_is_saved_again(
    session: Session, call: Call, browser: StrictClient
) -> None:
    post(browser, call, "/languages/fr", {"t0": "Ce qui se fera"})
    post(browser, call, "/sections/project", {"title": "Your project"})
    assert "the English of 1 text has been changed since" in (
        browser.get(f"/calls/{call.reference}/form").text
    )
    page = browser.get(path_of(call)).text
    assert "Before: “The project”" in page
    post(browser, call, "/languages/fr", {"t0": "Ce qui se fera"})
    assert "It was:" not in browser.get(path_of(call)).text


def test_opening_a_call_remembers_what_came_with_its_form(session: Session, fund: Fund) -> None:
    call = a_draft_call(session, fund)
    open_call(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    languages = set(session.scalars(select(TranslationMemory.language)))
    assert {"fr", "es"} <= languages


def test_figures_addresses_and_placeholders_have_to_be_those_of_the_english() -> None:
    english = "At most 10,000 of {sum} in 2027: https://example.org/guide or help@example.org"
    assert not list(
        doubts(english, "٢٠٢٧: 10 000 {sum} https://example.org/guide, help@example.org.")
    )
    told = list(doubts(english, "Au plus 1.000 en 2027: help@example.org"))
    assert told == [
        "Missing, but in the English: {sum}.",
        "Missing, but in the English: https://example.org/guide.",
        "Missing, but in the English: 10000.",
        "Not in the English: 1000.",
    ]


def test_saving_a_translation_with_another_figure_says_so(
    session: Session, call: Call, browser: StrictClient
) -> None:
    reply = post(browser, call, "/languages/fr", {"t0": "Ce qui se fera de 5 ans"})
    assert reply.headers["Location"].endswith("/languages/fr")
    page = browser.get(path_of(call)).text
    assert "1 translation does not match the English" in page
    assert "Not in the English: 5." in page


def test_the_form_and_the_call_count_translations_that_do_not_match_the_english(
    session: Session, call: Call, browser: StrictClient
) -> None:
    """Until they are corrected: who saved them may have left the page."""
    post(browser, call, "/languages/fr", {"t0": "Ce qui se fera de 5 ans"})
    session.refresh(call)
    call.languages = ["en", "fr"]
    session.commit()
    told = "1 translation does not match the English"
    assert told in browser.get(f"/calls/{call.reference}/form").text
    assert any(told in line for line in advice_for(call, []))
    post(browser, call, "/languages/fr", {"t0": "Ce qui se fera"})
    session.refresh(call)
    assert told not in browser.get(f"/calls/{call.reference}/form").text
    assert not any(told in line for line in advice_for(call, []))


def test_the_standard_groups_of_people_are_in_the_languages_of_the_form_by_themselves(
    session: Session, call: Call, browser: StrictClient
) -> None:
    """No translator is asked for what the results are called. A language that the form does not
    have yet does not begin with them; they come with its first translation.
    """
    call.languages = ["en", "fr", "es"]
    session.commit()
    post(browser, call, "/languages/fr", {"t0": "Ce qui se fera"})
    rows = {
        f"{name}-{number}-{part}": text
        for name, entries in (("groups", GROUPS), ("bands", BANDS))
        for number, entry in enumerate(entries)
        for part, text in entry.items()
    }
    people = {"label": "People", "key_": "people", **rows}
    post(browser, call, "/sections/project/questions/new/people_by_group?begin=standard", people)
    words = texts_in(form_of(session, call), "people")
    assert words["0-11"] == {"en": "0 to 11", "fr": "0 à 11"}
    assert set(words["female"]) == {"en", "fr"}
    post(browser, call, "/languages/es", {"t0": "Lo que se hará"})
    words = texts_in(form_of(session, call), "people")
    assert all(set(texts) == {"en", "fr", "es"} for texts in words.values())


def texts_in(form: Form, key: str) -> dict[str, dict[str, str]]:
    """The labels of the groups and bands of a question, by their code."""
    question = next(question for question in form.questions if question.key == key)
    assert isinstance(question, PeopleByGroup)
    return {part.code: dict(part.label) for part in (*question.groups, *question.bands)}


@pytest.mark.parametrize(("ending", "work"), [("xlsx", by_sheet), ("xlf", by_xliff)])
def test_the_text_of_the_call_goes_to_translators_beside_the_questions(
    session: Session, call: Call, browser: StrictClient, ending: str, work: Any
) -> None:
    content = browser.get(path_of(call, f"/texts.{ending}")).data
    reply = send(browser, call, f"a.{ending}", work(content, lambda english: f"Fr {english}"))
    save_filled_in(browser, call, reply.text)
    session.refresh(call)
    for texts in (
        call.title,
        call.summary,
        call.eligibility[0]["label"],
        call.criteria[0]["label"],
    ):
        assert texts["fr"] == f"Fr {texts['en']}"
    remembered = session.scalars(select(TranslationMemory.words)).all()
    assert call.title["fr"] in remembered
    press = {"version": str(call.version)}
    data = {**hidden(browser.get(f"/calls/{call.reference}/form").text), **press}
    browser.post(path_of(call, "/remove"), data=data)
    session.refresh(call)
    assert "fr" not in call.title


def form_with_columns() -> Form:
    """A table with rows of its own, a column of files with a condition, and a rule for each row."""
    kinds = [{"code": code, "label": {"en": code.title()}} for code in ("own", "other")]
    columns: list[dict[str, Any]] = [
        {"kind": "one_of", "key": "who", "label": {"en": "Who works"}, "choices": kinds},
        {"kind": "amount", "key": "fee", "label": {"en": "Fee asked"}},
        {"kind": "files", "key": "cv", "label": {"en": "Curriculum vitae"},
         "help": {"en": "One page."}, "show_when": 'who == "other"'},
    ]  # fmt: skip
    rule = {"rule": "fee <= 500", "message": {"en": "At most 500."}, "at": "fee"}
    rows = [{"code": code, "label": {"en": f"The {code}"}} for code in ("lawyer", "doctor")]
    people = {"kind": "table", "key": "people", "label": {"en": "People"}, "fixed_rows": rows}
    questions = [
        {"kind": "short_text", "key": "title", "label": {"en": "Title"}},
        {"kind": "amount", "key": "asked", "label": {"en": "Amount"}},
        {**people, "row_head": {"en": "Post held"}, "columns": columns, "rules": [rule]},
    ]
    section = {"key": "one", "title": {"en": "Team"}, "questions": questions}
    facts = {"title": "title", "requested": "asked"}
    return from_json({"format": 1, "facts": facts, "sections": [section]})


@pytest.mark.parametrize(("ending", "work"), [("xlsx", by_sheet), ("xlf", by_xliff)])
def test_columns_with_files_their_rows_and_rules_go_to_translators_and_come_back(
    session: Session, call: Call, browser: StrictClient, ending: str, work: Any
) -> None:
    change_form(session, call, form_with_columns(), Act.by_system("test"))
    session.commit()
    before = form_of(session, call)
    content = browser.get(path_of(call, f"/texts.{ending}")).data
    reply = send(browser, call, f"a.{ending}", work(content, lambda english: f"Fr {english}"))
    save_filled_in(browser, call, reply.text)
    table = editing.table_of(form_of(session, call), "people")
    cv = table.columns[2]
    assert (cv.kind, cv.show_when) == ("files", 'who == "other"')
    assert (cv.label["fr"], cv.help["fr"]) == ("Fr Curriculum vitae", "Fr One page.")
    assert table.rules[0].message["fr"] == "Fr At most 500."
    assert (table.rules[0].rule, table.rules[0].at) == ("fee <= 500", "fee")
    assert [row.label["fr"] for row in table.fixed_rows] == ["Fr The lawyer", "Fr The doctor"]
    assert table.row_head["fr"] == "Fr Post held"
    assert faults_in_words(form_of(session, call), ["en", "fr"]) == []
    assert press(browser, call, "/languages/fr/remove").status_code == 302
    assert form_of(session, call) == before, "nothing but the words was changed"


def test_a_section_is_translated_on_a_page_of_its_own_and_the_next_one_follows(
    session: Session, call: Call, browser: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "FEW", 5)
    own = len(list(texts_of_call(call)))
    first = browser.get(path_of(call)).text
    assert f" of {own} texts" in first, "the texts of the call come first"
    assert len(re.findall("<textarea", first)) == own
    ways = ["project", "partners", "-checks", "-call"]
    for part, following in zip(ways, [*ways[1:], ""], strict=True):
        page = browser.get(path_of(call, f"?section={part}")).text
        names = re.findall(r'<textarea[^>]*name="([a-z_0-9]+)"', page)
        assert 0 < len(names) <= max(own, 9), "of this part alone"
        words = dict.fromkeys(names, "En français")
        saved = browser.post(path_of(call, f"?section={part}"), data={**hidden(page), **words})
        assert saved.location.endswith(f"?section={following}" if following else "#languages")
    form = form_of(session, call)
    assert form.sections[0].title["fr"] == "En français"
    assert form.checks[0].message["fr"] == "En français"
    every = browser.get(path_of(call, "?section=all")).text
    assert len(re.findall("<textarea", every)) == own + 10
    assert "Every text is translated." in every
