"""The pages of receivables: who owes what since when, and the way of an allowance."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import write_off
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.giving.pledges.models import Pledge
from tests.books.ledger.books import voucher
from tests.factories import a_signed_pledge, staff
from tests.platform.web.client import SignInAs

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def owed(session: Session, fund: Fund) -> Fund:
    """USD 1,000 that should have come in 2023."""
    with clock.at(datetime(2023, 6, 1, 9, tzinfo=UTC)):
        a_signed_pledge(session, fund, usd(100_000), signed_on=date(2023, 5, 4))
    session.commit()
    return fund


def person(session: Session, role: Role) -> Person:
    found = staff(session, role)
    session.commit()
    return found


def text_of(response: TestResponse) -> str:
    assert response.status_code == 200, response.status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_what_is_owed_is_shown_by_age_and_comes_as_a_file(
    owed: Fund, session: Session, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(person(session, Role.AUDITOR))
    with clock.at(NOW):
        assert "1,000.00" in text_of(browser.get("/receivables/UNVTF"))
        with browser.get("/receivables/UNVTF?format=csv") as file:
            text = file.get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert rows[0][4:7] == ["Owed", "Owed, USD", "Not due yet"]
    assert rows[1][4:6] == ["1000.00", "1000.00"]
    assert rows[1][6:] == ["0.00", "0.00", "0.00", "0.00", "1000.00", "1000.00"]


def test_the_ages_of_a_day_long_ago_are_those_of_that_day(
    owed: Fund, session: Session, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(person(session, Role.AUDITOR))
    with clock.at(NOW):
        page = browser.get("/receivables/UNVTF?on-day=31&on-month=12&on-year=2025")
        assert "1,000.00" in text_of(page)
        assert "Republic of Arcadia" in text_of(page)
        assert "Republic of Arcadia" in text_of(browser.get("/receivables/UNVTF")), "today’s"


def test_finance_proposes_and_the_approving_officer_posts(
    owed: Fund, session: Session, sign_in_as: SignInAs
) -> None:
    finance = sign_in_as(person(session, Role.FINANCE_OFFICER))
    officer = sign_in_as(person(session, Role.APPROVING_OFFICER))
    with clock.at(NOW):
        reply = finance.submit("/receivables/UNVTF/allowance", {"year": "2025"})
        address = reply.headers["Location"]
        assert "600.00" in text_of(finance.get(address))
        assert "Approve and post" not in text_of(finance.get(address))
        assert "Allowance to approve" in text_of(officer.get("/start"))
        officer.submit(f"{address}/approve")
        assert "Posted" in text_of(officer.get(address))
        assert balances(session, owed).receivable_allowance == usd(60_000)
        officer.submit(f"{address}/undo", {"reason": "A wrong percentage."})
        assert "Reversed" in text_of(officer.get(address))
    assert balances(session, owed).receivable_allowance == usd(0)


def test_a_used_allowance_says_why_it_is_not_reversed_instead_of_asking_for_a_reason(
    owed: Fund, session: Session, sign_in_as: SignInAs
) -> None:
    officer = sign_in_as(person(session, Role.APPROVING_OFFICER))
    with clock.at(NOW):
        finance = sign_in_as(person(session, Role.FINANCE_OFFICER))
        reply = finance.submit("/receivables/UNVTF/allowance", {"year": "2025"})
        address = reply.headers["Location"]
        officer.submit(f"{address}/approve")
        assert f"{address}/undo" in officer.get(address).text
        pledge = session.scalars(select(Pledge)).one()
        write_off(session, voucher(owed, clock.today(), pledge.subject), usd(10_000))
        session.flush()
        page = officer.get(address)
        assert f"{address}/undo" not in page.text
        assert f"The allowance for {pledge.reference} has since been used" in text_of(page)
        form = officer.get(f"{address}/undo")
        assert "It can no longer be reversed." in text_of(form)
        assert "Enter a reason" not in text_of(form)
        assert 'name="reason"' not in form.text


def test_a_proposal_is_rejected_with_a_reason(
    owed: Fund, session: Session, sign_in_as: SignInAs
) -> None:
    finance = sign_in_as(person(session, Role.FINANCE_OFFICER))
    officer = sign_in_as(person(session, Role.APPROVING_OFFICER))
    with clock.at(NOW):
        reply = finance.submit("/receivables/UNVTF/allowance", {"year": "2025"})
        address = reply.headers["Location"]
        page = text_of(officer.submit(f"{address}/reject", {"reason": ""}))
        assert "Error" in page
        officer.submit(f"{address}/reject", {"reason": "The donor paid yesterday."})
        assert "The donor paid yesterday." in text_of(officer.get(address))


def test_receivables_are_not_there_for_whoever_does_not_see_the_books(
    owed: Fund, session: Session, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(person(session, Role.TRUSTEE))
    assert browser.get("/receivables/UNVTF").status_code == 403
    auditor = sign_in_as(person(session, Role.AUDITOR))
    assert auditor.get("/receivables/UNVTF/allowance").status_code == 403
    assert auditor.get("/receivables/allowance/999").status_code == 404


def test_the_document_has_the_figures_of_the_page(
    owed: Fund, session: Session, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(person(session, Role.AUDITOR))
    told = browser.get("/documents/aged-receivables/UNVTF.json?from=2025-01-01&to=2025-12-31").json
    assert told is not None
    assert (told["total_usd"], told["doubtful_usd"]) == ("1000.00", "600.00")
    assert told["bands"]["third_year"] == "1000.00"
