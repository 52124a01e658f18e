"""The administrators' way: the fund's people, the fund itself, and what it needs to work."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from grants.core.kernel import clock
from tests.browser.conftest import Site
from tests.browser.walking import a_day, answer, choose_passphrase, follow, press
from tests.signing_in import code


def enter_by_command(site: Site, page: Page, email: str) -> None:
    """The owner of the installation invites an administrator, who chooses a passphrase."""
    result = site.app.test_cli_runner().invoke(args=["admin", "invite", email])
    assert result.exit_code == 0, result.output
    link = re.search(r"/sign-in/passphrase/\S+", result.output)
    assert link
    page.goto(link[0])
    choose_passphrase(page)


def set_up_app(page: Page) -> str:
    """A person whose role needs a second factor adds an authenticator app; its secret."""
    follow(page, "/account/factors/app", home=False)
    secret = page.locator("[name=secret]").input_value()
    answer(page, name="Phone", code=code(secret=secret))
    press(page, "Add the app")
    return secret


def appoint(page: Page, email: str, role: str, fund: str = "UNVTF") -> str:
    """One administrator appoints a person; the address of what came of it."""
    follow(page, "/people")
    press(page, "Appoint a person")
    name = email.split("@", maxsplit=1)[0].replace(".", " ").title()
    answer(page, email=email, name=name, role=role, fund=fund)
    answer(page, reason="Letter of appointment.")
    press(page, "Appoint")
    return page.url


def confirm(page: Page, address: str) -> None:
    """Another administrator confirms."""
    follow(page, "/people", urlsplit(address).path)
    press(page, "Confirm the appointment")
    press(page, "Confirm the appointment")
    expect(page.get_by_text("Held now").first).to_be_visible()


def enter_by_letter(site: Site, page: Page, email: str) -> None:
    """An appointed person follows the link in the e-mail."""
    page.goto(site.link(email, "/sign-in/passphrase/"))
    choose_passphrase(page)


def describe_fund(page: Page) -> None:
    """Mandate, letterhead and signatory, in both languages."""
    follow(page, "/fund-setup", "/fund-setup/UNVTF")
    press(page, "Describe the fund")
    answer(
        page,
        mandate_en="Established by General Assembly resolution 64/293, paragraph 38.",
        letterhead_en="United Nations Office on Drugs and Crime\nWagramer Strasse 5, 1400 Vienna",
        letterhead_ar="مكتب الأمم المتحدة المعني بالمخدرات والجريمة",
    )
    answer(page, **{"signatories-0-name": "Mara Manager"})
    answer(page, **{"signatories-0-title_en": "Manager of the fund"})
    press(page, "Save")


def describe_account(manager: Page, approver: Page) -> None:
    """The fund manager proposes what payments have to say, and the approving officer approves."""
    follow(manager, "/bank", "/bank/accounts", "/bank/accounts/UNVTF-USD")
    answer(
        manager,
        name="Main account",
        bank="Bank of Vienna",
        number="AT61 1904 3002 3457 3201",
        bic="BKAUATWW",
        beneficiary="United Nations, UNVTF",
        reason="The bank’s letter of this week.",
    )
    press(manager, "Propose the change")
    follow(approver, "/bank/account-changes")
    press(approver, "UNVTF-USD")
    press(approver, "Approve the change")
    press(approver, "Approve the change")


def enter_rate(page: Page) -> None:
    """The finance officer enters a rate for the donor's currency."""
    follow(page, "/ledger", "/ledger/rates", "/ledger/rates/new")
    day = clock.today() - timedelta(days=40)
    answer(page, code="EUR", rate="0.9", source="United Nations Treasury")
    answer(page, **a_day("effective_on", day.day, day.month, day.year))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def take_list(page: Page, folder: Path, content: bytes) -> None:
    """The programme officer takes the consolidated sanctions list."""
    path = folder / "consolidated.xml"
    path.write_bytes(content)
    follow(page, "/sanctions", "/sanctions/take")
    page.locator("[type=file]").set_input_files(str(path))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def set_signing(page: Page) -> None:
    """Grantees bring their budgets to the award, and answer about their finances."""
    follow(page, "/fund-setup", "/fund-setup/UNVTF", "/fund-setup/UNVTF/signing")
    answer(page, asks_budget="yes", asks_finance="yes")
    press(page, "Save")
