"""The pages of calls and of the list of applications: nobody is shut out, and keys are enough."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CallState
from grants.core.funds.queries import fund_by_code
from seeds.cast import address
from tests.browser.conftest import Site
from tests.browser.keyboard import faults_by_keyboard
from tests.browser.screen import Screen, screen
from tests.browser.test_every_page import barriers
from tests.factories import (
    a_closed_call,
    a_draft_call,
    a_submitted_application,
    a_team,
    an_organisation,
    reviewed,
)
from tests.rules.demonstration import NOON, Demonstration, browser_of
from tests.rules.examples import Examples
from tests.signing_in import put, token_of


def pages_of(session: Session) -> Iterator[tuple[str, str | None]]:
    """Addresses, and the name of the person at the screen; None: a visitor."""
    examples = Examples(session)
    draft, test, archived, over = (
        examples.one(select(Call.reference).where(Call.state == state))
        for state in (
            CallState.DRAFT,
            CallState.TEST,
            CallState.ARCHIVED,
            CallState.PUBLISHED,
        )
    )
    question = f"/calls/{test}/form/questions/mission"
    for page in ("", "/kind", "/kind/short_text", "/place"):
        yield question + page, "Ingrid Solvang"
    for page in ("form/earlier", "delete"):
        yield f"/calls/{test}/{page}", "Ingrid Solvang"
    yield f"/calls/{draft}/delete", "Ingrid Solvang"
    yield f"/calls/{over}/archive", "Ingrid Solvang"
    yield f"/calls/{archived}/bring-back", "Ingrid Solvang"
    yield from _of_applications(session)
    draft_of = examples.draft
    call = draft_of.call.reference
    for language in ("fr", "es"):
        yield f"/calls/{call}?read={language}", None
        yield f"/applying/{draft_of.reference}/sections/project?read={language}", "Fanta Kone"
        yield f"/applying/{draft_of.reference}/check?read={language}", "Fanta Kone"


def _of_applications(session: Session) -> Iterator[tuple[str, str]]:
    yield "/applications", "Ingrid Solvang"
    yield "/applications?state=reviewed", "Ingrid Solvang"
    at_stage = select(Application.id).where(Application.state == ApplicationState.REVIEWED)
    rows = "&".join(f"row={number}" for number in session.scalars(at_stage.limit(3)))
    yield f"/decisions/several/recommend?picked=applications.index&{rows}", "Ingrid Solvang"


@pytest.fixture
def window(chrome: Browser, demonstration: Demonstration, width: int) -> Iterator[Screen]:
    with screen(chrome, demonstration, width) as window:
        yield window


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_nobody_is_shut_out_and_keys_are_enough(
    demonstration: Demonstration, window: Screen, language: str
) -> None:
    app = demonstration.app(FlaskClient)
    with demonstration.database.session() as session:
        pages = list(pages_of(session))
    found: list[str] = []
    window.page.clock.set_fixed_time(NOON)  # or the page warns that the session is about to end
    for url, name in pages:
        window.owner = browser_of(app, demonstration, address(name) if name else None)
        window.owner.get(f"/privacy?language={language}")
        assert window.owner.get(url).status_code == 200, url
        found += barriers(window, url)
        found += [f"{url}: {fault}" for fault in faults_by_keyboard(window.page)]
    assert len(pages) > 15
    assert found == []


@pytest.mark.parametrize("width", [320])
def test_what_has_the_focus_is_never_under_the_notice_of_the_end(
    demonstration: Demonstration, window: Screen
) -> None:
    window.owner = browser_of(
        demonstration.app(FlaskClient), demonstration, address("Ingrid Solvang")
    )
    window.open("/applications?state=reviewed")
    expect(window.page.locator(".ending")).to_be_visible()
    assert list(faults_by_keyboard(window.page)) == []


@pytest.fixture
def desk(chrome: Browser, site: Site) -> Iterator[BrowserContext]:
    """The browser of a fund manager who has a draft call and reviewed applications."""
    with site.database.transaction() as session:
        fund, team = fund_by_code(session, "UNVTF"), a_team(session)
        a_draft_call(session, fund)
        call = a_closed_call(session, fund)
        sent = [
            a_submitted_application(session, call, an_organisation(session, f"House {n}"))
            for n in range(3)
        ]
        for one in sent[1:]:
            reviewed(session, one, team)
        token = token_of(session, team.manager)
    browser = site.app.test_client()
    put(token, browser)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    context = chrome.new_context(base_url=site.url, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(30_000)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": site.url}])
    yield context
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until it is reached, as a person without a mouse does."""
    wanted = page.locator(selector).first.element_handle()
    for _press in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement === wanted", wanted):
            return
    raise AssertionError(f"Tab does not come to {selector}")


def test_rows_are_ticked_and_recommended_by_keys_alone(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/applications")
    acts = page.locator(".picked__acts button:visible")
    expect(acts).to_have_count(0)
    expect(page.locator(".picked__count")).to_contain_text("Select rows")
    tab_to(page, "tr:has-text('House 2') input[name=row]")
    page.keyboard.press("Space")
    tab_to(page, "tr:has-text('House 1') input[name=row]")
    page.keyboard.press("Space")
    expect(page.locator(".picked__count")).to_have_text("Selected: 2")
    expect(acts.first).to_have_text("Recommend")
    expect(page.get_by_role("button", name="Record as eligible")).to_be_hidden()
    tab_to(page, ".picked__acts button:visible")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 rows to be done")).to_be_visible()


def test_what_fits_the_ticked_rows_is_offered_and_all_without_a_script(
    desk: BrowserContext, chrome: Browser, site: Site
) -> None:
    page = desk.new_page()
    page.goto("/applications")
    page.locator("tr:has-text('House 0') input[name=row]").check()
    expect(page.get_by_role("button", name="Record as eligible")).to_be_visible()
    expect(page.get_by_role("button", name="Recommend", exact=True)).to_be_hidden()
    plain = chrome.new_context(base_url=site.url, java_script_enabled=False)
    plain.add_cookies(desk.cookies())  # type: ignore[arg-type]
    bare = plain.new_page()
    bare.goto("/applications")
    bare.locator("tr:has-text('House 1') input[name=row]").check()
    bare.get_by_text("What to do with them").click()
    bare.get_by_role("button", name="Recommend", exact=True).click()
    expect(bare.get_by_text("1 row to be done")).to_be_visible()
    plain.close()


def test_a_draft_call_is_deleted_by_keys_alone(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/calls/manage")
    page.locator("tr:has-text('Draft') a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls/UNVTF-*")
    tab_to(page, "a[href$='/delete']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/delete")
    tab_to(page, "textarea")
    page.keyboard.type("Made by mistake.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls/manage")
    expect(page.get_by_text("has been deleted")).to_be_visible()
