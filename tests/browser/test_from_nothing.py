"""From an empty installation to the first payment, by pages alone: no seed, no SQL.

The owner of the installation runs `flask setup` and invites two administrators; everything else is
done by people on pages, along links and buttons: an address is typed for the front page only, and
followed in e-mails. The calendar is the one thing that cannot be waited for, so it is moved.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from tests.browser import donor_way, fund_way, ngo_way, people_way
from tests.browser.conftest import OpenBrowser, Site
from tests.browser.walking import answer, choose_passphrase, follow, press, sign_in
from tests.integrity.sanctions.lists import a_list

FIRST, SECOND = "first.administrator@fund.example", "second.administrator@fund.example"
CONFIRMED = {
    "fund_manager": "mara.manager@fund.example",
    "programme_officer": "programme@fund.example",
    "finance_officer": "finance@fund.example",
    "certifying_officer": "certifying@fund.example",
    "approving_officer": "approving@fund.example",
    "trustee": "trustee@fund.example",
}
"""People whose roles decide or pay: a second administrator confirms them."""
AT_ONCE = {
    "first.reviewer@fund.example": "reviewer",
    "second.reviewer@fund.example": "reviewer",
}


@dataclass
class Calendar:
    """The clock of the running application, which may be moved ahead."""

    ahead: timedelta = timedelta()


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    moved, real = Calendar(), clock.now

    def now() -> datetime:
        return real() + moved.ahead

    monkeypatch.setattr(clock, "now", now)
    return moved


@dataclass
class Fund:
    """The fund's people, each at a machine of their own."""

    site: Site
    open_browser: OpenBrowser
    pages: dict[str, Page] = field(default_factory=dict)
    apps: dict[str, str] = field(default_factory=dict)
    """The secret in each person's authenticator app, of those whose role needs one."""

    def enter(self, email: str, way_in: Callable[[Site, Page, str], None]) -> None:
        """A person comes for the first time: a passphrase, and an app where the role needs it."""
        page = self.pages[email] = self.open_browser()
        way_in(self.site, page, email)
        if email in CONFIRMED.values() or email in (FIRST, SECOND):
            self.apps[email] = people_way.set_up_app(page)

    def at(self, email: str) -> Page:
        """The page of a person who has signed in; signed in again after the calendar has moved."""
        page = self.pages.setdefault(email, self.open_browser())
        page.goto("/")
        if page.locator("a[href='/start']").count():
            follow(page)
        else:
            follow(page, "/sign-in", home=False)
            sign_in(page, email, secret=self.apps.get(email))
        return page

    def person(self, role: str) -> Page:
        return self.at(CONFIRMED[role])


@pytest.mark.long
@pytest.mark.timeout(600)  # a dozen people, one after the other
def test_from_an_empty_installation_to_the_first_payment(
    site: Site, person_at: OpenBrowser, calendar: Calendar, tmp_path: Path
) -> None:
    fund = Fund(site, person_at)
    the_people_come(fund)
    the_fund_is_made_ready(fund, tmp_path)
    pledge = a_donor_pledges_and_pays(fund, person_at(), tmp_path)
    luz = person_at()
    application = an_organisation_applies(fund, luz, person_at(), calendar, tmp_path)
    grant = the_fund_decides(fund, application, luz, tmp_path)
    fund_way.begin_early(fund.person("approving_officer"), grant, days_ago=3)
    fund_way.sign(fund.person("fund_manager"), grant, tmp_path)
    ngo_way.state_account(luz, grant, tmp_path)
    fund_way.check_account(fund.person("programme_officer"), fund.person("approving_officer"))
    certifying, approving = fund.person("certifying_officer"), fund.person("approving_officer")
    fund_way.pay(certifying, approving, fund.person("finance_officer"), grant)
    the_trail_tells_it(fund, pledge)
    with site.database.session() as session:
        assert breaches(session) == []
        assert balances(session, fund_by_code(session, "UNVTF")).grant_expense.minor > 0


def the_people_come(fund: Fund) -> None:
    """Two administrators by command, everyone else by their pages."""
    for email in (FIRST, SECOND):
        fund.enter(email, people_way.enter_by_command)
    for role, email in CONFIRMED.items():
        address = people_way.appoint(fund.at(FIRST), email, role)
        people_way.confirm(fund.at(SECOND), address)
    for email, role in AT_ONCE.items():
        people_way.appoint(fund.at(FIRST), email, role)
    for email in (*CONFIRMED.values(), *AT_ONCE):
        fund.enter(email, people_way.enter_by_letter)


def the_fund_is_made_ready(fund: Fund, folder: Path) -> None:
    """What the checklist asks for, until nothing is missing."""
    administrator = fund.at(FIRST)
    expect(administrator.get_by_text("Before UNVTF can work")).to_be_visible()
    people_way.describe_fund(administrator)
    people_way.describe_account(fund.person("fund_manager"), fund.person("approving_officer"))
    people_way.enter_rate(fund.person("finance_officer"))
    listed = a_list(generated=f"{clock.today()}T00:00:00Z")
    people_way.take_list(fund.person("programme_officer"), folder, listed)
    follow(administrator, "/fund-setup")
    expect(administrator.get_by_text("Complete", exact=True)).to_be_visible()


def a_donor_pledges_and_pays(fund: Fund, donor: Page, folder: Path) -> str:
    """A pledge from the public form, confirmed, examined, signed and paid."""
    reference = donor_way.pledge_online(donor, fund.site)
    donor_way.examine(fund.person("programme_officer"), reference)
    donor_way.clear(fund.person("approving_officer"), "Fundación Aurora")
    donor_way.take_to_agreement(fund.person("fund_manager"), reference, folder)
    donor_way.record_deposit(fund.person("finance_officer"), reference)
    return reference


def an_organisation_applies(
    fund: Fund, luz: Page, eva: Page, calendar: Calendar, folder: Path
) -> str:
    """The first call opens; an organisation applies; the deadline passes."""
    call = fund_way.open_a_call(fund.person("fund_manager"))
    ngo_way.register_organisation(luz, fund.site)
    eva.goto(fund.site.link("eva@casa.example", "/join/"))
    press(eva, "Join")
    choose_passphrase(eva)
    application = ngo_way.write_application(eva, call, folder)
    ngo_way.submit(luz, application, folder)
    calendar.ahead = timedelta(days=45)
    fund_way.press_close(fund.person("fund_manager"), call)
    return application


def the_fund_decides(fund: Fund, application: str, luz: Page, folder: Path) -> str:
    """Screening, two reviews, recommendation, advice, approval; the grant's reference."""
    fund_way.screen(fund.person("programme_officer"), application)
    fund_way.assign(fund.person("programme_officer"), application)
    for email in [email for email, role in AT_ONCE.items() if role == "reviewer"]:
        fund_way.review(fund.at(email), application)
    ngo_way.ask_to_be_verified(fund.at("luz@casa.example"), folder)
    fund_way.examine_grantee(fund.person("programme_officer"), fund.person("approving_officer"))
    fund_way.recommend(fund.person("fund_manager"), application)
    fund_way.approve(fund.person("approving_officer"), application)
    luz.goto("/")
    follow(luz, "/sign-in", home=False)
    sign_in(luz, "luz@casa.example")
    return fund_way.award_of(luz, fund.site, folder)


def the_trail_tells_it(fund: Fund, pledge: str) -> None:
    """Who did what stands on the trail's page."""
    manager = fund.person("fund_manager")
    follow(manager, "/trail")
    answer(manager, record=pledge)
    press(manager, "Apply filters")
    expect(manager.get_by_text("Mara Manager").first).to_be_visible()
