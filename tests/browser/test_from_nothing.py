"""A whole cycle from an empty installation, by pages alone: no seed, no SQL.

The owner of the installation runs `flask setup` and invites two administrators; everything else is
done by people on pages, along links and buttons: an address is typed for the front page only, and
followed in e-mails. The calendar is the one thing that cannot be waited for, so it is moved.
"""

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from tests.browser import (
    bank_way,
    board_way,
    change_way,
    donor_way,
    end_way,
    fund_way,
    grant_way,
    monitoring_way,
    ngo_way,
    people_way,
    report_way,
)
from tests.browser.conftest import OpenBrowser, Site
from tests.browser.fund_people import (
    AT_ONCE,
    CONFIRMED,
    FIRST,
    SECOND,
    Calendar,
    Cycle,
    Fund,
)
from tests.browser.ngo_way import CASA, KUCA, MAISON
from tests.browser.walking import answer, follow
from tests.integrity.sanctions.lists import a_list

RETURNED = "How many nights was the shelter open?"
SPENT = (("2,500", "1,500"), ("2,500", "1,500"), ("1,000", "1,700"))
"""On shelter and counsellor, report by report: 300 of 11,000 are left."""


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    moved, real = Calendar(), clock.now

    def now() -> datetime:
        return real() + moved.ahead

    monkeypatch.setattr(clock, "now", now)
    return moved


@pytest.mark.long
@pytest.mark.timeout(1800)  # a dozen people, one after the other, through more than a year
def test_a_whole_cycle_from_an_empty_installation_to_published_results(
    site: Site, person_at: OpenBrowser, calendar: Calendar, tmp_path: Path
) -> None:
    cycle = Cycle(Fund(site, person_at), calendar, tmp_path)
    the_people_come(cycle.fund)
    the_fund_is_made_ready(cycle.fund, tmp_path)
    pledge = a_donor_pledges_and_pays(cycle.fund, person_at(), tmp_path)
    call = three_organisations_apply(cycle)
    the_fund_decides(cycle, call)
    both_sign(cycle)
    the_bank_returns_a_payment_and_takes_it_again(cycle)
    a_visit_finds_something(cycle)
    the_grant_is_extended(cycle)
    reports_are_accepted_and_paid(cycle)
    the_grant_ends(cycle)
    the_books_tie(cycle)
    the_trail_tells_it(cycle.fund, pledge)


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
    expect(administrator.get_by_text("Finish setting up UNVTF")).to_be_visible()
    people_way.describe_fund(administrator)
    people_way.set_signing(administrator)
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


def three_organisations_apply(cycle: Cycle) -> str:
    """The first call, with a question made in the builder, opens and closes; its number."""
    fund, folder = cycle.fund, cycle.folder
    call = fund_way.open_a_call(fund.person("fund_manager"))
    for ngo in (CASA, MAISON, KUCA):
        director, colleague = fund.open_browser(), fund.open_browser()
        fund.pages[ngo.email] = director
        ngo_way.register_organisation(director, fund.site, ngo)
        ngo_way.join_organisation(colleague, fund.site, ngo)
        application = ngo_way.write_application(colleague, call, folder, ngo)
        ngo_way.submit(director, application, folder)
        ngo_way.ask_to_be_verified(director, folder, ngo)
        cycle.applications.append(application)
    cycle.calendar.go_to_day(45)
    fund_way.press_close(fund.person("fund_manager"), call)
    return call


def the_fund_decides(cycle: Cycle, call: str) -> None:
    """Screening, two reviews each, recommendations, a session of the Board; two are awarded."""
    fund = cycle.fund
    programme, approving = fund.person("programme_officer"), fund.person("approving_officer")
    for application in cycle.applications:
        fund_way.screen(programme, application)
        fund_way.assign(programme, application)
    for email in AT_ONCE:
        reviewer = fund.at(email)
        for application in cycle.applications:
            fund_way.review(reviewer, application)
    *best, last = cycle.applications
    for ngo in (CASA, MAISON):
        fund_way.examine_grantee(programme, approving, ngo.name)
    manager, trustee = fund.person("fund_manager"), fund.person("trustee")
    board_way.recommend(manager, best, "11,000")
    board_way.not_recommend(manager, last)
    meeting = board_way.prepare_session(manager)
    board_way.declare(trustee, call)
    board_way.hold_session(manager, trustee, meeting)
    board_way.approve_all(approving, *best)
    board_way.reject(approving, last)
    for ngo in (CASA, MAISON):
        cycle.grants.append(fund_way.award_of(cycle.director(ngo), fund.site, cycle.folder, ngo))
        fund_way.begin_early(approving, cycle.grants[-1], days_ago=3)


def both_sign(cycle: Cycle) -> None:
    """Each grantee prepares, both sides sign in the browser, and the account is checked."""
    programme, manager = cycle.person("programme_officer"), cycle.person("fund_manager")
    approving = cycle.person("approving_officer")
    for ngo, grant in zip((CASA, MAISON), cycle.grants, strict=True):
        director = cycle.director(ngo)
        grant_way.accept_award(director, grant)
        grant_way.prepare(director, grant)
        grant_way.check_prepared(programme, grant)
        grant_way.send_out(manager, grant)
        grant_way.sign_for_grantee(director, cycle.site, ngo)
        grant_way.sign_for_fund(manager, grant)
        ngo_way.state_account(director, grant, cycle.folder, ngo)
        fund_way.check_account(programme, approving, ngo.name, ngo.director)


def pay(cycle: Cycle, amount: str, *payments: str, why: str = "") -> list[str]:
    """Certified, approved, sent as one file that a bank takes, debited, recorded from the lines."""
    certifying, approving = cycle.person("certifying_officer"), cycle.person("approving_officer")
    finance = cycle.person("finance_officer")
    bank_way.certify_and_approve(certifying, approving, *payments, why=why)
    bank_way.send_run(finance, *payments)
    orders = bank_way.file_of_run(finance, cycle.site, cycle.folder)
    names = (CASA.name, MAISON.name)
    debits = [
        bank_way.debit_of(order, amount, name) for order, name in zip(orders, names, strict=False)
    ]
    bank_way.take_statement(finance, cycle.bank, cycle.folder, *debits)
    bank_way.record_debits(finance, *payments)
    return list(orders)


def the_bank_returns_a_payment_and_takes_it_again(cycle: Cycle) -> None:
    """Both first instalments are paid; one comes back, is corrected, and is paid once more."""
    first, other = cycle.grants
    orders = pay(cycle, "4400", f"{first}/1", f"{other}/1")
    bank_way.confirm_receipt(cycle.director(MAISON), other, 1)
    cycle.calendar.go_to_day(48)
    finance = cycle.person("finance_officer")
    back = bank_way.return_of(orders[0], "4400", CASA.name)
    bank_way.take_statement(finance, cycle.bank, cycle.folder, back)
    bank_way.take_return(finance, CASA.name)
    grant_way.correct_account(cycle.director(), first, "00 2233 4466", cycle.folder)
    programme, approving = cycle.person("programme_officer"), cycle.person("approving_officer")
    fund_way.check_account(programme, approving, CASA.name, CASA.director)
    pay(cycle, "4400", f"{first}/1")
    bank_way.confirm_receipt(cycle.director(), first, 1)


def a_visit_finds_something(cycle: Cycle) -> None:
    """A visit is held and closed; its finding is answered with evidence and closed."""
    cycle.calendar.go_to_day(80)
    programme = cycle.person("programme_officer")
    monitoring_way.decide_plan(programme, cycle.grant)
    visit = monitoring_way.announce_visit(programme)
    monitoring_way.hold_visit(programme, visit, CASA.director)
    monitoring_way.close_visit(cycle.person("fund_manager"), visit)
    monitoring_way.answer_finding(cycle.director(), cycle.folder)
    monitoring_way.close_finding(programme, cycle.grant)


def the_grant_is_extended(cycle: Cycle) -> None:
    """Asked for, recommended, approved, and the amendment signed by both."""
    cycle.calendar.go_to_day(100)
    grant, manager = cycle.grant, cycle.person("fund_manager")
    change_way.ask_for_extension(cycle.director(), grant, 2)
    change_way.take_step(cycle.person("programme_officer"), grant, "Recommend the change")
    change_way.take_step(cycle.person("approving_officer"), grant, "Approve the change")
    change_way.send_amendment(manager, grant)
    change_way.sign_amendment(manager, cycle.director(), grant, cycle.site)


def reports_are_accepted_and_paid(cycle: Cycle) -> None:
    """Three reports; of the first a section is returned. Two more instalments follow."""
    report(cycle, 1, day=170)
    pay_later(cycle, 2, "4400", day=200)
    report(cycle, 2, day=295)
    report(cycle, 3, day=380)
    pay_later(cycle, 3, "2200", day=440, why="What is not spent is asked back by a letter.")


def report(cycle: Cycle, number: int, day: int) -> None:
    """The grantee reports, and two officers accept."""
    cycle.calendar.go_to_day(day)
    director, programme = cycle.director(), cycle.person("programme_officer")
    ngo_way.report(director, cycle.grant, number, SPENT[number - 1])
    if number == 1:
        report_way.send_back(programme, cycle.grant, number, RETURNED)
        report_way.correct(director, cycle.grant, number, RETURNED)
    report_way.accept(programme, cycle.person("finance_officer"), cycle.grant, number)


def pay_later(cycle: Cycle, number: int, amount: str, day: int, why: str = "") -> None:
    """A further instalment, once it is due."""
    cycle.calendar.go_to_day(day)
    pay(cycle, amount, f"{cycle.grant}/{number}", why=why)
    bank_way.confirm_receipt(cycle.director(), cycle.grant, number)


def the_grant_ends(cycle: Cycle) -> None:
    """What was not spent comes back; the grant is closed, and the results are published."""
    grant = cycle.grant
    end_way.ask_back(cycle.person("finance_officer"), grant)
    cycle.calendar.go_to_day(450)
    finance = cycle.person("finance_officer")
    end_way.take_refund(finance, cycle.bank, cycle.folder, grant, "300")
    end_way.state_end(cycle.director(), grant)
    end_way.close(cycle.person("programme_officer"), grant)
    end_way.publish_results(cycle.person("fund_manager"))


def the_books_tie(cycle: Cycle) -> None:
    """Ledger, bank, grant statement, annex, public page and results say the same to the cent."""
    with cycle.site.database.session() as session:
        assert breaches(session) == []
        told = balances(session, fund_by_code(session, "UNVTF"))
    assert (str(told.grant_expense), str(told.programme_support_cost)) == ("15100.00", "1963.00")
    assert told.cash + told.programme_support_cost == cycle.bank.balance
    manager, visitor = cycle.person("fund_manager"), cycle.fund.open_browser()
    end_way.papers_tie(cycle.director(), manager, cycle.grant, cycle.folder)
    end_way.public_pages_tie(visitor)


def the_trail_tells_it(fund: Fund, pledge: str) -> None:
    """Who did what stands on the trail's page."""
    manager = fund.person("fund_manager")
    follow(manager, "/trail")
    answer(manager, record=pledge)  # the list follows what is typed
    expect(manager).to_have_url(re.compile(f"record={pledge}"))
    expect(manager.get_by_text("Mara Manager").first).to_be_visible()
