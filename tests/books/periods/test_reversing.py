"""An entry that no record owns is reversed on its own page; any other on the page of its record."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry
from grants.books.ledger.periods import close
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import book_bank_charge, book_interest, refund_to_donor
from grants.books.periods import owners
from grants.books.periods.service import reverse_entry, stands_alone
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from tests.books.ledger.books import CLERK, FEBRUARY, JANUARY, MARCH, money, settle, voucher
from tests.books.periods.test_pages import words
from tests.factories import a_deposit, a_signed_pledge, act_of, staff
from tests.platform.web.client import SignInAs


@pytest.fixture
def charge(session: Session, fund: Fund) -> Entry:
    entry = book_bank_charge(session, voucher(fund, JANUARY, "bank_charge:1"), money("2.50"))
    settle(session)
    session.commit()
    return entry


def test_a_charge_booked_by_itself_is_reversed_with_its_reason(
    session: Session, fund: Fund, charge: Entry, sign_in_as: SignInAs
) -> None:
    finance = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    address = f"/ledger/UNVTF/entries/{charge.id}"
    assert "Reverse this entry" in finance.get(address).text
    day = {"booked_on-day": "10", "booked_on-month": "2", "booked_on-year": "2026"}
    finance.submit(f"{address}/reverse", day | {"reason": "Charged twice."})
    assert balances(session, fund).bank_charges == usd(0)
    shown = words(finance.get(address).text)
    assert "This entry was reversed by entry" in shown
    assert "Charged twice." in shown
    assert "Reverse this entry" not in shown


def test_a_reversal_needs_a_reason_an_open_month_and_the_role(
    session: Session, fund: Fund, charge: Entry
) -> None:
    finance = staff(session, Role.FINANCE_OFFICER)
    with pytest.raises(DomainError, match="reason"):
        reverse_entry(session, charge, FEBRUARY, act_of(session, finance))
    with pytest.raises(DomainError, match="before the entry"):
        reverse_entry(session, charge, date(2026, 1, 9), act_of(session, finance, "Wrong."))
    with pytest.raises(DomainError, match="future"):
        reverse_entry(session, charge, date(2199, 1, 9), act_of(session, finance, "Wrong."))
    close(session, fund, date(2026, 2, 1), CLERK)
    with pytest.raises(DomainError, match="closed"):
        reverse_entry(session, charge, FEBRUARY, act_of(session, finance, "Wrong."))
    auditor = act_of(session, staff(session, Role.AUDITOR), "Wrong.")
    with pytest.raises(Forbidden):
        reverse_entry(session, charge, MARCH, auditor)


def test_what_was_reversed_stands_alone_no_more(
    session: Session, fund: Fund, charge: Entry
) -> None:
    act = act_of(session, staff(session, Role.FINANCE_OFFICER), "Wrong.")
    reversal = reverse_entry(session, charge, FEBRUARY, act)
    session.expire_all()
    for entry in (charge, reversal):
        assert not stands_alone(session, entry)
        with pytest.raises((DomainError, Conflict)):
            reverse_entry(session, entry, MARCH, act)


def test_interest_and_a_refund_to_a_donor_stand_alone_too(session: Session, fund: Fund) -> None:
    earned = book_interest(session, voucher(fund, JANUARY, "interest:1"), money("100"))
    assert stands_alone(session, earned)
    pledge = a_signed_pledge(session, fund, usd(100_000))
    a_deposit(session, fund, pledge, usd(50_000))
    back = refund_to_donor(session, voucher(fund, FEBRUARY, pledge.subject), usd(10_000))
    assert stands_alone(session, back)


def test_an_entry_of_a_record_names_the_page_where_it_is_corrected(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    pledge = a_signed_pledge(session, fund, usd(100_000))
    deposit = a_deposit(session, fund, pledge, usd(50_000))
    session.commit()
    finance = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    html = finance.get("/ledger/UNVTF/entries").text
    assert html.count("/ledger/UNVTF/entries/") == 2
    received, signed = session.scalars(select(Entry).order_by(Entry.id.desc())).all()
    page = finance.get(f"/ledger/UNVTF/entries/{received.id}").text
    assert f'href="/contributions/{deposit.id}"' in page
    assert "Reverse this entry" not in page
    page = finance.get(f"/ledger/UNVTF/entries/{signed.id}").text
    assert f'href="/pledges/{pledge.reference}"' in page
    refused = finance.get(f"/ledger/UNVTF/entries/{signed.id}/reverse")
    assert "Correct it on the page of that record" in words(refused.text)


@pytest.fixture
def bank_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "A bank statement line is this entry."
    monkeypatch.setattr(owners, "HELD", [lambda _session, _entry: told])


def test_what_the_bank_holds_is_undone_at_its_line(
    session: Session, fund: Fund, charge: Entry, bank_holds_it: None
) -> None:
    act = act_of(session, staff(session, Role.FINANCE_OFFICER), "Wrong.")
    with pytest.raises(DomainError, match="bank statement line"):
        reverse_entry(session, charge, FEBRUARY, act)


def test_the_chart_shows_every_account_with_its_balance(
    session: Session, fund: Fund, charge: Entry, sign_in_as: SignInAs
) -> None:
    auditor = sign_in_as(staff(session, Role.AUDITOR))
    shown = words(auditor.get("/ledger/UNVTF/accounts").text)
    assert "1250 Allowance for doubtful receivables" in shown
    assert "5300 Bank charges Expense Debit 2.50" in shown
    with auditor.get("/ledger/UNVTF?format=csv") as file:
        assert "5300,Bank charges,2.50,0.00" in file.get_data(as_text=True)
