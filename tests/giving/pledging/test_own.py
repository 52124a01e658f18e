"""A donor's own pages show what is theirs, in plain words, and nobody else's."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from grants.core.database.numbering import check_mark
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.giving.pledges.making import Offer, pledge_for
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.service import Agreement, acknowledge, offer_agreement, sign_agreement
from grants.giving.pledges.workflow import PledgeState
from grants.integrity.diligence.models import Outcome
from grants.integrity.diligence.service import decide
from tests.banking.bank.arranging import euros, numbered
from tests.banking.bank.files import EURO_IBAN
from tests.books.ledger.books import publish_rates
from tests.factories import a_deposit, a_donor, a_pledge, act_of, member, staff
from tests.integrity.diligence.examined import a_company, approver, recommended
from tests.platform.web.client import SignInAs, StrictClient

NEXT_YEAR = clock.today().year + 1


@pytest.fixture
def donor(session: Session) -> Organisation:
    return a_donor(session, "Utopia")


@pytest.fixture
def person(session: Session, donor: Organisation) -> Person:
    return member(session, donor, Role.DONOR, "Ana Prado")


@pytest.fixture
def pledge(session: Session, fund: Fund, donor: Organisation, person: Person) -> Pledge:
    """900 EUR in two payments, the first of which is overdue."""
    publish_rates(session)
    halves = (
        Due(date(2026, 2, 1), Money(45_000, "EUR")),
        Due(date(NEXT_YEAR, 3, 1), Money(45_000, "EUR")),
    )
    offer = Offer(Money(90_000, "EUR"), halves, message="Keep going.")
    return pledge_for(session, fund, offer, donor, act_of(session, person))


@pytest.fixture
def browser(sign_in_as: SignInAs, person: Person, pledge: Pledge) -> StrictClient:
    return sign_in_as(person)


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def _manager(session: Session) -> Person:
    return staff(session, Role.FUND_MANAGER, "Maria Keller")


def test_the_list_tells_what_came_and_what_is_due(
    browser: StrictClient, session: Session, fund: Fund, pledge: Pledge
) -> None:
    a_deposit(session, fund, pledge, Money(20_000, "EUR"))
    session.commit()
    page = _text(browser, "/giving")
    for figure in ("900.00", "200.00", "700.00", "250.00", "overdue since 1 February 2026"):
        assert figure in page


def test_a_pledge_tells_its_story_and_what_comes_next(
    browser: StrictClient, session: Session, pledge: Pledge
) -> None:
    first = _text(browser, f"/giving/{pledge.reference}")
    assert "The fund thanks you with a letter" in first
    acknowledge(session, pledge, act_of(session, _manager(session)))
    sign_agreement(
        session, pledge, Agreement(date(2026, 1, 15)), act_of(session, _manager(session))
    )
    session.commit()
    page = _text(browser, f"/giving/{pledge.reference}")
    for words in ("letter sent", "Signed on 15 January 2026", "Payment due", pledge.reference):
        assert words in page
    assert "thanks you with a letter" not in page
    assert f"/documents/acknowledgement/{pledge.reference}.pdf" in page
    assert "Maria Keller" not in page


def test_receipts_are_there_to_download(
    browser: StrictClient, session: Session, fund: Fund, pledge: Pledge
) -> None:
    deposit = a_deposit(session, fund, pledge, Money(89_000, "EUR"), fee=Money(1_000, "EUR"))
    session.commit()
    page = _text(browser, f"/giving/{pledge.reference}")
    assert deposit.receipt
    assert f"/documents/receipt/{deposit.receipt.reference}.pdf" in page
    assert "Paid in full" in page
    assert "Next payment" not in page
    path = f"/documents/receipt/{deposit.receipt.reference}.pdf"
    assert browser.get(path).data.startswith(b"%PDF")


def test_another_donors_pledge_is_not_there(
    browser: StrictClient, session: Session, fund: Fund
) -> None:
    other = a_pledge(session, fund, donor=a_donor(session, "Arcadia"))
    session.commit()
    for path in ("", "/withdraw", "/agreement"):
        assert browser.get(f"/giving/{other.reference}{path}").status_code == 404
    assert browser.get(f"/documents/acknowledgement/{other.reference}.pdf").status_code == 404
    assert other.reference not in _text(browser, "/giving")


def test_the_funds_people_have_no_pledges_of_their_own(
    sign_in_as: SignInAs, session: Session, pledge: Pledge
) -> None:
    manager = sign_in_as(_manager(session))
    assert manager.get("/giving").status_code == 403
    assert manager.get(f"/giving/{pledge.reference}").status_code == 403


def test_a_role_at_the_fund_shows_no_more_on_the_own_pages(
    sign_in_as: SignInAs, session: Session, fund: Fund, person: Person
) -> None:
    from grants.core.people.service import appoint

    appoint(session, person, Role.AUDITOR)
    other = a_pledge(session, fund, donor=a_donor(session, "Arcadia"))
    browser = sign_in_as(person)
    assert browser.get(f"/pledges/{other.reference}").status_code == 200
    assert browser.get(f"/giving/{other.reference}").status_code == 404


def test_a_visitor_is_asked_to_sign_in(client: StrictClient, pledge: Pledge) -> None:
    assert client.get(f"/giving/{pledge.reference}").location.startswith("/sign-in?next=")


def test_withdrawing_needs_a_reason(
    browser: StrictClient, session: Session, pledge: Pledge
) -> None:
    path = f"/giving/{pledge.reference}/withdraw"
    assert "Fill in" in browser.submit(path, {"reason": " "}).get_data(as_text=True)
    assert browser.submit(path, {"reason": "Our budget was cut."}).status_code == 302
    session.expire_all()
    assert pledge.state is PledgeState.WITHDRAWN
    page = _text(browser, f"/giving/{pledge.reference}")
    assert "Pledge withdrawn" in page
    assert f'href="{path}"' not in page


def test_what_is_paid_cannot_be_withdrawn(
    browser: StrictClient, session: Session, fund: Fund, pledge: Pledge
) -> None:
    a_deposit(session, fund, pledge, Money(1, "EUR"))
    session.commit()
    page = browser.get(f"/giving/{pledge.reference}/withdraw").text
    assert "deposit has been recorded on this pledge" in page
    assert 'name="reason"' not in page
    assert "withdraw" not in _text(browser, f"/giving/{pledge.reference}")


def test_the_pages_ask_the_database_no_more_for_many_pledges(
    browser: StrictClient, session: Session, fund: Fund, donor: Organisation
) -> None:
    _text(browser, "/giving")
    few = browser.queries
    for _number in range(10):
        a_pledge(session, fund, usd(100), donor)
    session.commit()
    _text(browser, "/giving")
    assert browser.queries <= few


def test_anybody_may_check_how_a_reference_is_typed(client: StrictClient) -> None:
    right = f"UNVTF-P-2026-0001-{check_mark('UNVTF-P-2026-0001')}"
    assert "typed correctly" in client.get("/reference", query_string={"reference": right}).text
    wrong = right.replace("0001", "0010")
    assert "mistyped" in client.get("/reference", query_string={"reference": wrong}).text
    assert "typed correctly" not in client.get("/reference").text


def test_nobody_is_told_where_to_pay_before_due_diligence_has_cleared_them(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    company = a_company(session)
    person = member(session, company, Role.DONOR)
    pledge = a_pledge(session, fund, donor=company)
    browser, path = sign_in_as(person), f"/giving/{pledge.reference}"
    text = _text(browser, path)
    assert "Please do not pay yet" in text
    assert "Reference to quote" not in text
    assert "How to pay" not in text
    assert "IBAN" not in text
    decide(session, recommended(session, fund, company), Outcome.CLEAR, approver(session))
    text = _text(browser, path)
    assert "Please do not pay yet" not in text
    assert "Reference to quote" in text


def test_a_donor_is_told_the_account_of_the_pledges_currency_or_how_it_is_converted(
    browser: StrictClient, session: Session, fund: Fund, pledge: Pledge
) -> None:
    dollars = numbered(session, fund)
    dollars.beneficiary, dollars.intermediary_bank = "United Nations Office", "Bank of Zug"
    session.commit()
    page = _text(browser, f"/giving/{pledge.reference}")
    assert "The fund has no account in EUR. Please pay EUR into this account in USD" in page
    assert "United Nations Office" in page
    assert "Bank of Zug" in page
    assert dollars.name not in page
    dollars.beneficiary = ""
    euros(session, fund)
    session.commit()
    page = _text(browser, f"/giving/{pledge.reference}")
    assert EURO_IBAN in page
    assert "scan this code" in page
    assert "The fund has no account in" not in page
    assert fund.title in page  # nobody entered a beneficiary yet


def test_whoever_has_an_agreement_to_sign_is_told_so(
    session: Session, browser: StrictClient, pledge: Pledge
) -> None:
    path, by = f"/giving/{pledge.reference}", act_of(session, _manager(session))
    assert "You sign the agreement" not in _text(browser, path)
    offer_agreement(session, pledge, "", by)
    assert "You sign the agreement" in _text(browser, path)
    sign_agreement(session, pledge, Agreement(clock.today()), by)
    assert "You sign the agreement" not in _text(browser, path)
