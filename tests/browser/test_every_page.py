"""Every page of the demonstration in real Chromium: nobody is shut out, and it fits a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

from grants.core.kernel import clock
from seeds.cast import STAFF
from tests.browser.test_look import AXE, STANDARDS
from tests.rules.access import lookers, rows
from tests.rules.demonstration import NOON, Demonstration, browser_of
from tests.rules.examples import Examples

pytestmark = pytest.mark.long

OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ALIKE = "tbody tr:nth-child(n+6), details li:nth-child(n+6)"
"""Rows that are built as those before them."""
LOOK = """([standards, alike]) => axe.run(
    {exclude: alike}, {runOnly: standards, resultTypes: ["violations"]},
)"""


@dataclass(frozen=True, slots=True)
class Got:
    """What the application answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class Phone:
    """A narrow screen whose requests the application answers in this thread, on its own day."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.owner: FlaskClient | None = None
        self.assets: dict[str, Got] = {}
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        url = route.request.url.removeprefix("http://localhost")
        got = self.assets.get(url) or self._fetched(url)
        if url.startswith("/static/"):
            self.assets[url] = got
        route.fulfill(status=got.status, headers=got.headers, body=got.body)

    def _fetched(self, url: str) -> Got:
        assert self.owner is not None
        with clock.at(NOON), self.owner.get(url) as answer:
            return Got(answer.status_code, dict(answer.headers), answer.get_data())

    def barriers(self, url: str) -> Iterator[str]:
        """What shuts a person out of a page, and whether one has to scroll it sideways."""
        self.page.goto(f"http://localhost{url}")
        self.page.evaluate(AXE.read_text("utf-8"))
        if overhang := self.page.evaluate(OVERHANG):
            yield f"{url}: {overhang} px too wide"
        for violation in self.page.evaluate(LOOK, [STANDARDS, ALIKE])["violations"]:
            where = [node["target"] for node in violation["nodes"]]
            yield f"{url}: {violation['id']} {where}"


@pytest.fixture
def phone(chrome: Browser) -> Iterator[Phone]:
    context = chrome.new_context(viewport={"width": 320, "height": 800}, bypass_csp=True)
    context.set_default_timeout(30_000)
    yield Phone(context.new_page())
    context.close()


def readers(demonstration: Demonstration) -> Iterator[tuple[str, FlaskClient]]:
    """Each page with a person who gets it: the fund's people first, who may do most there."""
    app = demonstration.app(FlaskClient)
    staff = {actor.email for actor in STAFF}
    order = sorted(lookers(), key=lambda who: who.email not in staff)
    browsers = [browser_of(app, demonstration, who.email) for who in order]
    with demonstration.database.session() as session:
        pages = list(rows(app, Examples(session)))
    for _name, url in pages:
        for browser in browsers:
            with browser.get(url) as got:
                is_theirs = got.status_code == 200 and got.mimetype == "text/html"
            if is_theirs:
                yield url, browser
                break


@pytest.mark.timeout(1800)
def test_nobody_is_shut_out_of_any_page(demonstration: Demonstration, phone: Phone) -> None:
    """Each page once, every other one in Arabic: that takes half the time of both."""
    found: list[str] = []
    seen = 0
    for (url, phone.owner), language in zip(readers(demonstration), cycle(("en", "ar"))):
        phone.owner.get(f"/privacy?language={language}")
        found += phone.barriers(url)
        seen += 1
    assert seen > 150
    assert found == []


ENDS = """text => {
    const letter = at => {
        const range = document.createRange();
        range.setStart(text.firstChild, at); range.setEnd(text.firstChild, at + 1);
        return range.getBoundingClientRect().left;
    };
    const last = text.firstChild.length - 1;
    return letter(last) > letter(last - 1);
}"""


def test_an_english_sentence_ends_at_its_end_on_an_arabic_page(
    demonstration: Demonstration, phone: Phone
) -> None:
    phone.owner = demonstration.app(FlaskClient).test_client()
    with demonstration.database.session() as session:
        call = Examples(session).by_page["/calls"]["reference"]
    phone.owner.get("/privacy?language=ar")
    phone.page.goto(f"http://localhost/calls/{call}")
    sentence = phone.page.locator(".prose").first
    assert sentence.inner_text().endswith((".", "?"))
    assert sentence.evaluate(ENDS)
    start = "element => getComputedStyle(element).textAlign"
    assert sentence.evaluate(start) == "right"
