"""A mission over four years with three secretaries, by links and buttons alone: a pledge for three
years, its earmark negotiated, signed on both sides, paid through the bank, handed over twice.
"""

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from grants.books.ledger.bank_accounts import account_by_code, describe_account
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_person
from grants.core.texts.formats import plain_money
from grants.granting.earmarks.queries import balance_of
from grants.platform.large_files.making import make
from grants.platform.large_files.models import LargeFile
from seeds.banking import DOLLARS
from tests.banking.bank.files import BankEntry
from tests.books.ledger.books import money
from tests.browser.bank_way import Bank, open_line, take_statement
from tests.browser.conftest import OpenBrowser, Site
from tests.browser.fund_people import Calendar, Fund
from tests.browser.test_from_nothing import calendar  # noqa: F401 - a fixture
from tests.browser.walking import a_day, answer, choose_passphrase, download, follow, press, text_of
from tests.factories import act_of
from tests.signing_in import can_sign_in

MANAGER, OFFICER = "manager@fund.example", "programme@fund.example"
FINANCE, APPROVER = "finance@fund.example", "approving@fund.example"
STAFF = {
    MANAGER: Role.FUND_MANAGER,
    OFFICER: Role.PROGRAMME_OFFICER,
    FINANCE: Role.FINANCE_OFFICER,
    APPROVER: Role.APPROVING_OFFICER,
}
INES, JOAO, ANA = (f"{name}@mission.example" for name in ("ines", "joao", "ana"))
STATE = "Permanent Mission of Brazil"
PART = "100000.00"
"""Of each year, in USD."""
YEAR = 366


@pytest.fixture
def staffed(site: Site) -> Site:
    """The fund's people and its account, which are there before the mission comes."""
    with site.database.transaction() as session:
        people = {}
        for email, role in STAFF.items():
            people[email] = enter_person(session, email, email.split("@", maxsplit=1)[0].title())
            can_sign_in(session, people[email])
            appoint(session, people[email], role)
        account = account_by_code(session, "UNVTF-USD")
        describe_account(session, account, DOLLARS, act_of(session, people[APPROVER]))
    return site


@dataclass
class Mission:
    """Who walks, and what is known so far."""

    fund: Fund
    folder: Path
    bank: Bank = field(default_factory=lambda: Bank(money("0.00")))
    code: str = ""
    pledge: str = ""

    @property
    def site(self) -> Site:
        return self.fund.site

    def at(self, email: str) -> Page:
        return self.fund.at(email)

    @property
    def own(self) -> str:
        """The address of the pledge for the donor's people."""
        return f"/giving/{self.pledge}"

    def pay(self) -> None:
        """The bank says that a part has come, and finance records it on the pledge."""
        finance = self.at(FINANCE)
        text = f"{self.pledge} voluntary contribution"
        take_statement(
            finance, self.bank, self.folder, BankEntry(money(PART), name=STATE, text=text)
        )
        open_line(finance, STATE)
        press(finance, "Record it on this pledge")

    def join(self, email: str) -> Page:
        """A colleague follows the invitation and chooses a passphrase."""
        page = self.fund.pages[email] = self.fund.open_browser()
        page.goto(self.site.link(email, "/giving/donors/join/"))
        press(page, "Join")
        choose_passphrase(page)
        return page

    def confirm_signatory(self) -> None:
        """The fund manager knows by the note verbale that the State has named the person."""
        manager = self.at(MANAGER)
        follow(manager, "/donors", f"/donors/{self.code}")
        press(manager, "Confirm the signatory")
        answer(manager, reason="The note verbale of the mission names the person.")
        press(manager, "Confirm the signatory")

    def hand_over(self, former: str, successor: str, name: str) -> None:
        """The secretary adds the colleague who takes over, and goes once they have joined."""
        page = self.at(former)
        follow(page, "/giving", f"/giving/donors/{self.code}")
        press(page, "Add a contact")
        answer(page, name=name, email=successor, role="mission", language="en", may="donor")
        press(page, "Save")
        self.join(successor)
        page = self.at(former)
        follow(page, "/giving", f"/giving/donors/{self.code}")
        page.get_by_role(
            "link", name=re.compile(former.split("@", maxsplit=1)[0], re.IGNORECASE)
        ).first.click()
        press(page, "Hand over to a colleague")
        page.locator("[name=successor]").select_option(label=name)
        press(page, "Hand over")
        self.confirm_signatory()

    def is_shut_for(self, email: str) -> bool:
        """Does a secretary who has left read nothing of the donor any more?"""
        page = self.at(email)
        closed = not page.locator("a[href^='/giving']").count()
        return closed and page.request.get(self.own).status in (403, 404)


def the_first_secretary_is_invited(mission: Mission) -> None:
    officer = mission.at(OFFICER)
    follow(officer, "/donors")
    press(officer, "Add a donor")
    answer(officer, name=STATE, kind="member_state", country="BR")
    press(officer, "Add")
    mission.code = officer.url.rsplit("/", 1)[-1]
    press(officer, "Contact persons")
    press(officer, "Add a contact")
    answer(officer, name="Ines Costa", email=INES, role="mission", language="en", may="donor")
    press(officer, "Save")
    mission.join(INES)
    mission.confirm_signatory()


def she_pledges_for_three_years(mission: Mission) -> None:
    ines = mission.at(INES)
    follow(ines, "/giving")
    press(ines, "Pledge to UNVTF")
    day = clock.today() + timedelta(days=20)
    for answers in (
        {"amount-currency": "USD", "amount-amount": "300,000", "plan": "yearly"},
        a_day("due_on", day.day, day.month, day.year),
        {"earmarking": "soft", "region": "latin_american"},
        {"public_name": "yes", "message": "For three years."},
    ):
        answer(ines, **answers)
        press(ines, "Continue")
    press(ines, "Submit the pledge")
    follow(ines, "/giving")
    reference = ines.get_by_text(re.compile(r"UNVTF-P-\d{4}-\d+")).first.inner_text()
    mission.pledge = reference.split()[0]


def the_earmark_is_negotiated(mission: Mission) -> None:
    manager = mission.at(MANAGER)
    follow(manager, "/pledges", f"/pledges/{mission.pledge}")
    press(manager, "Acknowledge")
    press(manager, "Acknowledge and send the letter")
    press(manager, "Propose another earmark")
    answer(manager, earmarking="soft", region="african", reason="Calls of Africa wait for money.")
    press(manager, "Send the proposal to the donor")
    ines = mission.at(INES)
    press(ines, "See the proposal")
    press(ines, "Agree")
    press(ines, "Agree")
    expect(ines.get_by_text("African States").first).to_be_attached()


def both_sides_sign(mission: Mission) -> None:
    manager = mission.at(MANAGER)
    follow(manager, "/pledges", f"/pledges/{mission.pledge}")
    press(manager, "Prepare the agreement for signature")
    press(manager, "Send the agreement to the donor")
    mission.site.letters(INES)  # the worker draws the paper
    ines = mission.at(INES)
    press(ines, "Sign and return")
    press(ines, "Sign online")
    press(ines, "Send me a code")
    letter = mission.site.letters(INES)[-1].get_body(("plain",))
    assert letter is not None
    code = re.search(r"\b\d{6}\b", letter.get_content())
    assert code is not None
    answer(ines, function="Ambassador", code=code[0])
    ines.locator("[name=agreed]").check()
    press(ines, "Sign for the donor")
    manager = mission.at(MANAGER)
    follow(manager, "/pledges", f"/pledges/{mission.pledge}")
    press(manager, "Sign for the fund")
    answer(manager, function="Fund Manager")
    manager.locator("[name=agreed]").check()
    press(manager, "Sign for the fund")


def paper(page: Page, document: str, folder: Path) -> str:
    """The words of a PDF that a page offers."""
    href = page.locator(f"a[href*='/{document}/']").first.get_attribute("href")
    assert href is not None, f"{page.url} offers no {document}"
    path = folder / f"{document}.pdf"
    path.write_bytes(page.request.get(href).body())
    return text_of(path)


def the_note_is_ready(mission: Mission) -> None:
    ines = mission.at(INES)
    follow(ines, "/giving", mission.own)
    note = paper(ines, "note-verbale", mission.folder)
    assert "300,000.00" in note
    assert STATE in note


def a_part_has_come(mission: Mission, email: str) -> None:
    """The bank has a part, and the secretary of that year has its receipt."""
    mission.pay()
    page = mission.at(email)
    follow(page, "/giving", mission.own)
    assert "100,000.00" in paper(page, "receipt", mission.folder)


def the_audit_court_gets_every_year(mission: Mission, years: int) -> None:
    """One ZIP for each year of the statements, in which every receipt of the year is; and one of
    all years.
    """
    page = mission.at(ANA)
    follow(page, "/statements")
    links = page.locator(f"a[href^='/statements/years/{mission.code}/']")
    assert links.count() == years + 1
    addresses = [link.get_attribute("href") or "" for link in links.all()]
    receipts = 0
    for address in addresses:
        follow(page, "/statements", address)
        press(page, "Prepare the file")
        with ThreadPoolExecutor(1) as aside:  # Playwright keeps this thread's event loop busy
            aside.submit(make_newest_file, mission.site).result()
        page.reload()
        href = page.locator(f"main a[href*='{address}']").first.get_attribute("href")
        assert href is not None
        archive = zipfile.ZipFile(io.BytesIO(page.request.get(href).body()))
        receipts += len([name for name in archive.namelist() if re.search(r"-R-\d{4}", name)])
    assert receipts == 2 * 3, "each in its year, and in the whole"


def make_newest_file(site: Site) -> None:
    """The worker makes the file that was ordered last."""
    with site.database.session() as session:
        number = session.scalars(select(LargeFile.id).order_by(LargeFile.id.desc())).first()
    assert number is not None
    make(site.app, number)


def the_figures_tie(mission: Mission) -> None:
    """What the donor reads of its earmark, the bank and the ledger are the same to the cent."""
    with mission.site.database.session() as session:
        fund = fund_by_code(session, "UNVTF")
        earmark = balance_of(session, fund, mission.pledge)
        assert (earmark.received, earmark.left) == (usd(300_000_00), usd(300_000_00))
        assert balances(session, fund).cash == mission.bank.balance == usd(300_000_00)
        assert not list(breaches(session))
    page = mission.at(ANA)
    words = f"{plain_money(usd(300_000_00))} received, {plain_money(usd(300_000_00))} left"
    expect(page.get_by_text(words)).to_be_visible()


@pytest.mark.walk
@pytest.mark.timeout(900)  # seven people, one after the other, through four years
def test_a_mission_over_four_years_with_three_secretaries(
    staffed: Site,
    person_at: OpenBrowser,
    calendar: Calendar,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    mission = Mission(Fund(staffed, person_at), tmp_path)
    the_first_secretary_is_invited(mission)
    she_pledges_for_three_years(mission)
    the_earmark_is_negotiated(mission)
    both_sides_sign(mission)
    the_note_is_ready(mission)
    a_part_has_come(mission, INES)
    calendar.go_to_day(YEAR)
    mission.hand_over(INES, JOAO, "Joao Silva")
    assert mission.is_shut_for(INES)
    a_part_has_come(mission, JOAO)
    calendar.go_to_day(2 * YEAR)
    mission.hand_over(JOAO, ANA, "Ana Prado")
    assert mission.is_shut_for(JOAO)
    a_part_has_come(mission, ANA)
    calendar.go_to_day(3 * YEAR)
    report = download(mission.at(ANA), "What your contribution did in", tmp_path)
    assert "African States" in text_of(report)
    the_audit_court_gets_every_year(mission, years=3)
    the_figures_tie(mission)
