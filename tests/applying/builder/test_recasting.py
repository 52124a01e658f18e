"""A question that becomes one of another kind, or goes to another place of its form."""

import re
from dataclasses import replace
from html import unescape

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.form_parts.editing import with_question
from grants.applying.form_parts.recast import as_kind
from grants.core.funds.models import Fund
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import to_json
from grants.platform.questions import KINDS, Choice, Files, LongText, OneOf, Question, SeveralOf
from tests.applying.builder.test_builder import (
    earlier_on,
    form_of,
    order_of,
    overview_of,
    post,
    press,
)
from tests.factories import a_draft_call
from tests.platform.web.client import StrictClient


def question_of(form: Form, key: str) -> Question:
    return next(one for one in form.questions if one.key == key)


def page_of(browser: StrictClient, call: Call, path: str) -> str:
    return unescape(browser.get(f"/calls/{call.reference}/form{path}").text)


def test_a_question_of_every_kind_becomes_one_of_every_other_with_its_words() -> None:
    words = {"en": "What?", "fr": "Quoi ?"}
    for old in KINDS.values():
        question = old(key="what", label=words, help=words, required=True, show_when="partners")
        for kind, new in KINDS.items():
            made = as_kind(question, kind)
            assert type(made) is new
            assert (made.key, made.label, made.help) == ("what", words, words)
            assert (made.required, made.show_when) == (True, "partners")
            assert made.names_applicant == (question.names_applicant or new.names_applicant)


def test_settings_stay_where_the_new_kind_means_the_same_by_them() -> None:
    colours = (Choice("red", {"en": "Red", "fr": "Rouge"}), Choice("blue", {"en": "Blue"}))
    several = as_kind(OneOf(key="what", label={}, choices=colours), "several_of")
    assert isinstance(several, SeveralOf)
    assert several.choices == colours
    text = as_kind(LongText(key="what", label={}, limit=90, people=True), "short_text")
    assert (text.limit, text.people) == (90, True)  # type: ignore[attr-defined]
    number = as_kind(Files(key="what", label={}, most=7), "number")
    assert number.most is None  # type: ignore[attr-defined]


def test_a_question_becomes_one_of_another_kind_on_its_pages_and_back_by_undo(
    session: Session, call: Call, browser: StrictClient
) -> None:
    lead = replace(
        question_of(form_of(session, call), "lead"),
        label={"en": "Who leads?", "fr": "Qui dirige ?"},
        show_when="partners",
    )
    call.form = to_json(with_question(form_of(session, call), "", lead, "lead"))
    session.commit()
    whole = form_of(session, call)
    assert "/questions/lead/kind" in page_of(browser, call, "/questions/lead")
    chosen = post(browser, call, "/questions/lead/kind", {"kind": "long_text"})
    assert chosen.headers["Location"].endswith("/questions/lead/kind/long_text")
    page = page_of(browser, call, "/questions/lead/kind/long_text")
    assert "“One line of text” becomes “A longer text”" in page
    assert "What will be removed, and what to correct afterwards" not in page
    condition = {"lines-0-statement": "partners == true", "word": "and"}
    typed = {"label": "Who leads?", "required": "y", "limit": "300", **condition}
    reply = post(browser, call, "/questions/lead/kind/long_text", typed)
    assert reply.status_code == 302, reply.text
    made = question_of(form_of(session, call), "lead")
    assert isinstance(made, LongText)
    assert (made.label, made.limit, made.required) == (lead.label, 300, True)
    assert made.show_when in ("partners", "partners == true")
    assert order_of(form_of(session, call)) == order_of(whole)
    page = overview_of(browser, call)
    assert "Kind of question changed: Who leads?" in page
    press(browser, call, "/earlier", earlier=earlier_on(page))
    assert form_of(session, call) == whole


def test_what_a_new_kind_cannot_do_for_other_parts_of_the_form_is_said_before(
    session: Session, call: Call, browser: StrictClient
) -> None:
    page = page_of(browser, call, "/questions/how_many/kind/yes_no")
    said = "“How many partners?” is yes or no and cannot be compared with a number"
    assert f"To correct afterwards: The partners: its condition is not correct: {said}" in page
    page = page_of(browser, call, "/questions/asked/kind/long_text")
    assert "Will be removed: “Currency”" in page
    assert "Lists and rules will no longer take “Amount requested” from this question" in page
    assert "To correct afterwards: Check 1:" in page
    reply = post(
        browser, call, "/questions/asked/kind/long_text", {"label": "Amount?", "limit": "100"}
    )
    assert reply.status_code == 302, reply.text
    assert form_of(session, call).facts == {"title": "title"}
    assert "which question asks for “Amount requested”" in overview_of(browser, call)


def test_a_kind_that_does_not_exist_is_not_found(call: Call, browser: StrictClient) -> None:
    path = f"/calls/{call.reference}/form/questions/lead/kind/poem"
    assert browser.get(path).status_code == 404


def test_a_question_goes_to_the_chosen_place_of_another_section(
    session: Session, call: Call, browser: StrictClient
) -> None:
    page = page_of(browser, call, "/questions/own/place")
    partners = page[page.index('<optgroup label="The partners">') :]
    assert "After “Who leads?”" in partners
    assert partners.index("At the end") < partners.index("At the beginning")
    assert "After “Own contribution”" not in page
    reply = post(browser, call, "/questions/own/place", {"place": "partners/letter"})
    assert reply.status_code == 302, reply.text
    places = dict(order_of(form_of(session, call)))
    assert places["partners"] == ["lead", "own", "letter"]
    assert "own" not in places["project"]
    assert "Moved: Own contribution" in overview_of(browser, call)


def test_a_place_that_breaks_a_condition_is_taken_only_after_that_was_said(
    session: Session, call: Call, browser: StrictClient
) -> None:
    whole = form_of(session, call)
    typed = {"place": "project/"}
    page = unescape(post(browser, call, "/questions/partners/place", typed).text)
    assert "How many partners?: its condition is about “Do you work with partners?”" in page
    assert form_of(session, call) == whole
    other = {"place": "partners/letter", "warned": "project/"}
    post(browser, call, "/questions/partners/place", other)
    assert form_of(session, call) == whole
    reply = post(browser, call, "/questions/partners/place", {**typed, "warned": "project/"})
    assert reply.status_code == 302, reply.text
    assert dict(order_of(form_of(session, call)))["project"][-1] == "partners"


def test_a_work_plan_proposes_the_months_that_the_call_allows(
    session: Session, call: Call, browser: StrictClient
) -> None:
    call.months = 18
    session.commit()
    for path in ("/sections/partners/questions/new/work_plan", "/questions/lead/kind/work_plan"):
        page = page_of(browser, call, path)
        assert re.search(r'name="periods"[^>]*value="18"', page), path
        assert "lasts 18 months, or 6 quarters." in page
    typed = {"label": "Plan", "periods": "6", "quarters": "y", "most_rows": "9"}
    post(browser, call, "/sections/partners/questions/new/work_plan", typed)
    page = page_of(browser, call, "/questions/plan")
    assert re.search(r'name="periods"[^>]*value="6"', page)


def test_a_new_form_says_with_what_it_begins_until_it_has_been_changed(
    session: Session, fund: Fund, call: Call, browser: StrictClient
) -> None:
    said = "The form begins with the fund’s standard form"
    assert said not in page_of(browser, call, "")
    new = a_draft_call(session, fund)
    session.commit()
    page = page_of(browser, new, "")
    number = len(list(STANDARD_FORM.questions))
    assert f"{said}. It asks {number} questions." in page
    assert f'href="/calls/{new.reference}/form/library/empty"' in page
    post(browser, new, "/sections/new", {"title": "More about it"})
    assert said not in page_of(browser, new, "")


def test_how_statements_are_combined_is_not_called_optional(
    call: Call, browser: StrictClient
) -> None:
    page = page_of(browser, call, "/questions/lead")
    assert "Combine the statements" in page
    assert "Combine the statements (optional)" not in page
