"""From first visit to last PDF: a donor, an NGO and the fund, each person as themselves."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader, PdfWriter

from grants.audit.act import Act
from grants.funds.queries import fund_by_code
from grants.kernel import clock
from grants.ledger.queries import balances
from grants.ledger.rates import NewRate, add_rates
from grants.ledger.verify import breaches
from grants.people import credentials
from grants.people.permissions import Role
from grants.people.service import appoint, enter_person
from tests.browser.conftest import OpenBrowser, Site
from tests.browser.walking import (
    PASSPHRASE,
    a_day,
    answer,
    choose_passphrase,
    download,
    press,
    sign_in,
)

STAFF = {
    Role.FUND_MANAGER: "manager@fund.example",
    Role.PROGRAMME_OFFICER: "programme@fund.example",
    Role.FINANCE_OFFICER: "finance@fund.example",
    Role.CERTIFYING_OFFICER: "certifying@fund.example",
    Role.APPROVING_OFFICER: "approving@fund.example",
}
REVIEWERS = ("first.reviewer@fund.example", "second.reviewer@fund.example")


@pytest.fixture
def staffed(site: Site) -> Site:
    """The fund's people, and a rate for the donor's currency."""
    with site.database.transaction() as session:
        people = [(email, role) for role, email in STAFF.items()]
        for email, role in [*people, *((email, Role.REVIEWER) for email in REVIEWERS)]:
            person = enter_person(session, email, email.split("@")[0].replace(".", " ").title())
            credentials.choose_passphrase(session, person, PASSPHRASE)
            appoint(session, person, role)
        rate = NewRate("EUR", clock.today() - timedelta(days=40), Decimal("0.9"))
        add_rates(session, [rate], Act.by_system("test"))
    return site


def text_of(path: Path) -> str:
    """The words of a PDF, spaces made plain."""
    words = "\n".join(page.extract_text() for page in PdfReader(path).pages)
    return re.sub(r"\s+", " ", words)


def a_paper(folder: Path, name: str) -> str:
    """A small PDF to hand in."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    path = folder / f"{name}.pdf"
    writer.write(path)
    return str(path)


def pledge_online(page: Page, site: Site) -> str:
    """A visitor pledges in a few short pages and confirms by e-mail; the pledge's reference."""
    page.goto("/pledge/UNVTF")
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
    press(page, "Send the pledge")
    page.goto(site.link("marta@aurora.example", "/pledge/confirm/"))
    press(page, "Confirm the pledge")
    choose_passphrase(page)
    page.goto("/giving")
    return page.get_by_text(re.compile(r"UNVTF-P-\d{4}-\d+")).first.inner_text().split()[0]


def test_a_donor_from_first_visit_to_statement(
    staffed: Site, person_at: OpenBrowser, tmp_path: Path
) -> None:
    donor, manager, finance = person_at(), person_at(), person_at()
    reference = pledge_online(donor, staffed)
    sign_in(manager, STAFF[Role.FUND_MANAGER])
    take_to_agreement(manager, reference, tmp_path)
    sign_in(finance, STAFF[Role.FINANCE_OFFICER])
    record_deposit(finance, reference)
    donor.goto(f"/giving/{reference}")
    letter = text_of(download(donor, "Acknowledgement letter", tmp_path))
    assert "Fundación Aurora" in letter
    assert "90,000.00" in letter
    receipt = text_of(download(donor, "Receipt of", tmp_path))
    assert f"UNVTF-R-{clock.today().year}-0001" in receipt
    donor.goto("/giving/statements")
    statement = text_of(download(donor, f"Statement for {clock.today().year}", tmp_path))
    assert reference in statement
    with staffed.database.session() as session:
        told = balances(session, fund_by_code(session, "UNVTF"))
        assert (str(told.cash), str(told.contributions_receivable)) == ("99986.11", "0.00")
        assert (str(told.bank_charges), str(told.contribution_revenue)) == ("13.89", "100000.00")
        assert breaches(session) == []
    assert len(staffed.letters("marta@aurora.example")) >= 3


def take_to_agreement(page: Page, reference: str, folder: Path) -> None:
    """The fund manager acknowledges a pledge and records its signed agreement."""
    page.goto(f"/pledges/{reference}")
    press(page, "Acknowledge")
    press(page, "Acknowledge and send the letter")
    press(page, "Record the signed agreement")
    day = clock.today() - timedelta(days=20)
    answer(page, **a_day("signed_on", day.day, day.month, day.year))
    answer(page, file=a_paper(folder, "agreement"))
    press(page, "Record the agreement")


def record_deposit(page: Page, reference: str) -> None:
    """Finance records the money, a bank's fee withheld on the way."""
    page.goto(f"/pledges/{reference}")
    press(page, "Record a deposit")
    day = clock.today() - timedelta(days=2)
    answer(page, bank_reference="BT-778", amount="89,987.50", bank_fee="12.50")
    answer(page, **a_day("value_on", day.day, day.month, day.year))
    press(page, "Record the deposit")
