"""From first visit to last PDF: a donor, an NGO and the fund, each person as themselves."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page

from grants.books.ledger.queries import balances
from grants.books.ledger.rates import NewRate, add_rates
from grants.books.ledger.verify import breaches
from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_person
from grants.integrity.sanctions.service import take_list
from tests.browser import donor_way, fund_way, ngo_way
from tests.browser.conftest import OpenBrowser, Site
from tests.browser.walking import (
    choose_passphrase,
    download,
    follow,
    press,
    sign_in,
    text_of,
)
from tests.integrity.sanctions.lists import a_list
from tests.signing_in import can_sign_in

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
    """The fund's people, a rate for the donor's currency, and a list to compare donors with."""
    with site.database.transaction() as session:
        people = [(email, role) for role, email in STAFF.items()]
        for email, role in [*people, *((email, Role.REVIEWER) for email in REVIEWERS)]:
            person = enter_person(session, email, email.split("@")[0].replace(".", " ").title())
            can_sign_in(session, person)
            appoint(session, person, role)
        rate = NewRate("EUR", clock.today() - timedelta(days=40), Decimal("0.9"))
        add_rates(session, [rate], Act.by_system("test"))
        listed = a_list(generated=f"{clock.today()}T00:00:00Z")
        take_list(session, "consolidated.xml", listed, Act.by_system("test"))
    return site


@dataclass
class Fund:
    """The fund's people, each at a machine of their own from the first time they are needed."""

    open_browser: OpenBrowser
    pages: dict[str, Page] = field(default_factory=dict)

    def at(self, email: str) -> Page:
        if email not in self.pages:
            self.pages[email] = self.open_browser()
            sign_in(self.pages[email], email)
        return self.pages[email]

    def person(self, role: Role) -> Page:
        return self.at(STAFF[role])


@pytest.mark.timeout(400)  # a dozen people, one after the other
def test_three_ways_from_first_visit_to_last_pdf(
    staffed: Site, person_at: OpenBrowser, tmp_path: Path
) -> None:
    fund = Fund(person_at)
    a_donor_gives(staffed, fund, person_at(), tmp_path)
    luz = person_at()
    application = an_organisation_applies(staffed, fund, luz, person_at(), tmp_path)
    the_fund_decides(fund, application)
    grant = fund_way.award_of(luz, staffed, tmp_path)
    a_grant_runs(fund, luz, grant, tmp_path)
    with staffed.database.session() as session:
        told = balances(session, fund_by_code(session, "UNVTF"))
        assert str(told.grant_expense) == "4400.00"
        assert str(told.programme_support_cost) == "572.00"
        assert str(told.commitments) == "7458.00"
        assert str(told.cash) == "95014.11"
        assert breaches(session) == []
        fund_way.statement_of_fund(fund.person(Role.FUND_MANAGER), session, tmp_path)


def a_donor_gives(site: Site, fund: Fund, donor: Page, folder: Path) -> None:
    """Pledge, due diligence, letter, agreement, deposit, receipt, statement."""
    reference = donor_way.pledge_online(donor, site)
    donor_way.examine(fund.person(Role.PROGRAMME_OFFICER), reference)
    donor_way.clear(fund.person(Role.APPROVING_OFFICER), "Fundación Aurora")
    donor_way.take_to_agreement(fund.person(Role.FUND_MANAGER), reference, folder)
    donor_way.record_deposit(fund.person(Role.FINANCE_OFFICER), reference)
    follow(donor, "/giving", f"/giving/{reference}")
    letter = text_of(download(donor, "Acknowledgement letter", folder))
    assert "Fundación Aurora" in letter
    assert "90,000.00" in letter
    receipt = text_of(download(donor, "Receipt UNVTF", folder))
    assert f"UNVTF-R-{clock.today().year}-0001" in receipt
    follow(donor, "/statements")
    statement = text_of(download(donor, f"{clock.today().year} so far", folder))
    assert reference in statement
    with site.database.session() as session:
        told = balances(session, fund_by_code(session, "UNVTF"))
        assert (str(told.cash), str(told.contributions_receivable)) == ("99986.11", "0.00")
        assert (str(told.bank_charges), str(told.contribution_revenue)) == ("13.89", "100000.00")
    assert len(site.letters("marta@aurora.example")) >= 3


def an_organisation_applies(site: Site, fund: Fund, luz: Page, eva: Page, folder: Path) -> str:
    """A call opens; an administrator registers, a colleague writes, the administrator submits."""
    manager = fund.person(Role.FUND_MANAGER)
    call = fund_way.open_a_call(manager)
    ngo_way.register_organisation(luz, site)
    eva.goto(site.link("eva@casa.example", "/join/"))
    press(eva, "Join")
    choose_passphrase(eva)
    application = ngo_way.write_application(eva, call, folder)
    ngo_way.submit(luz, application, folder)
    fund_way.the_deadline_passes(site, call)
    fund_way.press_close(manager, call)
    ngo_way.ask_to_be_verified(luz, folder)
    return application


def the_fund_decides(fund: Fund, application: str) -> None:
    """Screening, two reviews, recommendation, the Board's advice, another person's approval."""
    fund_way.screen(fund.person(Role.PROGRAMME_OFFICER), application)
    fund_way.assign(fund.person(Role.PROGRAMME_OFFICER), application)
    for email in REVIEWERS:
        fund_way.review(fund.at(email), application)
    programme, approving = (
        fund.person(Role.PROGRAMME_OFFICER),
        fund.person(Role.APPROVING_OFFICER),
    )
    fund_way.examine_grantee(programme, approving)
    fund_way.recommend(fund.person(Role.FUND_MANAGER), application)
    fund_way.approve(fund.person(Role.APPROVING_OFFICER), application)


def a_grant_runs(fund: Fund, luz: Page, grant: str, folder: Path) -> None:
    """Agreement, instalment by three persons, receipt confirmed, report accepted by two."""
    fund_way.begin_early(fund.person(Role.APPROVING_OFFICER), grant, days_ago=130)
    fund_way.sign(fund.person(Role.FUND_MANAGER), grant, folder)
    certifying, finance = (fund.person(r) for r in (Role.CERTIFYING_OFFICER, Role.FINANCE_OFFICER))
    approving = fund.person(Role.APPROVING_OFFICER)
    ngo_way.state_account(luz, grant, folder)
    caller = fund.person(Role.PROGRAMME_OFFICER)
    fund_way.check_account(caller, approving)
    fund_way.pay(certifying, approving, finance, grant)
    follow(luz, "/grants", f"/grants/{grant}", f"/grants/{grant}/instalments/1")
    luz.locator("[name=answer][value=full]").check()
    press(luz, "Send your answer")
    ngo_way.report(luz, grant)
    programme = caller
    follow(programme, "/reports", f"/grants/{grant}/reports/1")
    press(programme, "Accept the narrative report")
    follow(finance, "/reports", f"/grants/{grant}/reports/1")
    press(finance, "Accept the financial report")
    follow(luz, "/grants", f"/grants/{grant}")
    assert "11,000.00" in text_of(download(luz, "Grant statement", folder))
