"""The desk in a real browser: how many rows it holds, what stays in sight, what the keys do."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from grants.core.funds.queries import fund_by_code
from grants.core.people.permissions import Role
from tests.browser.conftest import Site
from tests.factories import a_donor, a_pledge, staff
from tests.signing_in import put, token_of

pytestmark = pytest.mark.browser

ROWS = 30
IN_SIGHT = """[...document.querySelectorAll('.listing tbody tr')]
    .filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"""
HEIGHT = "document.querySelector('.listing tbody tr').getBoundingClientRect().height"
USED = "document.querySelector('.listing').offsetWidth / document.querySelector('main').offsetWidth"
NOT_COVERED = """() => {
    const box = document.activeElement.getBoundingClientRect();
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    return document.activeElement.contains(document.elementFromPoint(...middle));
}"""
TOP = "document.querySelector('.listing thead th').getBoundingClientRect().top"


GERMAN = (
    "Bundesarbeitsgemeinschaft der Beratungsstellen für Betroffene von Menschenhandel und "
    "Arbeitsausbeutung e. V., Geschäftsstelle"
)
ARABIC = (
    "الرابطة الوطنية للمنظمات العاملة في مجال مساعدة النساء والأطفال من ضحايا الاتجار بالأشخاص "
    "وإعادة تأهيلهم وإدماجهم في المجتمع"
)


@pytest.fixture
def desk(chrome: Browser, site: Site) -> BrowserContext:
    """The browser of a fund manager with a list of pledges, signed in."""
    with site.database.transaction() as session:
        donors = [a_donor(session), a_donor(session, GERMAN), a_donor(session, ARABIC)]
        for number in range(ROWS):
            a_pledge(session, fund_by_code(session, "UNVTF"), donor=donors[number % 3])
        token = token_of(session, staff(session, Role.FUND_MANAGER))
    browser = site.app.test_client()
    put(token, browser)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    context = chrome.new_context(base_url=site.url, locale="en-GB")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": site.url}])
    return context


def test_a_list_fills_the_screen_and_is_gone_through_by_keys(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/pledges")
    holds_many_rows(page)
    shows_what_has_the_focus(page)
    filters_are_applied_at_once(page)
    page.goto("/pledges")
    goes_from_row_to_row(page)
    leaves_fields_alone(page)
    goes_to_a_page(page)
    goes_to_everything_from_one_dialog(page)
    looks_at_a_record_beside_its_list(page)
    has_room_for_the_longest_names(page)
    can_be_switched_off(page)
    desk.close()


def test_the_hint_of_a_filter_stands_beside_its_label(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/ledger/UNVTF/entries")
    chip = page.locator(".filter-bar__chip", has_text="Such as pledge:12.")
    label, hint, box = (
        chip.locator(part).bounding_box() for part in ("label", ".govuk-hint", "input")
    )
    assert label is not None
    assert hint is not None
    assert box is not None
    assert label["x"] + label["width"] < hint["x"]
    assert hint["x"] + hint["width"] < box["x"]
    middles = [part["y"] + part["height"] / 2 for part in (label, hint, box)]
    assert max(middles) - min(middles) <= 2, "all on one line"


def holds_many_rows(page: Page) -> None:
    for width, height, rows in ((1440, 900, 20), (1920, 1080, 25)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(IN_SIGHT) >= rows
        assert page.evaluate(USED) > 0.95
    assert page.evaluate(HEIGHT) == 33
    page.mouse.wheel(0, 900)
    page.wait_for_function(f"scrollY > 0 && {TOP} === 0")


def shows_what_has_the_focus(page: Page) -> None:
    """Going back up with the keyboard, no link gets the focus behind the head of the table."""
    page.emulate_media(reduced_motion="reduce")
    page.locator(".listing tbody tr").last.locator("a").first.focus()
    for _row in range(ROWS - 2):
        page.keyboard.press("Shift+Tab")
        page.wait_for_function(NOT_COVERED)


def goes_from_row_to_row(page: Page) -> None:
    for key in "jjkj":
        page.keyboard.press(key)
    row = page.locator(".listing tbody tr").nth(1)
    expect(row.locator("a").first).to_be_focused()
    assert row.evaluate("row => row.getBoundingClientRect().height") == 33  # it does not jump


def leaves_fields_alone(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("jk?")
    expect(page.locator("[data-search]")).to_have_value("jk?")
    page.locator("h1").click()


def goes_to_a_page(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_contain_text("Pledges")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.keys")).to_be_hidden()
    page.keyboard.press("g")
    expect(page.locator("[data-keys-said]")).to_have_text("Go to: press the letter of a page")
    page.keyboard.press("d")
    page.wait_for_url("**/dashboard/UNVTF")


def goes_to_everything_from_one_dialog(page: Page) -> None:
    page.goto("/pledges")
    pledge = urlsplit(page.locator(".listing tbody a").first.get_attribute("href") or "").path
    page.keyboard.press("Control+k")
    dialog = page.locator("dialog.finder")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("dash")
    expect(dialog.get_by_role("link", name="Dashboard")).to_be_visible()
    dialog.get_by_role("searchbox").fill(GERMAN[:20])
    expect(dialog.get_by_role("link", name=GERMAN).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(dialog.locator(".finder__entry").first).to_be_focused()
    page.keyboard.type("x")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Control+k")
    reference = pledge.rpartition("/")[2]
    dialog.get_by_role("searchbox").fill(reference)
    expect(dialog.locator(".finder__entry")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{pledge}")


def looks_at_a_record_beside_its_list(page: Page) -> None:
    page.goto("/pledges")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    beside = page.locator("dialog.preview")
    expect(beside.locator("h1")).to_be_visible()
    expect(beside.locator("form:not([method=dialog])")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".listing tbody a").first).to_be_focused()
    assert urlsplit(page.url).path == "/pledges"


def has_room_for_the_longest_names(page: Page) -> None:
    for width in (320, 1280, 1366, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/pledges")
        first = page.locator(".listing tbody a").first.get_attribute("href")
        page.goto("/donors")
        links = [page.get_by_role("link", name=name) for name in (GERMAN, ARABIC)]
        donors = [link.get_attribute("href") for link in links]
        for path in ("/pledges", "/donors", first, *donors):
            page.goto(str(path))
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def can_be_switched_off(page: Page) -> None:
    page.goto("/account")
    page.get_by_label("Use keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("dialog.keys")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("d")
    assert urlsplit(page.url).path == "/account"


def filters_are_applied_at_once(page: Page) -> None:
    """Each choice when it is made; the focus stays, the count is told, and back takes it away."""
    page.goto("/pledges")
    expect(page.get_by_role("button", name="Apply filters")).to_be_hidden()
    told = page.locator("[data-filter-said]")
    kind = page.locator("#filter-kind")
    kind.focus()
    kind.select_option("private")
    expect(page.locator(".nothing")).to_be_visible()
    expect(told).to_have_text("No pledges or gifts found.")
    assert "kind=private" in page.url
    assert "q=" not in page.url
    expect(kind).to_be_focused()
    page.get_by_role("link", name="Remove the filter: Type of donor").click()
    expect(page.locator(".listing__count")).to_contain_text(f"{ROWS} results")
    box = page.locator("#filter-q")
    box.press_sequentially("Bundesarbeits", delay=20)
    expect(page.locator(".listing__count")).to_contain_text(f"{ROWS // 3} results")
    expect(told).to_contain_text(f"{ROWS // 3} results")
    expect(box).to_be_focused()
    expect(box).to_have_value("Bundesarbeits")
    page.go_back()
    expect(page.locator(".listing__count")).to_contain_text(f"{ROWS} results")
