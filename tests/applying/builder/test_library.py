"""The fund's library: questions and sections saved from one form, added to another."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.form_library.models import LibraryPart
from grants.applying.form_library.queries import part_of
from grants.applying.form_library.service import remove_part, save_question, save_section
from grants.applying.form_parts.parts import copied_section, with_section_of
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questions import Number, RowRule, ShortText, Table, YesNo
from tests.applying.builder.test_builder import form_of, hidden, press
from tests.factories import a_draft_call, a_person, act_of, staff
from tests.platform.web.client import StrictClient


def money_form() -> Form:
    """A section with a condition, a table whose rule names another answer, and checks."""
    rows = Table(
        key="rows",
        label={"en": "Costs", "fr": "Coûts"},
        columns=(Number(key="cost", label={"en": "Cost", "fr": "Coût"}),),
        rules=(RowRule("cost <= most", {"en": "Too much.", "fr": "Trop."}, "cost"),),
    )
    money = Section(
        key="money",
        title={"en": "Money", "fr": "Argent"},
        show_when="first == true",
        questions=(
            Number(key="most", label={"en": "At most", "fr": "Au plus"}),
            YesNo(key="more", label={"en": "More?", "fr": "Plus ?"}, show_when="most > 5"),
            rows,
        ),
    )
    start = Section(
        key="start",
        title={"en": "Start", "fr": "Début"},
        questions=(
            YesNo(key="first", label={"en": "First?", "fr": "Premier ?"}),
            ShortText(key="title", label={"en": "Title", "fr": "Titre"}),
        ),
    )
    checks = (
        Check(
            rule='total(rows, "cost") <= most', message={"en": "Over.", "fr": "Trop."}, at="most"
        ),
        Check(rule="first == true or most > 1", message={"en": "One.", "fr": "Un."}, at="most"),
    )
    return Form(sections=(start, money), facts={"title": "title"}, checks=checks)


@pytest.fixture
def source(session: Session, fund: Fund) -> Call:
    call = a_draft_call(session, fund, form=money_form())
    session.commit()
    return call


def only_part(session: Session) -> LibraryPart:
    session.expire_all()
    return session.scalars(select(LibraryPart)).one()


def add(browser: StrictClient, call: Call, number: int, **typed: str) -> Any:
    return press(browser, call, f"/parts/{number}", **typed)


def test_a_section_goes_into_another_form_with_its_languages_and_the_rules_within_it(
    session: Session, source: Call, call: Call, browser: StrictClient
) -> None:
    press(browser, source, "/parts", section="money")
    page = browser.get(f"/calls/{source.reference}/form").text
    assert "“Money” has been saved in the fund’s library" in page
    assert "A condition that depends on other questions was left out" in page
    number = only_part(session).id
    listed = browser.get(f"/calls/{call.reference}/form/parts").text
    assert "At most · More? · Costs" in listed
    assert "\u2068English\u2069, \u2068French\u2069" in listed
    assert "1 rule" in listed
    assert add(browser, call, number).status_code == 302
    form = form_of(session, call)
    section = form.section("money")
    assert section.title == {"en": "Money", "fr": "Argent"}
    assert section.show_when == ""
    assert [q.show_when for q in section.questions] == ["", "most > 5", ""]
    assert form.checks[-1].rule == 'total(rows, "cost") <= most'


def test_a_section_that_is_added_twice_gets_keys_of_its_own(
    session: Session, source: Call, browser: StrictClient
) -> None:
    press(browser, source, "/parts", section="money")
    add(browser, source, only_part(session).id)
    form = form_of(session, source)
    assert [s.key for s in form.sections] == ["start", "money", "money_2"]
    copy = form.section("money_2")
    assert [q.key for q in copy.questions] == ["most_2", "more_2", "rows_2"]
    assert copy.questions[1].show_when == "most_2 > 5"
    assert copy.questions[2].rules[0].rule == "cost <= most_2"  # type: ignore[attr-defined]
    assert (form.checks[-1].rule, form.checks[-1].at) == (
        'total(rows_2, "cost") <= most_2',
        "most_2",
    )
    assert len(form.checks) == 3
    assert faults_in_words(form) == faults_in_words(money_form())


def test_a_question_goes_into_the_chosen_section(
    session: Session, source: Call, call: Call, browser: StrictClient
) -> None:
    press(browser, source, "/parts", question="more")
    part = only_part(session)
    assert part.questionnaire.sections[0].questions[0].show_when == ""
    page = browser.get(f"/calls/{call.reference}/form/parts?section=partners").text
    assert re.search(r'<option value="partners" selected>', page)
    assert add(browser, call, part.id, section="partners").status_code == 302
    assert form_of(session, call).section("partners").questions[-1].key == "more"
    assert add(browser, call, part.id, section="nowhere").status_code == 404


def test_a_part_is_removed_and_forms_that_use_it_stay(
    session: Session, source: Call, call: Call, browser: StrictClient
) -> None:
    press(browser, source, "/parts", section="money")
    number = only_part(session).id
    add(browser, call, number)
    page = f"/calls/{call.reference}/form/parts"
    browser.post(f"{page}/{number}/remove", data=hidden(browser.get(page).text))
    assert "Nothing has been saved yet" in browser.get(page).text
    assert form_of(session, call).section("money")


def test_the_same_part_is_not_saved_twice_and_an_empty_section_not_at_all(
    session: Session, source: Call
) -> None:
    act, form = act_of(session, staff(session, Role.FUND_MANAGER)), money_form()
    save_question(session, source, form, "title", act)
    with pytest.raises(DomainError, match="already in the library"):
        save_question(session, source, form, "title", act)
    empty = Form(sections=(Section(key="none", title={"en": "None"}),))
    with pytest.raises(DomainError, match="no questions yet"):
        save_section(session, source, empty, "none", act)


def test_only_who_prepares_calls_of_the_fund_uses_its_library(
    session: Session, fund: Fund, source: Call
) -> None:
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    part = save_section(session, source, money_form(), "money", act)
    stranger = act_of(session, a_person(session, "Olga Other"))
    with pytest.raises(Forbidden):
        save_section(session, source, money_form(), "start", stranger)
    with pytest.raises(Forbidden):
        remove_part(session, part, stranger)
    other = establish(session, Charter("OTHER", {"en": "Other"}, {"en": "Other"}))
    with pytest.raises(Missing):
        part_of(session, other.id, part.id)


def test_a_copied_section_has_its_rules_of_rows_about_the_copies() -> None:
    form, key = copied_section(money_form(), "money", {"first", "title", "most", "more", "rows"})
    assert form.section(key).questions[2].rules[0].rule == "cost <= most_2"  # type: ignore[attr-defined]
    again, _key = with_section_of(form, money_form(), {"most"}, {"money"})
    assert len(again.sections) == 4
