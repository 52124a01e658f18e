"""An NGO's way, from registration to report."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.applying.applications.answers import REQUIRED_PAPERS, complete_answers
from tests.browser.conftest import Site
from tests.browser.walking import (
    a_day,
    a_paper,
    answer,
    choose_passphrase,
    download,
    follow,
    press,
    text_of,
)


def register_organisation(page: Page, site: Site) -> None:
    """A person registers an organisation and invites a colleague."""
    page.goto("/")
    follow(page, "/sign-in", "/register", home=False)
    answer(page, name="Casa Segura", country="HN", registration_number="HN-77")
    answer(page, **a_day("registered_on", 4, 5, 2019))
    answer(page, your_name="Luz Reyes", email="luz@casa.example", language="en")
    press(page, "Send me the link")
    page.goto(site.link("luz@casa.example", "/register/"))
    press(page, "Confirm and register")
    choose_passphrase(page)
    follow(page, "/organisations")
    press(page, "Invite a colleague")
    answer(page, name="Eva Paz", email="eva@casa.example", role="organisation_editor")
    press(page, "Send the invitation")


def write_application(page: Page, call: str, folder: Path) -> str:
    """A colleague reads the call, begins, and fills in section by section."""
    follow(page, "/calls", f"/calls/{call}")
    expect(page.get_by_text("Vienna time").first).to_be_visible()
    press(page, "Apply")
    for yes in page.get_by_label("Yes", exact=True).all():
        yes.check()
    press(page, "Start the application")
    reference = page.url.rsplit("/", 1)[-1]
    here = f"/applying/{reference}"
    for section, typed in complete_answers("HN", 12_000).items():
        follow(page, here, f"{here}/sections/{section}", home=False)
        add_rows(page, typed)
        fill(page, typed)
        press(page, "Save and continue")
    follow(page, here, f"{here}/sections/documents", home=False)
    for question in REQUIRED_PAPERS:
        page.locator(f"[name='q_{question}']").set_input_files(a_paper(folder, question))
        page.locator(f"[data-papers={question}] .papers__file a").first.wait_for()
    return reference


def fill(page: Page, typed: dict[str, list[str]]) -> None:
    """Answers as a browser sends them, put where a person would type them."""
    for name, values in typed.items():
        for value in values:
            answer(page, **{name: value})


def add_rows(page: Page, typed: dict[str, list[str]]) -> None:
    """A budget needs a second line."""
    if any(name.startswith("q_budget-1-") for name in typed):
        second = page.locator("[name='q_budget-1-category']")
        if not second.count():
            page.get_by_role("button", name="Add").first.click()
            second.wait_for()


def submit(page: Page, reference: str, folder: Path) -> None:
    """The administrator reads everything once more, submits, and gets number, time and hash."""
    here = f"/applying/{reference}"
    follow(page, here, f"{here}/check")
    page.locator("[name='true']").check()
    press(page, "Submit the application")
    expect(page.get_by_text(re.compile("[0-9a-f]{64}"))).to_be_visible()
    copy = text_of(download(page, "opy", folder))
    assert reference in copy


def state_account(page: Page, grant: str, folder: Path) -> None:
    """The administrator states where the organisation is to be paid."""
    follow(page, "/grants", f"/grants/{grant}/bank-details")
    press(page, "Enter bank details")
    answer(page, number="00 2233 4455", bank="Bank of the South", bic="BSOUHNTE")
    answer(page, bank_address="1 Main Square, Tegucigalpa")
    answer(page, evidence=a_paper(folder, "letter of the bank"))
    press(page, "Send the bank details")


def report(page: Page, grant: str) -> None:
    """The grantee reports, section by section."""
    sections: dict[str, dict[str, str]] = {
        "story": {"q_narrative": "The shelter was open.", "q_challenges": "Nights were hard."},
        "results": {},
        "people": {"q_beneficiaries-female-12-17": "30", "q_exploitation-sexual-people": "30"},
        "services": {"q_services-shelter-people": "30"},
        "money": {},
    }
    here = f"/grants/{grant}/reports/1"
    follow(page, "/grants", f"/grants/{grant}")
    for key, answers in sections.items():
        follow(page, here, f"{here}/sections/{key}", home=False)
        answer(page, **answers)
        lines = page.locator("[name^='q_spent_']").all()  # the organisation's own
        for field, amount in zip(lines, ("5,000", "3,000", *["0"] * len(lines)), strict=False):
            field.fill(amount)
        for field in page.locator("[name^='q_now_'], [name^='q_so_far_']").all():
            field.fill("30 girls in safety")
        press(page, "Save and continue")
        if reasons := page.locator("[name^='q_explain_']").all():  # asked where a line differs
            for field in reasons:
                field.fill("The second counsellor began late.")
            press(page, "Save and continue")
    follow(page, here, f"{here}/check", home=False)
    page.locator("[name='true']").check()
    press(page, "Submit the report")


def ask_to_be_verified(page: Page, folder: Path) -> None:
    """An administrator completes the profile, uploads the certificate, and asks."""
    follow(page, "/organisations")
    here = urlsplit(page.url).path
    profile = f"{here}/profile"
    follow(page, profile, f"{profile}/name", home=False)
    answer(page, address="Post box 12, Tegucigalpa", telephone="+999 504 0100")
    press(page, "Save")
    follow(page, profile, f"{profile}/people", home=False)
    answer(page, **{"key_persons-0-name": "Luz Reyes", "key_persons-0-role": "Director"})
    press(page, "Save")
    follow(page, profile, f"{here}/papers", home=False)
    press(page, "Upload a document")
    answer(page, kind="registration_certificate", file=a_paper(folder, "certificate"))
    answer(page, **a_day("issued_on", 4, 5, 2019))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    follow(page, here, f"{here}/verification", home=False)
    press(page, "Ask to be verified")
    press(page, "Ask to be verified")
