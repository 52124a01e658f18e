"""Writing an application in a real browser: not one typed character is lost."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from grants.applying.applications.queries import (
    answers_of,
    application_by_reference,
    files_of,
)
from grants.core.funds.queries import fund_by_code
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.queries import people_of_organisation
from tests.browser.conftest import Site
from tests.factories import a_call, a_draft
from tests.platform.documents.files import pdf

pytestmark = pytest.mark.browser

PASSPHRASE = "seven quiet rivers meet"
A_WHILE = 3_000
"""Milliseconds after which a changed page saves itself."""

BEFORE_THE_END = (240 - 1) * 60_000
"""A minute before the idle limit of people outside the fund, in milliseconds."""

Tab = Callable[..., Page]


@pytest.fixture
def draft(site: Site) -> str:
    """The reference of a draft whose writer can sign in."""
    with site.database.transaction() as session:
        draft = a_draft(session, a_call(session, fund_by_code(session, "UNVTF")))
        writer = people_of_organisation(session, draft.organisation_id)[0]
        credentials.choose_passphrase(session, writer, PASSPHRASE)
        return draft.reference


@pytest.fixture
def browser_of_writer(chrome: Browser, site: Site, draft: str) -> Iterator[BrowserContext]:
    context = _signed_in(chrome, site)
    yield context
    context.close()


def _signed_in(chrome: Browser, site: Site, **options: Any) -> BrowserContext:
    context = chrome.new_context(base_url=site.url, locale="en-GB", **options)
    context.set_default_timeout(30_000)
    _sign_in(context.new_page())
    return context


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("luz.of.casa.segura@example.org")
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/start")


def _open(context: BrowserContext, draft: str, section: str = "project") -> Page:
    """A section in a new tab whose clock the test turns."""
    page = context.new_page()
    page.clock.install()
    page.goto(f"/applying/{draft}/sections/{section}")
    return page


def _kept(site: Site, draft: str, section: str = "project") -> dict[str, list[str]]:
    with site.database.transaction() as session:
        rows = answers_of(session, application_by_reference(session, draft).id)
        return dict(rows[section].given) if section in rows else {}


def _write(page: Page, text: str) -> None:
    page.get_by_label("Title of the project").fill(text)


def _wait_until_saved(page: Page) -> None:
    page.clock.fast_forward(A_WHILE)
    page.get_by_text("Saved ", exact=False).wait_for()


def test_text_is_saved_while_it_is_written(
    site: Site, draft: str, browser_of_writer: BrowserContext
) -> None:
    page = _open(browser_of_writer, draft)
    _write(page, "A safe place – بيت آمن 🙂")
    _wait_until_saved(page)
    assert _kept(site, draft) == {"q_title": ["A safe place – بيت آمن 🙂"]}
    _write(page, "A safer place")
    page.clock.fast_forward(A_WHILE)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/sections/problem")
    assert _kept(site, draft) == {"q_title": ["A safer place"]}


def test_a_second_tab_is_told_and_shown_both_texts(
    site: Site, draft: str, browser_of_writer: BrowserContext
) -> None:
    first, second = (_open(browser_of_writer, draft) for _number in range(2))
    _write(first, "Written in the first")
    _wait_until_saved(first)
    _write(second, "Written in the second")
    second.clock.fast_forward(A_WHILE)
    second.get_by_text("another user changed the same answer").wait_for()
    assert _kept(site, draft) == {"q_title": ["Written in the first"]}
    second.get_by_role("button", name="Save and continue").click()
    second.get_by_text("Two versions").wait_for()
    assert second.get_by_label("Title of the project").input_value() == "Written in the second"
    assert second.locator(".theirs").inner_text().endswith("Written in the first")
    _write(second, "Written in both")
    second.get_by_label("My answer, as shown above").check()
    second.get_by_role("button", name="Save and continue").click()
    second.wait_for_url("**/sections/problem")
    assert _kept(site, draft) == {"q_title": ["Written in both"]}


def test_a_lost_connection_loses_nothing(
    site: Site, draft: str, browser_of_writer: BrowserContext
) -> None:
    page = _open(browser_of_writer, draft)
    browser_of_writer.set_offline(True)
    _write(page, "Written in the dark")
    page.clock.fast_forward(A_WHILE)
    page.get_by_text("Not saved: no connection").wait_for()
    assert _kept(site, draft) == {}
    browser_of_writer.set_offline(False)
    page.get_by_text("Saved ", exact=False).wait_for()
    assert _kept(site, draft) == {"q_title": ["Written in the dark"]}


def test_a_browser_that_closes_without_a_connection_offers_the_text_again(
    site: Site, draft: str, browser_of_writer: BrowserContext
) -> None:
    page = _open(browser_of_writer, draft)
    browser_of_writer.set_offline(True)
    _write(page, "Kept on this device")
    page.clock.fast_forward(A_WHILE)
    page.get_by_text("Not saved: no connection").wait_for()
    page.close()
    browser_of_writer.set_offline(False)
    page = _open(browser_of_writer, draft)
    page.get_by_role("button", name="Restore it").click()
    page.get_by_text("Saved ", exact=False).wait_for()
    assert _kept(site, draft) == {"q_title": ["Kept on this device"]}


def test_the_end_of_a_session_loses_nothing(
    site: Site, draft: str, browser_of_writer: BrowserContext
) -> None:
    page = _open(browser_of_writer, draft)
    with site.database.transaction() as session:
        for person in session.query(Person):
            credentials.end_sign_ins(session, person.id)
    _write(page, "Written after the end")
    page.clock.fast_forward(A_WHILE)
    page.get_by_text("you are signed out").wait_for()
    page.close()
    _sign_in(browser_of_writer.new_page())
    page = _open(browser_of_writer, draft)
    page.get_by_role("button", name="Restore it").click()
    page.get_by_text("Saved ", exact=False).wait_for()
    assert _kept(site, draft) == {"q_title": ["Written after the end"]}


def test_a_save_on_its_way_does_not_overtake_the_button(
    site: Site, draft: str, browser_of_writer: BrowserContext
) -> None:
    page = _open(browser_of_writer, draft)
    held: list[Route] = []
    browser_of_writer.route("**/autosave", lambda route: held.append(route))  # noqa: PLW0108 - Playwright inspects it
    _write(page, "Half a title")
    page.clock.fast_forward(A_WHILE)
    page.get_by_text("Saving…").wait_for()
    body, headers = held[0].request.post_data_buffer, held[0].request.headers
    assert body is not None
    _write(page, "The whole title")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/sections/problem")
    late = browser_of_writer.request.post(
        held[0].request.url, data=body, headers={"Content-Type": headers["content-type"]}
    )
    assert late.ok
    assert _kept(site, draft) == {"q_title": ["The whole title"]}


def test_the_back_button_goes_on_from_what_was_written(
    site: Site, draft: str, browser_of_writer: BrowserContext
) -> None:
    page = _open(browser_of_writer, draft)
    _write(page, "First")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/sections/problem")
    page.go_back()
    _write(page, "Second")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/sections/problem")
    assert _kept(site, draft) == {"q_title": ["Second"]}


def test_a_budget_grows_and_adds_up_while_it_is_written(
    site: Site, draft: str, browser_of_writer: BrowserContext
) -> None:
    page = _open(browser_of_writer, draft, "budget")
    for _number in range(2):
        page.get_by_role("button", name="Add a line").click()
    for index, (quantity, cost) in enumerate([("8", "450.10"), ("0.5", "0.25"), ("2", "1,000")]):
        page.locator(f"[name=q_budget-{index}-description]").fill(f"Line {index}")
        page.locator(f"[name=q_budget-{index}-quantity]").fill(quantity)
        page.locator(f"[name=q_budget-{index}-unit_cost]").fill(cost)
    assert "5,600.92" in page.locator("[data-total]").inner_text()
    page.get_by_role("button", name="Save and return to all sections").click()
    page.wait_for_url(f"**/applying/{draft}")
    with site.database.transaction() as session:
        assert application_by_reference(session, draft).requested_minor == 560_092


def test_the_warning_before_a_session_ends_keeps_what_is_typed(
    browser_of_writer: BrowserContext, draft: str
) -> None:
    page = _open(browser_of_writer, draft)
    _write(page, "Light in the valley")
    page.clock.fast_forward(BEFORE_THE_END)
    stay = page.get_by_role("alert").get_by_role("button", name="Stay signed in")
    with page.expect_response("**/token") as answer:
        stay.click()
    assert answer.value.json()["ends"]
    assert page.get_by_label("Title of the project").input_value() == "Light in the valley"


def test_everything_works_without_javascript(chrome: Browser, site: Site, draft: str) -> None:
    context = _signed_in(chrome, site, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/applying/{draft}/sections/budget")
    page.locator("[name=q_budget-0-description]").fill("Shelter")
    page.get_by_role("button", name="Add a line").click()
    assert page.locator("[name=q_budget-0-description]").input_value() == "Shelter"
    assert page.locator("[name$=-description]").count() == 2
    page.get_by_role("button", name="Save and return to all sections").click()
    page.wait_for_url(f"**/applying/{draft}")
    assert _kept(site, draft, "budget") == {"q_budget-0-description": ["Shelter"]}
    context.close()


@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_no_section_is_wider_than_a_small_telephone(
    chrome: Browser, site: Site, draft: str, language: str
) -> None:
    context = _signed_in(chrome, site, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"/applying/{draft}?language={language}")
    addresses = [f"/applying/{draft}", f"/applying/{draft}/check"]
    addresses += [
        link.get_attribute("href") or "" for link in page.locator(".govuk-task-list__link").all()
    ]
    assert len(addresses) == 14
    for address in addresses:
        page.goto(address)
        boxes = page.locator("html, .scroll:has(.matrix)")
        wider = boxes.evaluate_all("boxes => boxes.map(box => box.scrollWidth - box.clientWidth)")
        assert max(wider) <= 0, address
    context.close()


def test_files_go_up_when_they_are_chosen_over_a_line_that_breaks(
    browser_of_writer: BrowserContext, draft: str, site: Site, tmp_path: Path
) -> None:
    """The third piece is lost; what was there is not sent again, and typed text stays."""
    large = pdf(
        carries=json.dumps({"random": os.urandom(700_000).hex()}).encode(), named="data.json"
    )
    for name, content in (("statutes.pdf", large), ("accounts.pdf", pdf())):
        (tmp_path / name).write_bytes(content)
    page, sent = browser_of_writer.new_page(), list[int]()
    page.goto(f"/applying/{draft}/sections/documents")

    def break_once(route: Route) -> None:
        sent.append(len(route.request.post_data_buffer or b""))
        if len(sent) == 3:
            route.abort()
        else:
            route.continue_()

    page.route("**/upload", break_once)
    box = page.locator("[data-papers=other_papers] input[type=file]")
    box.set_input_files([tmp_path / "statutes.pdf", tmp_path / "accounts.pdf"])
    shown = page.locator("[data-papers=other_papers] .papers__list:not([aria-live])")
    shown.get_by_text("accounts.pdf").first.wait_for()
    shown.get_by_text("statutes.pdf").first.wait_for()
    assert page.locator("[data-papers=other_papers] progress").count() == 0
    assert sum(sent) < len(large) + 400_000, "one piece is sent twice, not the file"
    with site.database.session() as session:
        files = files_of(session, application_by_reference(session, draft).id)
        assert sorted(file.document.name for file in files) == ["accounts.pdf", "statutes.pdf"]
