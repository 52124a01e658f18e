"""The rules of the design that a machine can measure, on every page at 1440 × 900."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from seeds.cast import STAFF
from tests.browser.screen import Screen, readers, screen
from tests.rules.demonstration import Demonstration, browser_of

pytestmark = pytest.mark.long

MEASURES = """() => {
    const inSight = element => {
        const box = element.getBoundingClientRect();
        return box.width && box.height && box.top < innerHeight && element.checkVisibility();
    };
    const bare = ["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"];
    const filled = element => !bare.includes(getComputedStyle(element).backgroundColor);
    const colour = element => getComputedStyle(element).color;
    const marked = tag => filled(tag) || colour(tag) !== colour(tag.parentElement);
    const sizes = new Set();
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
        const element = words.currentNode.parentElement;
        const shown = words.currentNode.textContent.trim() && element.checkVisibility()
            && !element.closest(".govuk-visually-hidden, .govuk-skip-link, .chart__narrow");
        if (shown) sizes.add(getComputedStyle(element).fontSize);
    }
    const count = (selector, also = () => true) =>
        [...document.querySelectorAll(selector)].filter(one => inSight(one) && also(one)).length;
    const clipped = cell => cell.scrollWidth > cell.clientWidth + 1;
    const cells = kind => [...document.querySelectorAll(`.listing tbody .${kind}`)];
    return {
        names: [cells("is-name").filter(clipped).length, cells("is-name").length],
        titles: [cells("is-title").filter(clipped).length, cells("is-title").length],
        states: cells("brief--state").filter(clipped).length,
        filled: count("main .govuk-button", filled),
        marks: count("main .tag", marked),
        sizes: [...sizes].sort(),
        rows: document.querySelectorAll(".listing tbody tr").length,
        rowsInSight: count(".listing tbody tr"),
    };
}"""

MANY_MARKS = (
    "/awards",  # which award waits for whom, and what is late
    "/board",  # what a trustee has not answered
)
FEW_ROWS = (
    "/ledger/",  # filters in two lines
    "/outreach/mailings/",  # the letter itself is above its recipients
)

FILLED, MARKS, SIZES, ROWS = 1, 3, 5, 20
"""In the first screen: buttons, coloured marks, rows; on the whole page: sizes of letters."""
CUT = {"names": 0.10, "titles": 0.35}
"""Of all cells of lists, the share that may be too narrow for its text."""


@pytest.fixture
def desk(chrome: Browser, demonstration: Demonstration) -> Iterator[Screen]:
    with screen(chrome, demonstration, 1440) as desk:
        yield desk


def broken(url: str, measured: dict[str, Any]) -> Iterator[str]:
    """The rules that a page does not keep."""
    if measured["filled"] > FILLED:
        yield f"{url}: {measured['filled']} filled buttons in sight"
    if measured["marks"] > MARKS and not url.startswith(MANY_MARKS):
        yield f"{url}: {measured['marks']} coloured marks in sight"
    if len(measured["sizes"]) > SIZES:
        yield f"{url}: letters of {', '.join(measured['sizes'])}"
    if measured["states"]:
        yield f"{url}: {measured['states']} states are cut"
    if measured["rows"] > ROWS and measured["rowsInSight"] < ROWS and not url.startswith(FEW_ROWS):
        yield f"{url}: {measured['rowsInSight']} rows in sight"


@pytest.mark.timeout(1800)
def test_every_page_keeps_the_rules_of_the_design(
    demonstration: Demonstration, desk: Screen
) -> None:
    found: list[str] = []
    seen = 0
    cut = {"names": [0, 0], "titles": [0, 0]}
    for url, desk.owner in readers(demonstration):
        desk.open(url)
        measured = desk.page.evaluate(MEASURES)
        found += broken(url, measured)
        for kind, counts in cut.items():
            cut[kind] = [sum(pair) for pair in zip(counts, measured[kind], strict=True)]
        seen += 1
    assert seen > 150
    found += [
        f"lists cut {clipped} of {every} {kind}"
        for kind, (clipped, every) in cut.items()
        if clipped > CUT[kind] * every
    ]
    assert not found, "\n".join(found)


HEIGHTS = (
    (None, "/", r"^/funds/[A-Z]+$", 2900, 4600),
    ("klara.winkler@example.org", "/giving", r"^/giving/[A-Z]+-P-", 1100, 1900),
    ("fanta.kone@example.org", "/applying", r"/sections/", None, 1600),
    ("tomas.varga@example.org", "/screening", r"^/screening/.", 900, None),
    ("tomas.varga@example.org", "/due-diligence", r"^/due-diligence/\d", 1200, None),
)
"""Who, where the links to such pages are, what they look like, and the most pixels that a page may
have at 1440 and at 360 wide."""
LONGER = {
    "/screening/": 1320,  # ten criteria, each with its evidence
    "/due-diligence/": 1600,  # two screenings and their hits
    "/organisation": 1710,  # one of five kinds
    "/project": 1620,
    "/problem": 2170,  # two comments of colleagues are open
    "/objectives": 1750,
    "/beneficiaries": 2050,  # three by five figures
    "/services": 1900,  # ten services
    "/safeguarding": 1720,  # three texts, written
    "/budget": 2480,  # three lines
    "/documents": 2360,  # six kinds of files, four of them there
}
"""Pages that need more, and how much: no page may grow beyond it."""


def most(url: str, usual: int) -> int:
    return next((px for part, px in LONGER.items() if part in f"{url} "), usual)


def test_pages_are_no_longer_than_their_content_deserves(
    demonstration: Demonstration, desk: Screen
) -> None:
    app = demonstration.app(FlaskClient)
    long: list[str] = []
    for email, where, pattern, *limits in HEIGHTS:
        desk.owner = browser_of(app, demonstration, email)
        urls = links(desk, where, pattern)
        assert urls, where
        for url in urls:
            for width, limit in zip((1440, 360), limits, strict=True):
                if limit is None:
                    continue
                desk.page.set_viewport_size({"width": width, "height": 640})
                desk.open(url)
                height = desk.page.evaluate("document.documentElement.scrollHeight")
                if height > most(url, limit):
                    long.append(f"{url}: {height} px at {width}")
    assert not long, "\n".join(long)


def links(desk: Screen, where: str, pattern: str) -> list[str]:
    """The first pages of a kind that a person finds; sections are one page further."""
    desk.open(where)
    if pattern == r"/sections/":
        desk.open(links(desk, where, r"^/applying/[A-Z]")[0])
    found = desk.page.eval_on_selector_all("main a", "all => all.map(a => a.getAttribute('href'))")
    return list(dict.fromkeys(url for url in found if url and re.search(pattern, url)))[:14]


ROWS_OF_RANKING = 18
MATCH_BY = 300
"""Pixels from the top at which the button of a sure match begins, at most."""


def test_a_ranking_and_a_match_of_the_bank_are_seen_at_once(
    demonstration: Demonstration, desk: Screen
) -> None:
    app = demonstration.app(FlaskClient)
    desk.owner = browser_of(app, demonstration, STAFF[0].email)
    (ranking, *_others) = [
        url for url in links(desk, "/decisions", r"/ranking$") if url.endswith("SGP2/ranking")
    ]
    desk.open(ranking)
    in_sight = """[...document.querySelectorAll('.ranking tbody tr')]
        .filter(row => row.getBoundingClientRect().bottom <= innerHeight)"""
    assert desk.page.evaluate(f"{in_sight}.length") >= ROWS_OF_RANKING
    assert desk.page.evaluate(f"{in_sight}.some(row => row.matches('.ranking__line'))")
    rows = desk.page.locator(".ranking__row")
    assert max(box.bounding_box()["height"] for box in rows.all()) <= 34  # type: ignore[index]
    desk.owner = browser_of(app, demonstration, "meilin.tan@example.org")
    sure = []
    for url in links(desk, "/bank", r"^/bank/lines/"):
        desk.open(url)
        button = desk.page.get_by_role("button", name="Record it on this pledge")
        if button.count():
            box = button.first.bounding_box()
            assert box is not None
            sure.append((url, box["y"]))
    assert sure
    assert [line for line in sure if line[1] > MATCH_BY] == []


CASES = ("/applications", "/decisions?stage=", "/awards", "/pledges")
ACTS_BY = 290
"""Pixels from the top at which the acts of a case begin, at most."""


def test_the_acts_of_a_case_come_first_and_stay_in_sight(
    demonstration: Demonstration, desk: Screen
) -> None:
    desk.owner = browser_of(demonstration.app(FlaskClient), demonstration, STAFF[0].email)
    acts = "document.querySelector('.turn').getBoundingClientRect()"
    for where in CASES:
        address = links(desk, where, r"^/(applications|decisions|grants|pledges)/[A-Z][^/]+$")[0]
        desk.open(address)
        assert desk.page.evaluate(f"{acts}.top") <= ACTS_BY, address
        desk.page.evaluate("scrollTo(0, 600)")
        if desk.page.evaluate("scrollY") > ACTS_BY:
            assert desk.page.evaluate(f"{acts}.top") == 0, address


FIRST_TASK_BY = 300


def test_the_deadline_and_the_first_task_are_on_the_first_screen_of_a_phone(
    demonstration: Demonstration, desk: Screen
) -> None:
    desk.owner = browser_of(demonstration.app(FlaskClient), demonstration, "fanta.kone@example.org")
    address = links(desk, "/applying", r"^/applying/[A-Z]")[0]
    desk.page.set_viewport_size({"width": 360, "height": 780})
    desk.open(address)
    for part in (".page__caption strong", ".govuk-task-list__link"):
        box = desk.page.locator(part).first.bounding_box()
        assert box is not None
        assert box["y"] <= FIRST_TASK_BY, part


SHEET = 1047
"""A4 across in dots, 96 an inch, less its margins."""
LISTS = ("/pledges", "/applications", "/decisions", "/awards", "/donors", "/ledger/UNVTF/entries")


def test_a_printed_list_fits_its_sheet_without_menus(
    demonstration: Demonstration, desk: Screen
) -> None:
    desk.page.set_viewport_size({"width": SHEET, "height": 700})
    desk.page.emulate_media(media="print")
    desk.owner = browser_of(demonstration.app(FlaskClient), demonstration, STAFF[0].email)
    for url in LISTS:
        desk.open(url)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= SHEET, url
        for gone in (".rail", ".listing__tools", ".filter-bar", ".drop"):
            assert not desk.page.locator(gone).locator("visible=true").count(), (url, gone)
        assert desk.page.locator("h1").is_visible(), url
