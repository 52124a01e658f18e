"""The way of an extension: asked for, recommended, approved, and its amendment signed by both."""

from playwright.sync_api import Page

from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from tests.browser.conftest import Site
from tests.browser.grant_way import sign_for_fund, sign_for_grantee
from tests.browser.walking import a_day, answer, follow, press


def ask_for_extension(page: Page, grant: str, months: int) -> None:
    """The organisation asks for more time for the same money."""
    here = f"/grants/{grant}"
    follow(page, "/grants", here, f"{here}/changes", f"{here}/changes/new/extension")
    typed = [page.locator(f"[name=ends_on-{part}]").input_value() for part in ("year", "month")]
    year, month = map(int, typed)
    last = months_after(clock.today().replace(year=year, month=month, day=1), months)
    answer(page, **a_day("ends_on", 28, last.month, last.year))
    answer(page, reason="The permit of the new house came late.")
    press(page, "Send the request")


def take_step(page: Page, grant: str, words: str, **answers: str) -> None:
    """An officer finds the change among those that wait, and takes a step."""
    follow(page, "/grants/changes")
    page.locator("tr", has_text=grant).locator("a").first.click()
    page.wait_for_load_state()
    press(page, words)
    answer(page, **answers)
    press(page, words)


def send_amendment(page: Page, grant: str) -> None:
    """The fund manager sends the approved amendment for signature."""
    take_step(page, grant, "Send for signature", language="en")


def sign_amendment(manager: Page, grantee: Page, grant: str, site: Site) -> None:
    """Both sign it in the browser, like the agreement."""
    sign_for_grantee(grantee, site)
    sign_for_fund(manager, grant)
