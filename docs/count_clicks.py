"""Counts clicks, keys and seconds of eight tasks of a day: .venv/bin/python -m docs.count_clicks

On a fresh demonstration, up to the first act: by mouse alone, along the links of the start page;
by keyboard alone, with the dialog of Ctrl K, or else by Tab. Nothing is recorded, so that each run
finds the same.
"""

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from bench._stand import installation
from grants.core.kernel import clock
from grants.machine import chromium
from seeds.story import plant

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
NO_WAY = "no way | –"
MOST_TABS = 150


@dataclass(frozen=True)
class TaskOfDay:
    """A task: who does it, the links from the start page to the act, what is typed in Ctrl K."""

    name: str
    person: str
    links: tuple[str, ...]
    typed: str
    act: str
    rows: int = 1
    """Keys on the list before the case opens: j and Enter; 0 where Ctrl K opens the case itself."""


TASKS = (
    TaskOfDay(
        "screen ten",
        "tomas.varga",
        (".rail__link[href='/applications']", "main tbody a[href^='/screening/']"),
        "Screening",
        "main form button.govuk-button",
    ),
    TaskOfDay(
        "certify five",
        "kwame.boateng",
        ("main a[href^='/grants/'][href*='/instalments/']",),
        "Payments",
        "main form[action*=certify], main form button, main a.govuk-button",
    ),
    TaskOfDay(
        "match twenty lines",
        "meilin.tan",
        (".queue a[href^='/bank/lines/']",),
        "Bank",
        "main form button",
    ),
    TaskOfDay(
        "answer three questions",
        "tomas.varga",
        (
            "details > summary:has-text('All work')",
            "main a[href='/calls/questions-asked']",
            "main a[href*='/questions']",
        ),
        "Questions",
        "main form",
    ),
    TaskOfDay(
        "find a donor’s last receipt",
        "ingrid.solvang",
        (".rail__link[href='/donors']", "main tbody a[href='/donors/AISHA-RAHMAN']"),
        "Aisha Rahman",
        "main a[href*='/documents/receipt/']",
        0,
    ),
    TaskOfDay(
        "remind five",
        "ingrid.solvang",
        (".rail__link[href='/pledges']", "main a[href='/reminders']", "main tbody a"),
        "Reminders",
        "main form",
    ),
    TaskOfDay(
        "prepare a session",
        "ingrid.solvang",
        ("main a[href^='/board/sessions/']",),
        "Board of Trustees",
        "main form button, main .govuk-button",
    ),
    TaskOfDay(
        "check a report",
        "meilin.tan",
        ("main a[href^='/grants/'][href*='/reports/']",),
        "Reports",
        "main form button",
    ),
)


def main() -> None:
    with installation() as (app, database):
        with database.transaction() as session:
            plant(
                session, clock.today()
            )  # before the browser: signing has an event loop of its own
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            for line in table(browser, f"http://127.0.0.1:{server.port}"):
                sys.stdout.write(f"{line}\n")
            browser.close()
        server.shutdown()


def table(browser: Browser, site: str) -> Iterator[str]:
    yield "| task | clicks | seconds | keys | seconds |"
    yield "|---|--:|--:|--:|--:|"
    for task in TASKS:
        page = signed_in(browser, site, task.person)
        by_mouse = measured(page, lambda page, task=task: with_mouse(page, task))
        by_keys = measured(page, lambda page, task=task: with_finder(page, task))
        if by_keys == NO_WAY:
            by_keys = measured(page, lambda page, task=task: with_tab(page, task))
        yield f"| {task.name} | {by_mouse} | {by_keys} |"
        page.context.close()


def measured(page: Page, way: object) -> str:
    page.goto("/start")
    begun = time.monotonic()
    count = way(page)  # type: ignore[operator]
    return f"{count} | {time.monotonic() - begun:.1f}" if count else NO_WAY


def with_mouse(page: Page, task: TaskOfDay) -> int:
    """Clicks to the act, its own included; 0 where the links lead nowhere."""
    for link in task.links:
        if not page.locator(link).count():
            return 0
        page.locator(link).first.click()
        page.wait_for_load_state()
    return len(task.links) + 1 if page.locator(task.act).count() else 0


def with_tab(page: Page, task: TaskOfDay) -> int:
    """Keys to the act by Tab and Enter, from the beginning of each page."""
    keys = 1
    for link in task.links:
        wanted = page.locator(link).first
        for _press in range(MOST_TABS):
            page.keyboard.press("Tab")
            keys += 1
            if wanted.evaluate("link => link === document.activeElement"):
                break
        else:
            return 0
        with page.expect_navigation():
            page.keyboard.press("Enter")
        keys += 1
    return keys if page.locator(task.act).count() else 0


def with_finder(page: Page, task: TaskOfDay) -> int:
    """Keys to the act: Ctrl K, what is typed, down and Enter, and j and Enter on a list."""
    page.keyboard.press("Control+k")
    page.keyboard.type(task.typed)
    page.wait_for_timeout(400)
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys = 3 + len(task.typed)
    if task.rows:
        if not page.locator("main tbody a").count():
            return 0
        page.keyboard.press("j")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        keys += 2
    return keys + 1 if page.locator(task.act).count() else 0


def signed_in(browser: Browser, site: str, person: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, base_url=site)
    page.set_default_timeout(8_000)
    page.goto("/demonstration")
    page.locator(f"tr:has-text('{person}@') button").click()
    page.wait_for_load_state()
    return page


if __name__ == "__main__":
    main()
