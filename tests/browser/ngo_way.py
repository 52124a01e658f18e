"""An NGO's way, from registration to report."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Ngo:
    """An organisation that applies, and the two people who work for it."""

    name: str
    country: str
    number: str
    director: str
    email: str
    colleague: str
    colleague_email: str
    account: str = ""
    bic: str = ""


CASA = Ngo(
    "Casa Segura",
    "HN",
    "HN-77",
    "Luz Reyes",
    "luz@casa.example",
    "Eva Paz",
    "eva@casa.example",
    "00 2233 4455",
    "BSOUHNTE",
)
MAISON = Ngo(
    "Maison Claire",
    "BJ",
    "BJ-12",
    "Awa Dossou",
    "awa@maison.example",
    "Koffi Ade",
    "koffi@maison.example",
    "BJ66 BJ06 1010 0100 1443 9000 0769",
    "ECOCBJBJ",
)
KUCA = Ngo(
    "Kuca Nade",
    "RS",
    "RS-9",
    "Vera Ilic",
    "vera@kuca.example",
    "Mila Petrov",
    "mila@kuca.example",
)


def register_organisation(page: Page, site: Site, ngo: Ngo = CASA) -> None:
    """A person registers an organisation and invites a colleague."""
    page.goto("/")
    follow(page, "/sign-in", "/register", home=False)
    answer(page, name=ngo.name, country=ngo.country, registration_number=ngo.number)
    answer(page, **a_day("registered_on", 4, 5, 2019))
    answer(page, your_name=ngo.director, email=ngo.email, language="en")
    press(page, "Send me the link")
    page.goto(site.link(ngo.email, "/register/"))
    press(page, "Confirm and register")
    choose_passphrase(page)
    follow(page, "/organisations")
    press(page, "Invite a colleague")
    answer(page, name=ngo.colleague, email=ngo.colleague_email, role="organisation_editor")
    press(page, "Send the invitation")


def join_organisation(page: Page, site: Site, ngo: Ngo = CASA) -> None:
    """The colleague follows the invitation."""
    page.goto(site.link(ngo.colleague_email, "/join/"))
    press(page, "Join")
    choose_passphrase(page)


def write_application(page: Page, call: str, folder: Path, ngo: Ngo = CASA) -> str:
    """A colleague reads the call, begins, and fills in section by section."""
    follow(page, "/calls", f"/calls/{call}")
    expect(page.get_by_text("Vienna time").first).to_be_visible()
    press(page, "Apply")
    for yes in page.get_by_label("Yes", exact=True).all():
        yes.check()
    press(page, "Start the application")
    reference = page.url.rsplit("/", 1)[-1]
    here = f"/applying/{reference}"
    for section, typed in complete_answers(ngo.country, 12_000).items():
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


def state_account(page: Page, grant: str, folder: Path, ngo: Ngo = CASA) -> None:
    """The administrator states where the organisation is to be paid."""
    follow(page, "/grants", f"/grants/{grant}/bank-details")
    press(page, "Enter bank details")
    answer(page, number=ngo.account, bank="Bank of the South", bic=ngo.bic)
    answer(page, bank_address="1 Main Square")
    answer(page, evidence=a_paper(folder, "letter of the bank"))
    press(page, "Send the bank details")


def report(
    page: Page, grant: str, number: int = 1, spent: Sequence[str] = ("5,000", "3,000")
) -> None:
    """The grantee reports, section by section, what it spent on each line of its budget."""
    sections: dict[str, dict[str, str]] = {
        "story": {"q_narrative": "The shelter was open.", "q_challenges": "Nights were hard."},
        "results": {},
        "people": {"q_beneficiaries-female-12-17": "30", "q_exploitation-sexual-people": "30"},
        "services": {"q_services-shelter-people": "30"},
        "money": {},
    }
    here = f"/grants/{grant}/reports/{number}"
    follow(page, "/grants", f"/grants/{grant}")
    for key, answers in sections.items():
        follow(page, here, f"{here}/sections/{key}", home=False)
        answer(page, **answers)
        lines = page.locator("[name^='q_spent_']").all()  # the organisation's own
        for field, amount in zip(lines, (*spent, *["0"] * len(lines)), strict=False):
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


def ask_to_be_verified(page: Page, folder: Path, ngo: Ngo = CASA) -> None:
    """An administrator completes the profile, uploads the certificate, and asks."""
    follow(page, "/organisations")
    here = urlsplit(page.url).path
    profile = f"{here}/profile"
    follow(page, profile, f"{profile}/name", home=False)
    answer(page, address="Post box 12, Tegucigalpa", telephone="+999 504 0100")
    press(page, "Save")
    follow(page, profile, f"{profile}/people", home=False)
    answer(page, **{"key_persons-0-name": ngo.director, "key_persons-0-role": "Director"})
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
