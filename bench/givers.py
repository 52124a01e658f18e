"""What the ways of five readers cost in pages, fields, clicks and seconds, by links
and buttons alone, in a real Chromium on a demonstration.

The seconds are those of a program that hesitates nowhere: a person adds the time to read and type.
Ends with an error where a way is longer than it was. docs/givers.md keeps a run of it.

    python -m bench.givers [--site http://localhost:5000]
"""

import argparse
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

from bench._demonstration import demonstration
from bench._stand import show
from grants.core.kernel import clock
from grants.machine import chromium

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
FUND = "/funds/UNVTF"
MANAGER = "ingrid.solvang@example.org"


@dataclass
class Walk:
    """One reader: the page, and what the way has cost so far."""

    page: Page
    pages: int = 0
    fields: int = 0
    clicks: int = 0
    seconds: float = 0.0
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.page.on("load", self._count_page)

    def _count_page(self, _page: Page) -> None:
        self.pages += 1

    def press(self, words: str) -> None:
        """Follow a link or press a button, by its words."""
        name = re.compile(rf"^\s*{re.escape(words)}\s*$")
        button = self.page.get_by_role("button", name=name)
        link = self.page.get_by_role("link", name=name)
        (button if button.count() else link).first.click()
        self.page.wait_for_load_state()
        self.clicks += 1
        errors = self.page.locator(".govuk-error-summary")
        if errors.count():
            sys.exit(f"{self.page.url}: {errors.inner_text()}")

    def go(self, address: str) -> None:
        """Follow the link that leads to an address, whatever it is called."""
        self.page.locator(f"main a[href='{address}'], nav a[href='{address}']").first.click()
        self.page.wait_for_load_state()
        self.clicks += 1

    def answer(self, **answers: str) -> None:
        """Fill fields by their names; a choice that is one press is a click too."""
        for name, value in answers.items():
            control = self.page.locator(f"[name='{name}']").first
            self.fields += 1
            if control.get_attribute("type") in {"radio", "checkbox"}:
                self.page.locator(f"[name='{name}'][value='{value}']").check(force=True)
                self.clicks += 1
            elif control.evaluate("control => control.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)

    def sees(self, words: str) -> None:
        if words not in self.page.content():
            sys.exit(f"“{words}” is not on {self.page.url}.")


def a_person(walk: Walk) -> None:
    """CHF 200 on a phone, until the page that says how to pay."""
    walk.press("Give")
    walk.answer(proposed="other")
    walk.answer(**{"other-amount": "200", "other-currency": "CHF"})
    walk.answer(name="Reto Ammann", email="reto.ammann@example.org", country="CH")
    walk.press("Give")
    walk.sees("code-picture")


def _pledge(walk: Walk, kind: str, name: str, country: str) -> None:
    walk.press("Give")
    walk.press("Pledge for a State, in several payments or for a purpose")
    walk.answer(kind=kind)
    walk.press("Continue")
    walk.answer(name=name, country=country)
    walk.press("Continue")
    walk.answer(name="Ana Prado", email="ana.prado@example.org", language="en")
    walk.press("Continue")


def _finish(walk: Walk) -> None:
    walk.answer(public_name="yes")
    walk.press("Continue")
    walk.press("Submit the pledge")
    walk.sees("ana.prado@example.org")


def a_state(walk: Walk) -> None:
    """EUR 300,000 in two instalments, until the pledge is sent."""
    _pledge(walk, "member_state", "Government of Portugal", "PT")
    walk.answer(**{"amount-amount": "300000", "amount-currency": "EUR", "plan": "several"})
    walk.press("Continue")
    for place, month in enumerate(("3", "9")):
        day = {"day": "1", "month": month, "year": str(clock.today().year + 1)}
        walk.answer(**{f"rows-{place}-due_on-{part}": value for part, value in day.items()})
    walk.press("Continue")
    walk.answer(earmarking="unearmarked")
    walk.press("Continue")
    _finish(walk)


def a_foundation(walk: Walk) -> None:
    """CHF 75,000 for Nepal alone, until the pledge is sent."""
    _pledge(walk, "foundation", "Stiftung Hafenlicht", "CH")
    walk.answer(**{"amount-amount": "75000", "amount-currency": "CHF", "plan": "one"})
    walk.press("Continue")
    walk.press("Continue")
    walk.answer(earmarking="earmarked")
    walk.answer(**{"countries-0-country": "NP"})
    walk.press("Continue")
    _finish(walk)


def a_journalist(walk: Walk) -> None:
    """Who gave, who got, what is unspent, what it did in Kenya, and all of it as files."""
    for address, words in (
        (f"{FUND}/donors", "Austria"),
        (f"{FUND}/grants", "Kenya"),
        (f"{FUND}/source-and-use", "has not been spent"),
        (f"{FUND}/data", "CSV"),
    ):
        walk.go(address)
        walk.sees(words)
        walk.page.goto(FUND)
        walk.pages -= 1
    walk.press("All countries and results of 2026")
    walk.sees("in-KE")


def a_fundraiser(walk: Walk) -> None:
    """Whom to ask next and why; who gave last year but not this; what is to come by quarter."""
    walk.go("/outreach")
    walk.press("Pipeline by quarter")
    walk.sees("quarter")
    walk.press("Donors to ask next")
    walk.sees("Gave last year")


WAYS: tuple[tuple[str, Callable[[Walk], None], int, str], ...] = (
    ("A person, CHF 200", a_person, 360, "de-CH"),
    ("A State, EUR 300,000 in two parts", a_state, 1280, "en-GB"),
    ("A foundation, CHF 75,000 for Nepal", a_foundation, 1280, "en-GB"),
    ("A journalist, five questions", a_journalist, 1280, "en-GB"),
    ("A fundraiser, whom to ask, what is to come", a_fundraiser, 1280, "en-GB"),
)
MOST: dict[Callable[[Walk], None], tuple[int, int, int]] = {
    a_person: (2, 6, 3),
    a_state: (10, 17, 14),
    a_foundation: (10, 12, 14),
    a_journalist: (5, 0, 5),
    a_fundraiser: (3, 0, 3),
}
"""Pages, fields and clicks that each way may cost: these numbers only fall."""


def walked(browser: Browser, site: str, row: tuple[str, Callable[[Walk], None], int, str]) -> Walk:
    """One way from its first page to its last."""
    _words, way, width, locale = row
    context = browser.new_context(
        base_url=site, viewport={"width": width, "height": 800}, locale=locale
    )
    page = context.new_page()
    if way is a_fundraiser:
        page.goto("/demonstration?language=en")
        page.locator("main tr", has_text=MANAGER).locator("button").click()
        page.wait_for_load_state()
    else:
        page.goto(f"{FUND}?language=en")
    walk = Walk(page)
    way(walk)
    walk.seconds = time.monotonic() - walk.begun
    context.close()
    return walk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", help="a demonstration that runs; without it one is made")
    rows, longer = [], []
    with demonstration(parser.parse_args().site) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for row in WAYS:
            walk = walked(browser, site, row)
            costs = (walk.pages, walk.fields, walk.clicks)
            rows.append((row[0], *map(str, costs), f"{walk.seconds:.1f}"))
            if any(cost > most for cost, most in zip(costs, MOST[row[1]], strict=True)):
                longer.append(row[0])
        browser.close()
    show("What a way costs", ("", "pages", "fields", "clicks", "seconds"), rows)
    if longer:
        sys.exit(f"Longer than before: {', '.join(longer)}.")


if __name__ == "__main__":
    main()
