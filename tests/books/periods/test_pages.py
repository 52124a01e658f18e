"""The ledger's pages: what is in the books, for whom, at a cost that does not grow."""

import re
from datetime import date

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.periods import close, months
from grants.books.ledger.receipts import receive_deposit, receive_unidentified, recognise_agreement
from grants.books.ledger.reversal import reverse
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from tests.books.ledger.books import (
    CLERK,
    FEBRUARY,
    JANUARY,
    MARCH,
    money,
    publish_rates,
    settle,
    voucher,
)
from tests.factories import a_person, staff
from tests.platform.web.client import SignInAs, StrictClient


def words(html: str) -> str:
    """What a reader reads, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


@pytest.fixture
def books(session: Session, fund: Fund) -> Fund:
    publish_rates(session)
    recognise_agreement(session, voucher(fund, JANUARY), money("1000", "EUR"))
    receive_deposit(session, voucher(fund, FEBRUARY), money("395", "EUR"), money("5", "EUR"))
    wrong = receive_unidentified(session, voucher(fund, FEBRUARY, "receipt:1"), money("77"))
    reverse(session, wrong, MARCH, Act(CLERK.actor, reason="Another fund's."))
    settle(session)
    session.commit()
    return fund


@pytest.fixture
def auditor(session: Session, sign_in_as: SignInAs, books: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.AUDITOR))


@pytest.fixture
def finance(session: Session, sign_in_as: SignInAs, books: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.FINANCE_OFFICER))


def test_the_books_open_on_balances_and_a_trial_balance_that_balances(
    auditor: StrictClient,
) -> None:
    shown = words(auditor.get("/ledger", follow_redirects=True).text)
    assert "Cash USD 493.75" in shown
    assert "Contributions receivable USD 666.67" in shown
    assert "Total – 1,166.67 1,166.67" in shown


def test_balances_are_shown_at_the_end_of_a_day(auditor: StrictClient) -> None:
    address = "/ledger/UNVTF?on-day=9&on-month=2&on-year=2026"
    shown = words(auditor.get(address).text)
    assert "Cash USD 0.00" in shown
    assert "Contributions receivable USD 1,111.11" in shown


def test_entries_are_listed_newest_first_and_filtered_by_account_and_record(
    auditor: StrictClient,
) -> None:
    every = words(auditor.get("/ledger/UNVTF/entries").text)
    assert "4 results" in every
    assert every.index("Unidentified deposit recorded") < every.index("Agreement with a donor")
    of_suspense = words(auditor.get("/ledger/UNVTF/entries?account=suspense").text)
    assert "2 results" in of_suspense
    assert "Reversed" in of_suspense
    of_pledge = words(auditor.get("/ledger/UNVTF/entries?record=pledge:1").text)
    assert "2 results" in of_pledge


def test_the_list_goes_on_page_by_page_at_the_same_cost(
    session: Session, books: Fund, auditor: StrictClient
) -> None:
    for _number in range(70):
        receive_deposit(session, voucher(books, JANUARY, "pledge:2"), money("1"))
    session.commit()
    seen: list[str] = []
    address, costs = "/ledger/UNVTF/entries", set()
    while address:
        html = auditor.get(address).text
        costs.add(auditor.queries)
        seen += re.findall(r'href="/ledger/UNVTF/entries/(\d+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 74
    assert max(costs) <= 10


def test_entries_come_as_a_file(auditor: StrictClient) -> None:
    file = auditor.get("/ledger/UNVTF/entries?format=csv")
    lines = file.text.splitlines()
    file.close()
    assert len(lines) == 5
    assert "Another fund's." in "".join(lines)


def test_an_entry_shows_its_postings_their_rates_and_what_undid_it(
    session: Session, auditor: StrictClient
) -> None:
    html = auditor.get("/ledger/UNVTF/entries?record=pledge:1").text
    newest = re.findall(r'href="(/ledger/UNVTF/entries/\d+)"', html)[0]
    shown = words(auditor.get(newest).text)
    for fact in ("EUR 395.00", "USD 493.75", "0.8", "UN operational rates", "pledge:1"):
        assert fact in shown
    html = auditor.get("/ledger/UNVTF/entries?record=receipt:1").text
    reversal, original = re.findall(r'href="(/ledger/UNVTF/entries/\d+)"', html)
    assert "This entry reverses entry" in auditor.get(reversal).text
    undone = words(auditor.get(original).text)
    assert "This entry was reversed by entry" in undone
    assert "Another fund's." in undone.replace("&#39;", "'")


def test_the_rate_of_a_day_is_shown_with_why_it_holds(auditor: StrictClient) -> None:
    shown = words(auditor.get("/ledger/rates/on?code=eur&on-day=10&on-month=2&on-year=2026").text)
    assert "1 USD is 0.8 EUR" in shown
    assert "took effect on 1 February 2026" in shown
    assert "The next rate, 0.95, takes effect later, on 1 March 2026" in shown
    before = auditor.get("/ledger/rates/on?code=EUR&on-day=31&on-month=12&on-year=2025").text
    assert "There is no rate for EUR on or before that date." in before
    every = words(auditor.get("/ledger/rates/on?on-day=10&on-month=2&on-year=2026").text)
    assert "CHF 0.88" in every
    assert "EUR 0.8 1 Feb" in every


def test_finance_closes_a_month_and_opens_it_again_with_a_reason(
    session: Session, books: Fund, finance: StrictClient
) -> None:
    finance.submit("/ledger/UNVTF/periods/2026-01/close", {"reason": "All is reconciled."})
    assert "Closed" in finance.get("/ledger/UNVTF/periods").text
    refused = finance.submit("/ledger/UNVTF/periods/2026-01/reopen", {"reason": ""})
    assert "Error:" in refused.text
    finance.submit("/ledger/UNVTF/periods/2026-01/reopen", {"reason": "A late deposit."})
    session.expire_all()
    assert [month.closed_at for month in months(session, books.id)] == [None, None, None]


def test_an_auditor_sees_periods_and_closes_none(
    session: Session, books: Fund, auditor: StrictClient
) -> None:
    close(session, books, date(2026, 1, 1), CLERK)
    session.commit()
    page = auditor.get("/ledger/UNVTF/periods").text
    assert "Closed" in page
    assert "/reopen" not in page
    assert auditor.get("/ledger/UNVTF/periods/2026-01/reopen").status_code == 403


def test_the_books_of_another_fund_are_not_there(
    session: Session, sign_in_as: SignInAs, books: Fund
) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other"}, {"en": "Other"}))
    person = a_person(session, "Kim Doe")
    appoint(session, person, Role.AUDITOR, fund_id=other.id)
    browser = sign_in_as(person)
    assert browser.get("/ledger").headers["Location"] == "/ledger/OTHER"
    for path in ("", "/entries", "/periods"):
        assert browser.get(f"/ledger/UNVTF{path}").status_code == 404


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.TRUSTEE, Role.OBSERVER])
def test_who_has_no_sight_of_the_books_gets_none(
    session: Session, sign_in_as: SignInAs, books: Fund, role: Role
) -> None:
    browser = sign_in_as(staff(session, role))
    for path in ("/ledger", "/ledger/UNVTF", "/ledger/UNVTF/entries", "/ledger/rates"):
        assert browser.get(path).status_code == 403
