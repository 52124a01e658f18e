"""The pages of reconciliation, and its document."""

from datetime import date

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants.banking.bank.service import Part, accept
from grants.banking.reconciliation.service import sign_off
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.papers.statements.builders.funds.banking import bank_reconciliation
from grants.papers.statements.issuing import data_of
from tests.banking.bank.arranging import finance, imported_lines, numbered
from tests.banking.bank.files import BankEntry
from tests.books.ledger.books import main_account, money, publish_rates
from tests.factories import a_deposit, act_of, staff
from tests.platform.web.client import SignInAs, StrictClient

PAGE = "/bank/reconciliations/UNVTF-USD/2026-03"


@pytest.fixture(autouse=True)
def _rates(session: Session) -> None:
    publish_rates(session)


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def _press(browser: StrictClient) -> TestResponse:
    """Press the button as the page shows it, with the figures it shows."""
    return _sign(browser, _text(browser, PAGE))


def _sign(browser: StrictClient, page: str) -> TestResponse:
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    return browser.submit(PAGE, {"seen": seen})


def test_a_month_is_signed_once_everything_is_explained(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    imported_lines(session, fund, [BankEntry(money("300"), name="وزارة الخارجية")])
    session.commit()
    certifier = sign_in_as(staff(session, Role.CERTIFYING_OFFICER))
    assert "2026-03" in _text(certifier, "/bank/reconciliations")
    page = _text(certifier, PAGE)
    assert "Not signed off" in page
    assert "وزارة الخارجية" in page
    assert _press(certifier).location == PAGE
    page = _text(certifier, PAGE)
    assert "Signed off" in page
    assert "<button" not in page.partition("<main")[2].partition("</main")[0]
    assert "Certifying Officer" in _text(certifier, "/bank/reconciliations")


def test_a_change_after_the_signature_is_told(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    (line,) = imported_lines(session, fund, [BankEntry(money("300"))])
    certifying = staff(session, Role.CERTIFYING_OFFICER)
    sign_off(session, line.account, date(2026, 3, 1), act_of(session, certifying))
    accept(session, line, [Part(None, money("300"))], finance(session))
    session.commit()
    browser = sign_in_as(certifying)
    assert "Changed since sign-off" in _text(browser, PAGE)
    assert _press(browser).location == PAGE
    assert "Changed since sign-off" not in _text(browser, PAGE)


def test_figures_that_changed_since_they_were_seen_are_not_signed(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    (line,) = imported_lines(session, fund, [BankEntry(money("300"))])
    session.commit()
    browser = sign_in_as(staff(session, Role.CERTIFYING_OFFICER))
    page = _text(browser, PAGE)
    accept(session, line, [Part(None, money("300"))], finance(session))
    session.commit()
    refused = _sign(browser, page)
    assert refused.status_code == 409
    assert "Check them again" in refused.text
    assert browser.submit(PAGE).status_code == 409
    assert "Not signed off" in _text(browser, PAGE)
    assert _press(browser).location == PAGE


def test_a_month_of_very_many_open_items_shows_the_first_and_says_so(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    imported_lines(session, fund, [BankEntry(money("1"), reference=f"R{n}-") for n in range(81)])
    session.commit()
    page = _text(sign_in_as(staff(session, Role.AUDITOR)), PAGE)
    assert "R79-" in page
    assert "R80-" not in page
    assert "the first 80 of 81" in page


def test_what_is_not_explained_or_not_told_says_so_and_offers_no_signature(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    a_deposit(session, fund, None, money("5"), value_on=date(2026, 1, 20))
    imported_lines(session, fund, [], "9", days=(date(2026, 3, 1), date(2026, 3, 15)))
    session.commit()
    browser = sign_in_as(staff(session, Role.CERTIFYING_OFFICER))
    page = _text(browser, PAGE)
    assert "is not explained by open items" in page
    assert "imported only up to 15 March 2026" in page
    assert "Sign off" not in page
    assert "No bank statements have been imported yet" in _text(
        browser, "/bank/reconciliations/UNVTF-USD/2026-01"
    ) or "imported only up to" in _text(browser, "/bank/reconciliations/UNVTF-USD/2026-04")


def test_the_document_keeps_what_was_signed(session: Session, fund: Fund) -> None:
    (line,) = imported_lines(
        session, fund, [BankEntry(money("300"), reference="B1", name="Arcadia")]
    )
    before = bank_reconciliation(session, "UNVTF-USD/2026-03")
    assert '"signed_by": null' in data_of(before)
    certifying = act_of(session, staff(session, Role.CERTIFYING_OFFICER))
    sign_off(session, line.account, date(2026, 3, 1), certifying)
    kept = data_of(bank_reconciliation(session, "UNVTF-USD/2026-03"))
    accept(session, line, [Part(None, money("300"))], finance(session))
    assert data_of(bank_reconciliation(session, "UNVTF-USD/2026-03")) == kept
    assert '"signed_by": "Certifying Officer"' in kept
    assert '"only_bank_sum": "300.00"' in kept
    assert '"unexplained": "0.00"' in kept


@pytest.mark.parametrize(
    ("role", "answer"),
    [(Role.AUDITOR, 200), (Role.FINANCE_OFFICER, 200), (Role.OBSERVER, 404), (Role.TRUSTEE, 404)],
)
def test_who_reads_the_document(
    sign_in_as: SignInAs, session: Session, fund: Fund, role: Role, answer: int
) -> None:
    numbered(session, fund)
    browser = sign_in_as(staff(session, role))
    for ending in ("json", "pdf"):
        got = browser.get(f"/documents/bank-reconciliation/UNVTF-USD/2026-03.{ending}")
        assert got.status_code == answer
        got.close()
    assert main_account(session, fund)


def test_a_month_or_account_that_is_none_is_told(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    browser = sign_in_as(staff(session, Role.AUDITOR))
    assert browser.get("/bank/reconciliations/UNVTF-USD/march").status_code == 422
    assert browser.get("/bank/reconciliations/NONE/2026-03").status_code == 404
    assert browser.get("/documents/bank-reconciliation/UNVTF-USD.json").status_code == 404
