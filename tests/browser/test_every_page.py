"""Every page of the demonstration in real Chromium: nobody is shut out, and it fits a phone."""

from collections.abc import Iterator
from itertools import cycle

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from grants.core.kernel.language import OFFERED
from tests.browser.screen import Screen, readers
from tests.browser.test_look import AXE, STANDARDS
from tests.rules.demonstration import Demonstration
from tests.rules.examples import Examples

pytestmark = pytest.mark.long

OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ALIKE = "tbody tr:nth-child(n+6), details li:nth-child(n+6)"
"""Rows that are built as those before them."""
LOOK = """([standards, alike]) => axe.run(
    {exclude: alike}, {runOnly: standards, resultTypes: ["violations"]},
)"""


def barriers(phone: Screen, url: str) -> Iterator[str]:
    """What shuts a person out of a page, and whether one has to scroll it sideways."""
    phone.open(url)
    phone.page.evaluate(AXE.read_text("utf-8"))
    if overhang := phone.page.evaluate(OVERHANG):
        yield f"{url}: {overhang} px too wide"
    for violation in phone.page.evaluate(LOOK, [STANDARDS, ALIKE])["violations"]:
        where = [node["target"] for node in violation["nodes"]]
        yield f"{url}: {violation['id']} {where}"


@pytest.fixture
def phone(chrome: Browser) -> Iterator[Screen]:
    context = chrome.new_context(viewport={"width": 320, "height": 800}, bypass_csp=True)
    context.set_default_timeout(30_000)
    yield Screen(context.new_page())
    context.close()


@pytest.mark.timeout(1800)
def test_nobody_is_shut_out_of_any_page(demonstration: Demonstration, phone: Screen) -> None:
    """Each page once, in one language after the other: all in each would take too long."""
    found: list[str] = []
    seen = 0
    for (url, phone.owner), language in zip(readers(demonstration), cycle(OFFERED)):
        phone.owner.get(f"/privacy?language={language}")
        found += barriers(phone, url)
        seen += 1
    assert seen > 150
    assert found == []


CUT = """() => {
    const isClipped = element => {
        for (let at = element; at && at !== document.body; at = at.parentElement) {
            const box = at.getBoundingClientRect();
            if (box.width <= 2 || box.height <= 2) return true;
        }
        return false;
    };
    const spills = element => {
        const box = element.getBoundingClientRect();
        const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        while (texts.nextNode()) {
            if (isClipped(texts.currentNode.parentElement)) continue;
            range.selectNodeContents(texts.currentNode);
            for (const words of range.getClientRects())
                if (words.right > box.right + 1 || words.left < box.left - 1) return true;
        }
        return false;
    };
    return [...document.querySelectorAll(
        "button, .govuk-button, .govuk-label, .govuk-tag, .tabs__tab, .data__sort, " +
        "legend, summary, thead th, h1, h2, h3",
    )].filter(element => element.checkVisibility({visibilityProperty: true})
        && !isClipped(element) && spills(element),
    ).map(element => element.textContent.trim().slice(0, 60));
}"""
"""Words of buttons, labels, heads and headings that leave their boxes, cut or not. The rows of
lists are one line: a longer name ends in dots.
"""
WIDTHS = (320, 1440)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", OFFERED)
def test_every_page_fits_phones_and_desks_in_each_language(
    demonstration: Demonstration, phone: Screen, language: str
) -> None:
    found: list[str] = []
    seen = 0
    for url, phone.owner in readers(demonstration):
        phone.owner.get(f"/privacy?language={language}")
        phone.open(url)
        for width in WIDTHS:
            phone.page.set_viewport_size({"width": width, "height": 800})
            if overhang := phone.page.evaluate(OVERHANG):
                found.append(f"{url} at {width}: {overhang} px too wide")
            found += [f"{url} at {width}: “{cut}” is cut" for cut in phone.page.evaluate(CUT)]
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
    demonstration: Demonstration, phone: Screen
) -> None:
    phone.owner = demonstration.app(FlaskClient).test_client()
    with demonstration.database.session() as session:
        call = Examples(session).by_page["/calls"]["reference"]
    phone.owner.get("/privacy?language=ar")
    phone.open(f"/calls/{call}")
    sentence = phone.page.locator(".prose").first
    assert sentence.inner_text().endswith((".", "?"))
    assert sentence.evaluate(ENDS)
    start = "element => getComputedStyle(element).textAlign"
    assert sentence.evaluate(start) == "right"
