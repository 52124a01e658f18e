"""A donor's way, step by step: each function is one person at one page."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from grants.core.kernel import clock
from tests.browser.conftest import Site
from tests.browser.walking import (
    a_day,
    a_paper,
    answer,
    choose_passphrase,
    follow,
    press,
)


def pledge_online(page: Page, site: Site) -> str:
    """A visitor pledges in a few short pages and confirms by e-mail; the pledge's reference."""
    page.goto("/")
    press(page, "Give")
    press(page, "Pledge for a State, in several payments or for a purpose")
    for answers in (
        {"kind": "foundation"},
        {"name": "Fundación Aurora", "country": "ES"},
        {"name": "Marta Vidal", "email": "marta@aurora.example", "language": "en"},
        {"amount-currency": "EUR", "amount-amount": "90,000", "plan": "one"},
        {},
        {"earmarking": "unearmarked"},
        {"public_name": "yes", "message": "For those who start again."},
    ):
        answer(page, **answers)
        press(page, "Continue")
    expect(page.get_by_text("Fundación Aurora")).to_be_visible()
    press(page, "Submit the pledge")
    page.goto(site.link("marta@aurora.example", "/pledge/confirm/"))
    press(page, "Confirm the pledge")
    choose_passphrase(page)
    follow(page, "/giving")
    return page.get_by_text(re.compile(r"UNVTF-P-\d{4}-\d+")).first.inner_text().split()[0]


def examine(page: Page, reference: str) -> None:
    """The programme officer finds nothing against a donor that is no State, and says so."""
    follow(page, "/pledges", f"/pledges/{reference}")
    press(page, "The donor and its due diligence")
    press(page, "Begin due diligence")
    press(page, "Begin")
    find_nothing(page)


def find_nothing(page: Page) -> None:
    """Every criterion of an examination is answered, and the clearance recommended."""
    answer(page, source="The annual report of 2025 and the press.")
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= 1200, f"an examination is {height} px high"
    press(page, "Record “nothing found” for all the others")
    press(page, "Recommend")
    answer(page, outcome="clear", reason="Nothing was found.")
    press(page, "Recommend")


def clear(page: Page, donor: str) -> None:
    """The approving officer decides, another person than who examined."""
    follow(page, "/due-diligence")
    press(page, donor)
    press(page, "Decide")
    answer(page, outcome="clear")
    press(page, "Decide")


def take_to_agreement(page: Page, reference: str, folder: Path) -> None:
    """The fund manager acknowledges a pledge and records its signed agreement."""
    follow(page, "/pledges", f"/pledges/{reference}")
    press(page, "Acknowledge")
    press(page, "Acknowledge and send the letter")
    press(page, "Record the signed agreement")
    day = clock.today()
    answer(page, **a_day("signed_on", day.day, day.month, day.year))
    answer(page, file=a_paper(folder, "agreement"))
    press(page, "Record the agreement")


def record_deposit(page: Page, reference: str) -> None:
    """Finance records the money, less the fee of a bank."""
    follow(page, "/pledges", f"/pledges/{reference}")
    press(page, "Record a deposit")
    day = clock.today() - timedelta(days=2)
    answer(page, bank_reference="BT-778", amount="89,987.50", bank_fee="12.50")
    answer(page, **a_day("value_on", day.day, day.month, day.year))
    press(page, "Record the deposit")
