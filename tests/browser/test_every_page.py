"""Every page of the demonstration in real Chromium: nobody is shut out, and it fits a phone."""

from collections.abc import Iterator
from itertools import cycle

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from grants.core.kernel import clock
from grants.core.kernel.language import OFFERED
from tests.browser.screen import Screen, readers, screen
from tests.browser.test_look import AXE, STANDARDS
from tests.rules.demonstration import NOON, Demonstration
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
def phone(chrome: Browser, demonstration: Demonstration) -> Iterator[Screen]:
    with screen(chrome, demonstration, 320) as phone:
        yield phone


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
DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
WIDTHS = (320, 1440)


@pytest.fixture(scope="module")
def shown(planting: Demonstration) -> list[tuple[str, FlaskClient]]:
    """Each page and its reader, found once for all languages."""
    with clock.at(NOON):
        return list(readers(planting))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", OFFERED)
def test_every_page_fits_phones_and_desks_in_each_language(
    shown: list[tuple[str, FlaskClient]], phone: Screen, language: str
) -> None:
    """Each page is opened once, at the width of the page before, and then made wide or narrow."""
    assert len(shown) > 500
    for browser in {id(browser): browser for _url, browser in shown}.values():
        browser.get(f"/privacy?language={language}")
    found: list[str] = []
    widths = WIDTHS
    for url, phone.owner in shown:
        phone.open(url)
        for width in widths:
            phone.page.set_viewport_size({"width": width, "height": 900})
            phone.page.evaluate(DRAWN)  # what the scripts of the page do at this width too
            overhang, cut = phone.page.evaluate(f"[{OVERHANG}, ({CUT})()]")
            found += [f"{url} at {width}: {overhang} px too wide"] if overhang else []
            found += [f"{url} at {width}: “{words}” is cut" for words in cut]
        widths = widths[::-1]
    assert not found, "\n".join(found)


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
    phone.open(f"/calls/{call}?read=en")
    sentence = phone.page.locator(".prose").first
    assert sentence.inner_text().endswith((".", "?"))
    assert sentence.evaluate(ENDS)
    assert sentence.evaluate("element => element.closest('[lang]').lang") == "en"
    assert sentence.evaluate("element => getComputedStyle(element).textAlign") == "left"
