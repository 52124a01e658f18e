"""A grant's way up to its first payment: prepared, signed by both in the browser, its account."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.ngo_way import CASA, Ngo
from tests.browser.walking import a_paper, answer, follow, press


def accept_award(page: Page, grant: str) -> None:
    """The organisation reads on its start page that it has a grant, and accepts it."""
    follow(page, f"/grants/{grant}/acceptance")
    press(page, "Accept the award")


def prepare(page: Page, grant: str) -> None:
    """The organisation brings its budget to the award, and answers about its finances."""
    here = f"/grants/{grant}"
    follow(page, "/grants", here, f"{here}/before-agreement", f"{here}/revised-budget")
    answer(page, **{"lines-0-amount": "6,000", "lines-1-amount": "5,000"})
    press(page, "Submit")
    follow(page, f"{here}/before-agreement", f"{here}/finance", home=False)
    for yes in page.locator("main [type=radio][value=yes]").all():
        name = yes.get_attribute("name") or ""
        answer(page, **{name: "no" if name in ("q_cash", "q_others") else "yes"})
    press(page, "Submit")


def check_prepared(page: Page, grant: str) -> None:
    """The programme officer accepts both."""
    for part in ("budget", "finance"):
        follow(page, "/prepared", f"/grants/{grant}/prepared/{part}")
        press(page, "Accept")
        press(page, "Accept")


def send_out(page: Page, grant: str) -> None:
    """The fund manager sends the agreement for signature."""
    here = f"/grants/{grant}"
    follow(page, "/awards", here, f"{here}/before-agreement")
    follow(page, f"{here}/send-for-signature", home=False)
    press(page, "Send for signature")


def sign_for_grantee(page: Page, site: Site, ngo: Ngo = CASA) -> None:
    """The director finds it among what is to be done, asks for a code by e-mail, and signs."""
    follow(page, "/grants")
    page.locator("main a[href*='/signing/']").first.click()
    page.wait_for_load_state()
    press(page, "Sign for the organisation")
    press(page, "Send me a code")
    answer(page, function="Director", code=code_sent(site, ngo.email))
    page.locator("[name=agreed]").check()
    press(page, "Sign for the organisation")


def code_sent(site: Site, email: str) -> str:
    """The code of the newest e-mail that has one."""
    for letter in reversed(site.letters(email)):
        body = letter.get_body(("plain",))
        assert body is not None
        if code := re.search(r"^\s*(\d{6,8})\s*$", body.get_content(), re.MULTILINE):
            return code[1]
    raise AssertionError(f"no code has reached {email}")


def sign_for_fund(page: Page, grant: str) -> None:
    """The fund manager signs what the grantee has signed."""
    follow(page, "/signing")
    page.locator(f"main a[href^='/grants/{grant}/signing/']").first.click()
    page.wait_for_load_state()
    press(page, "Sign for the fund")
    answer(page, function="Manager of the fund")
    page.locator("[name=agreed]").check()
    press(page, "Sign for the fund")


def correct_account(page: Page, grant: str, number: str, folder: Path) -> None:
    """The bank knew no such account: the director reads why, and enters the right number."""
    follow(page, "/grants", f"/grants/{grant}/instalments/1")
    expect(page.get_by_text("AC01")).to_be_visible()
    press(page, "Correct the bank details")
    press(page, "Change the bank details")
    answer(page, number=number, bank="Bank of the South", bic="BSOUHNTE")
    answer(page, bank_address="1 Main Square", evidence=a_paper(folder, "letter of the bank"))
    press(page, "Send the bank details")
