"""Finance's pages: recording money, finding whose it is, and the list of it all."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.giving.contributions.models import Deposit
from tests.books.ledger.books import an_account, publish_rates
from tests.factories import a_deposit, a_pledge, a_signed_pledge, staff
from tests.giving.pledges.test_pages import LIST_BUDGET, MENU
from tests.integrity.diligence.examined import a_company
from tests.platform.web.client import SignInAs, StrictClient

LINE = {
    "bank_reference": "NTRF 12/34",
    "account": "UNVTF-USD",
    "value_on-day": "20",
    "value_on-month": "1",
    "value_on-year": "2026",
    "amount": "400.00",
    "bank_fee": "1.50",
}


@pytest.fixture
def finance(sign_in_as: SignInAs, session: Session, fund: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.FINANCE_OFFICER))


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def test_a_pledge_that_due_diligence_shuts_is_offered_no_acceptance(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    shut, open_ = a_pledge(session, fund, donor=a_company(session)), a_pledge(session, fund)
    session.commit()
    for pledge, offered in ((shut, False), (open_, True)):
        page = _text(manager, f"/pledges/{pledge.reference}")
        for act in ("acknowledge", "agreement", "offer"):
            assert (f"/pledges/{pledge.reference}/{act}" in page) is offered
        assert f"/pledges/{pledge.reference}/decline" in page


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Deposit)) or 0


def test_a_deposit_is_recorded_on_the_pledge_it_quotes(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    found = finance.get(f"/contributions/new?reference={pledge.reference.lower()}")
    assert found.location == f"/pledges/{pledge.reference}/deposit"
    assert finance.submit(found.location, LINE).location == f"/pledges/{pledge.reference}"
    page = _text(finance, f"/pledges/{pledge.reference}")
    assert re.search(r"Receipt <[^>]+>UNVTF-R-", page)
    assert "401.50" in page
    assert balances(session, fund).cash == usd(40_000)


def test_a_deposit_says_into_which_account_it_came(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    publish_rates(session)
    an_account(session, fund, "EUR")
    pledge = a_pledge(session, fund, Money(90_000, "EUR"))
    session.commit()
    path = f"/pledges/{pledge.reference}/deposit"
    offered = [part.partition('"')[0] for part in _text(finance, path).split('value="UNVTF-')[1:]]
    assert offered == ["EUR", "USD"]  # the account of the pledge's currency first
    finance.submit(path, LINE)
    deposit = session.scalars(select(Deposit)).one()
    page = _text(finance, f"/contributions/{deposit.id}")
    assert "Account it was credited to" in page
    assert "UNVTF-USD" in page
    assert "UNVTF-EUR" not in page


def test_the_form_sent_twice_records_one_deposit_and_says_so(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    for _time in range(2):
        finance.submit(f"/pledges/{pledge.reference}/deposit", LINE)
    assert _count(session) == 1
    assert "already been recorded" in _text(finance, f"/pledges/{pledge.reference}")
    changed = finance.submit(f"/pledges/{pledge.reference}/deposit", LINE | {"amount": "401"})
    assert changed.status_code == 409


def test_more_than_outstanding_is_refused_on_the_form_until_a_reason_is_given(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, usd(10_000))
    session.commit()
    path = f"/pledges/{pledge.reference}/deposit"
    page = finance.submit(path, LINE).get_data(as_text=True)
    assert "more than the USD\u00a0100.00 outstanding" in page
    assert 'value="NTRF 12/34"' in page
    assert _count(session) == 0
    assert finance.submit(path, LINE | {"reason": "They gave more."}).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"bank_reference": ""}, "Fill in"),
        ({"value_on-year": "2150"}, "or earlier"),
        ({"amount": "0"}, "greater than 0"),
        ({"amount": "1.2345"}, "2 decimals"),
        ({"bank_fee": "-1"}, "greater than 0"),
    ],
)
def test_an_error_keeps_what_was_typed(
    finance: StrictClient, session: Session, fund: Fund, wrong: dict[str, str], complaint: str
) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    response = finance.submit(f"/pledges/{pledge.reference}/deposit", LINE | wrong)
    page = response.get_data(as_text=True)
    assert complaint in page
    for value in (LINE | wrong).values():
        assert f'value="{value}"' in page
    assert _count(session) == 0


def test_a_mistyped_reference_is_told(finance: StrictClient, session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    swapped = pledge.reference.replace("0001", "0010")
    page = _text(finance, f"/contributions/new?reference={swapped}")
    assert "is not correct" in page
    assert f'value="{swapped}"' in page


def test_unidentified_money_waits_and_is_allocated_with_its_evidence(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    where = finance.get("/contributions/new?currency_code=USD").location
    assert where == "/contributions/unidentified/UNVTF/USD"
    shown = finance.submit(where, LINE).location
    assert "NTRF 12/34" in _text(finance, "/contributions?unidentified=yes")
    allocate = f"{shown}/allocate"
    assert f'href="{allocate}"' in _text(finance, shown)
    offered = _text(finance, allocate)
    assert pledge.reference in offered
    unknown = {"reference": "UNVTF-P-2026-9999-X", "reason": "Letter."}
    assert "is not correct" in finance.submit(allocate, unknown).get_data(as_text=True)
    known = {"reference": pledge.reference, "reason": "Letter of 3 May."}
    assert finance.submit(allocate, known).location == f"/pledges/{pledge.reference}"
    assert "Letter of 3 May." in _text(finance, shown)
    assert "No deposits found" in _text(finance, "/contributions?unidentified=yes")
    assert balances(session, fund).suspense == usd(0)


def test_a_choice_of_fund_where_there_are_several(finance: StrictClient, session: Session) -> None:
    establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    session.commit()
    page = _text(finance, "/contributions/new")
    assert "Slavery fund" in page
    where = finance.get("/contributions/new?fund=SLAVERY&currency_code=EUR").location
    assert where == "/contributions/unidentified/SLAVERY/EUR"
    assert finance.get("/contributions/new?currency_code=EUR").status_code == 200


def test_whoever_recorded_the_agreement_is_not_offered_to_record_money(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund)
    both = staff(session, Role.FUND_MANAGER)
    appoint(session, both, Role.FINANCE_OFFICER)
    browser = sign_in_as(both)
    path = f"/pledges/{pledge.reference}/deposit"
    assert f'href="{path}"' not in _text(browser, f"/pledges/{pledge.reference}")
    assert browser.submit(path, LINE).status_code == 403


@pytest.mark.parametrize(
    ("role", "reading", "recording"),
    [
        (Role.FINANCE_OFFICER, 200, 200),
        (Role.FUND_MANAGER, 200, 403),
        (Role.AUDITOR, 200, 403),
        (Role.TRUSTEE, 403, 403),
        (Role.REVIEWER, 403, 403),
    ],
)
def test_who_reads_and_who_records(
    sign_in_as: SignInAs, session: Session, fund: Fund, role: Role, reading: int, recording: int
) -> None:
    pledge = a_pledge(session, fund)
    deposit = a_deposit(session, fund, None, usd(5))
    browser = sign_in_as(staff(session, role))
    for path in ("/contributions", f"/contributions/{deposit.id}"):
        assert browser.get(path).status_code == reading
    for path in (
        "/contributions/new",
        f"/pledges/{pledge.reference}/deposit",
        f"/contributions/{deposit.id}/allocate",
        "/contributions/unidentified/UNVTF/USD",
    ):
        assert browser.get(path).status_code == recording


def test_the_list_costs_a_few_queries_and_exports(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    publish_rates(session)
    pledge = a_pledge(session, fund, Money(90_000, "EUR"))
    for number in range(62):
        a_deposit(session, fund, pledge, Money(100 + number, "EUR"))
    a_deposit(session, fund, None, usd(7))
    session.commit()
    page = _text(finance, "/contributions")
    assert finance.queries <= LIST_BUDGET + MENU
    assert "63 results" in page
    file = finance.get("/contributions?format=csv&fund=UNVTF")
    rows = file.get_data(as_text=True).splitlines()
    file.close()
    assert len(rows) == 64
    assert "Unidentified" in rows[1]
    assert pledge.reference in rows[2]


def test_an_unknown_currency_or_fund_is_told(finance: StrictClient) -> None:
    assert finance.get("/contributions/unidentified/UNVTF/XQX").status_code == 422
    assert finance.get("/contributions/unidentified/NOFUND/USD").status_code == 404
    assert finance.get("/contributions/999999").status_code == 404


def test_a_wrong_deposit_is_reversed_with_a_reason(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    deposit = a_deposit(session, fund, a_signed_pledge(session, fund), usd(500))
    session.commit()
    here = f"/contributions/{deposit.id}"
    assert "keep its number. The donor will be notified" in _text(finance, f"{here}/reverse")
    refused = finance.submit(f"{here}/reverse", {"reason": ""})
    assert refused.status_code == 200
    assert finance.submit(f"{here}/reverse", {"reason": "Not theirs."}).location == here
    page = _text(finance, here)
    assert "Reversed" in page
    assert ", cancelled" in page
    assert f"{here}/reverse" not in page
    assert "Reversed" in _text(finance, "/contributions")
    assert finance.submit(f"{here}/reverse", {"reason": "Again."}).status_code == 409
