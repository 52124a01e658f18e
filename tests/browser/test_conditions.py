"""A question comes up as soon as the answer is there that it depends on."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from grants.core.funds.queries import fund_by_code
from grants.core.people import credentials
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from tests.applying.applications.forms import conditional_form
from tests.browser.conftest import Site
from tests.browser.test_writing import PASSPHRASE
from tests.factories import a_call, a_draft, a_draft_call, staff
from tests.signing_in import put, token_of

pytestmark = pytest.mark.browser


@pytest.fixture
def conditional(site: Site) -> str:
    """The reference of a draft whose form has conditions."""
    with site.database.transaction() as session:
        call = a_call(session, fund_by_code(session, "UNVTF"), form=conditional_form())
        draft = a_draft(session, call, name="Casa Clara")
        writer = people_of_organisation(session, draft.organisation_id)[0]
        credentials.choose_passphrase(session, writer, PASSPHRASE)
        return draft.reference


def test_choosing_an_answer_shows_and_hides_the_question(
    chrome: Browser, site: Site, conditional: str
) -> None:
    context = chrome.new_context(base_url=site.url, locale="en-GB")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("luz.of.casa.clara@example.org")
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/start")
    page.goto(f"/applying/{conditional}/sections/project")
    many = page.get_by_label("How many partners?")
    expect(many).to_be_hidden()
    page.get_by_label("Yes", exact=True).check()
    expect(many).to_be_visible()
    many.fill("2")
    page.get_by_label("No", exact=True).check()
    expect(many).to_be_hidden()
    page.get_by_label("Yes", exact=True).check()
    expect(many).to_be_visible()
    expect(many).to_have_value("2")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile("/check$"))
    context.close()


def test_a_trial_of_the_form_shows_at_once_what_an_answer_opens(
    chrome: Browser, site: Site
) -> None:
    with site.database.transaction() as session:
        call = a_draft_call(session, fund_by_code(session, "UNVTF"), form=conditional_form())
        at, token = call.reference, token_of(session, staff(session, Role.FUND_MANAGER))
    browser = site.app.test_client()
    put(token, browser)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    context = chrome.new_context(base_url=site.url, locale="en-GB")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": site.url}])
    page = context.new_page()
    _opens_narrow(page, f"/calls/{at}/form")
    page.goto(f"/calls/{at}/form/try")
    many = page.get_by_label("How many partners?")
    expect(many).to_be_hidden()
    page.get_by_label("Yes", exact=True).check()
    expect(many).to_be_visible()
    many.fill("2")
    page.get_by_label("No", exact=True).check()
    expect(many).to_be_hidden()
    _overtaken(page, many)
    context.close()


def _overtaken(page: Page, many: Locator) -> None:
    """What an older choice opens is not shown when its answer arrives after that of a newer one."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/form/try/asked", hold, times=1)
    page.get_by_label("Yes", exact=True).check()
    with page.expect_response("**/form/try/asked"):
        page.get_by_label("No", exact=True).check()
    with page.expect_response("**/form/try/asked") as late:
        held[0].continue_()
    late.value.finished()
    page.wait_for_timeout(100)  # so long it would take to be shown
    expect(many).to_be_hidden()


def _opens_narrow(page: Page, path: str) -> None:
    """The form can be tried in a window that is hardly wider than a telephone."""
    page.goto(path)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Preview on a phone").click()
    narrow = opened.value
    assert narrow.evaluate("innerWidth") <= 500
    expect(narrow.get_by_role("button", name="Continue")).to_be_visible()
    narrow.close()
