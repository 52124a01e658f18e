"""Making a form in a real browser: menus in steps, settings of a kind, one bar for kept text."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from grants.core.funds.queries import fund_by_code
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json
from tests.browser.conftest import Site
from tests.factories import a_draft_call, staff
from tests.signing_in import put, token_of

pytestmark = pytest.mark.browser


def costed_form() -> Form:
    """A budget with two who pay, and two amounts."""
    items = [{"code": code, "label": {"en": code.title()}} for code in ("staff", "travel")]
    payers = [{"code": code, "label": {"en": code.title()}} for code in ("fund", "others")]
    budget = {"kind": "budget", "key": "budget", "label": {"en": "Budget"}, "currency": "USD"}
    questions = [
        {"kind": "short_text", "key": "title", "label": {"en": "Title"}},
        {"kind": "amount", "key": "asked", "label": {"en": "Amount asked for"}},
        {"kind": "amount", "key": "own", "label": {"en": "Own contribution"}},
        {**budget, "categories": items, "payers": payers, "spans": 3},
    ]
    section = {"key": "one", "title": {"en": "Money"}, "questions": questions}
    facts = {"title": "title", "requested": "asked"}
    return from_json({"format": 1, "facts": facts, "sections": [section]})


@pytest.fixture
def builder(chrome: Browser, site: Site) -> Iterator[tuple[Page, str]]:
    """A page of a fund manager, and the address of the form of a draft call."""
    with site.database.transaction() as session:
        call = a_draft_call(session, fund_by_code(session, "UNVTF"), form=costed_form())
        at, token = call.reference, token_of(session, staff(session, Role.FUND_MANAGER))
    browser = site.app.test_client()
    put(token, browser)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    context = chrome.new_context(base_url=site.url, locale="en-GB")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": site.url}])
    yield context.new_page(), f"/calls/{at}/form"
    context.close()


def picture(page: Page, name: str) -> None:
    """For a person to look at, where the environment names a folder."""
    if folder := os.environ.get("PICTURES"):
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_check_is_chosen_in_steps(builder: tuple[Page, str]) -> None:
    page, form = builder
    page.goto(f"{form}/checks/new")
    question, about = page.locator("select[id$=statement-first]"), page.locator("[id$=-about]")
    statement = page.get_by_label("Statement about the answer")
    expect(statement).to_be_disabled()
    question.select_option(label="Own contribution")
    expect(about).to_be_hidden()
    statement.select_option("own <= ?")
    expect(page.locator("[name=lines-0-share]")).to_be_visible()
    question.select_option(label="Budget")
    about.select_option(index=2)
    picture(page, "check")
    offered = statement.locator("option:not([hidden])").count()
    assert 1 < offered < 12, "one thing about one question"
    question.select_option(label="Own contribution")
    statement.select_option("not empty(own)")
    expect(page.locator("[name=lines-0-value]")).to_be_hidden()


def test_long_lists_of_questions_are_parted_by_section(builder: tuple[Page, str]) -> None:
    page, form = builder
    page.goto(f"{form}/sections/new")
    page.locator("[name=title]").fill("Later")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{form}/checks/new")
    for menu in ("select[id$=statement-first]", "[name=at]"):
        group = page.locator(menu).locator("optgroup")
        expect(group).to_have_count(1)
        expect(group).to_have_attribute("label", "Money")
        assert group.locator("option").count() == 4
    page.goto(form)
    expect(page.locator("[name=fact_requested] optgroup")).to_have_attribute("label", "Money")


def test_a_check_that_is_tried_and_saved_leaves_no_bar(builder: tuple[Page, str]) -> None:
    page, form = builder
    page.goto(f"{form}/checks/new")
    page.locator("select[id$=statement-first]").select_option(label="Own contribution")
    page.get_by_label("Statement about the answer").select_option("own <= ?")
    share = page.locator("[name=lines-0-share]")
    share.fill("2/3")
    page.locator("select[id$=other-first]").select_option(label="Amount asked for")
    expect(page.locator("[name=lines-0-other]")).to_have_value("asked")
    for _time in range(2):
        page.get_by_role("button", name="Show in words").click()
        page.wait_for_load_state()
        expect(page.locator("#tried")).to_contain_text("2 / 3")
        expect(page.locator(".kept")).to_have_count(0)
    picture(page, "tried")
    page.locator("[name=message]").fill("Pay at most two thirds.")
    page.locator("[name=at]").select_option("own")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/form#checks")
    page.goto(f"{form}/checks/1")
    expect(share).to_have_value("2/3")
    expect(page.locator(".kept")).to_have_count(0)


def test_a_page_that_is_loaded_again_shows_what_was_pressed_for(
    builder: tuple[Page, str],
) -> None:
    """The trial of a rule, and the expression of its menus, are lower than a phone's screen. What
    is wrong stands at the head, also after a trial.
    """
    page, form = builder
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{form}/checks/new")
    page.locator("select[id$=statement-first]").select_option(label="Own contribution")
    page.get_by_label("Statement about the answer").select_option("not empty(own)")
    page.get_by_role("button", name="Show in words").click()
    expect(page.locator("#tried h2")).to_be_in_viewport()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".govuk-error-summary__title")).to_be_in_viewport()
    page.get_by_text("Write it as an expression").click()
    page.get_by_role("button", name="Move the statements").click()
    expect(page.locator("#written-out")).to_be_in_viewport()
    expect(page.locator("[name=expression]")).to_have_value("not empty(own)")


def test_texts_that_were_not_saved_stand_in_one_bar_each_once(builder: tuple[Page, str]) -> None:
    page, form = builder
    for words in ("The first message", "The second message", "The second message"):
        page.goto(f"{form}/checks/new")
        page.locator("[name=message]").fill(words)
    page.goto(f"{form}/checks/new")
    expect(page.locator(".kept")).to_have_count(1)
    expect(page.get_by_role("button", name="Restore it")).to_have_count(2)
    expect(page.locator(".kept")).to_contain_text("The first message")
    picture(page, "bar")
    page.get_by_role("button", name="Discard it").first.click()
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator(".kept")).to_have_count(0)


def test_what_was_offered_and_passed_over_goes_when_the_page_is_saved(
    builder: tuple[Page, str],
) -> None:
    page, form = builder
    page.goto(f"{form}/questions/own")
    page.locator("[name=label]").fill("Never saved")
    page.goto(f"{form}/questions/own")
    expect(page.locator(".kept")).to_contain_text("Never saved")
    page.locator("[name=label]").fill("What you pay")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/form#s-one")
    page.goto(f"{form}/questions/own")
    expect(page.locator("[name=label]")).to_have_value("What you pay")
    expect(page.locator(".kept")).to_have_count(0)


def test_a_column_shows_the_settings_of_its_kind_when_it_is_added(
    builder: tuple[Page, str],
) -> None:
    page, form = builder
    page.goto(f"{form}/sections/one/questions/new/table")
    first = page.locator("[data-rows=q_columns] tbody tr, [data-rows=columns] tbody tr").first
    kind = first.get_by_label("Kind of answer")
    zero, longest = (
        first.get_by_label("0 is a valid answer"),
        first.get_by_label("Maximum number of characters"),
    )
    kind.select_option("amount")
    expect(zero).to_be_visible()
    expect(longest).to_be_hidden()
    expect(first.get_by_label("Formula")).to_be_hidden()
    expect(first.get_by_label("Answers to choose from")).to_be_hidden()
    kind.select_option("short_text")
    expect(longest).to_be_visible()
    expect(zero).to_be_hidden()
    page.locator("[name=label]").fill("Income")
    first.get_by_label("Heading").fill("Source")
    longest.fill("60")
    picture(page, "columns")
    page.locator("[name=most_rows]").fill("5")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/form#s-one")
    page.goto(f"{form}/questions/income")
    expect(longest).to_have_value("60")


def make_table(page: Page, form: str) -> None:
    """A required table with an amount, a percentage and a computed column without a formula."""
    page.goto(f"{form}/sections/one/questions/new/table")
    page.locator("[name=label]").fill("Costs")
    page.locator("[name=key_]").fill("costs")
    page.get_by_role("button", name="Add a column").click()
    columns = (("Cost", "amount"), ("Part", "percentage"), ("Ours", "computed"))
    for at, (heading, kind) in enumerate(columns):
        needed = page.locator(f"[name=columns-{at}-needed]")
        expect(needed).to_be_visible()
        expect(needed).to_be_checked()
        page.locator(f"[name=columns-{at}-label]").fill(heading)
        page.locator(f"[name=columns-{at}-kind]").select_option(kind)
        page.locator(f"[name=columns-{at}-code]").fill(heading.lower())
    expect(page.locator("[name=columns-2-needed]")).to_be_hidden()
    page.get_by_role("button", name="Save", exact=True).click()


def choose_formula(page: Page) -> None:
    """In steps, on the page to which a column without a formula leads."""
    page.wait_for_url("**/questions/costs/columns/ours")
    page.locator("[name=lines-0-column]").select_option("cost")
    page.locator("[name=lines-1-sign]").select_option("*")
    page.locator("[name=lines-1-column]").select_option("part")
    expect(page.locator("[name=lines-1-column]")).to_contain_text("Part (a percentage)")
    expect(page.locator("main")).to_contain_text("50% is 0.5")
    page.get_by_role("button", name="Show in words").click()
    expect(page.locator("#tried")).to_contain_text("500.00")
    picture(page, "formula")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/questions/costs#columns")


def test_a_formula_is_chosen_in_steps_and_a_rule_from_menus(builder: tuple[Page, str]) -> None:
    page, form = builder
    make_table(page, form)
    choose_formula(page)
    page.get_by_role("link", name="Add a rule for each row").click()
    page.locator("select[id$=statement-first]").select_option(label="Ours")
    page.get_by_label("Statement about the answer").select_option("ours <= ?")
    page.locator("[name=lines-0-share]").fill("2/3")
    page.locator("select[id$=other-first]").select_option(label="Amount asked for")
    page.get_by_role("button", name="Show in words").click()
    expect(page.locator("#tried")).to_contain_text("“Ours” is at most")
    page.locator("[name=message]").fill("At most two thirds.")
    page.locator("[name=at]").select_option("ours")
    picture(page, "row-rule")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/questions/costs#rules")
    expect(page.locator("#rules")).to_contain_text("At most two thirds.")
    picture(page, "table")


def test_kinds_of_files_are_one_by_one_only_where_that_is_chosen(
    builder: tuple[Page, str],
) -> None:
    page, form = builder
    page.goto(f"{form}/sections/one/questions/new/files")
    ending = page.locator("[name=accept]").first
    expect(ending).to_be_hidden()
    page.get_by_label("Some of these").check()
    expect(ending).to_be_visible()
    page.get_by_label("PDF only").check()
    expect(ending).to_be_hidden()
    picture(page, "files")


def test_a_question_is_moved_to_a_section_and_a_place_in_it(builder: tuple[Page, str]) -> None:
    page, form = builder
    page.goto(f"{form}/sections/new")
    page.locator("[name=title]").fill("Later")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/form")
    page.locator("[data-opened=one] > summary").click()
    picture(page, "overview")
    page.goto(f"{form}/questions/own/place")
    page.get_by_label("Section").select_option(label="Later")
    expect(page.locator("[name=place]")).to_have_value("later/")
    page.get_by_label("Section").select_option(label="Money")
    page.locator("[name=place]").select_option(label="At the end")
    picture(page, "place")
    page.get_by_role("button", name="Move it").click()
    page.wait_for_url("**/form#q-own")
