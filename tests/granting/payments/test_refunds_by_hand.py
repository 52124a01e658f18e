"""Refunds that finance reads on a statement of the bank which is not imported: in USD, or in the
currency in which the grant was paid, with the bank's paper.
"""

import io

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.cash import source_and_use
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, usd
from grants.granting.payments.models import GrantRefund
from grants.granting.payments.queries import refunds_of
from grants.granting.payments.refunds import Credited, record_by_hand
from grants.granting.payments.service import release
from grants.platform.documents.models import Document
from seeds.scans import page_saying
from tests.books.ledger.books import an_account, main_account, settle
from tests.factories import act_of
from tests.granting.agreements.test_pages import day, grant_url, text_of
from tests.granting.payments.abroad import a_fund_abroad, euro_account
from tests.grants import Scene, a_file, approved, pay
from tests.platform.web.client import SignInAs

PDF = page_saying("Credit of 950.00 EUR")


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


@pytest.fixture
def own(abroad: Scene) -> BankAccount:
    """The fund's account in euros."""
    return euro_account(abroad.session, abroad.fund)


@pytest.fixture
def abroad(session: Session, fund: Fund) -> Scene:
    """A grant of which 8,000 USD can be paid as 7,600 EUR."""
    return a_fund_abroad(session, fund)


def pay_in_euros(scene: Scene, own: BankAccount) -> None:
    session = scene.session
    approved(session, scene.instalments[0], scene.people)
    finance = act_of(session, scene.people.finance)
    release(session, scene.instalments[0], clock.today(), "TT-1", finance, paid_from=own)


def by_hand(
    scene: Scene, amount: Money, account: BankAccount | None, paper: Document | None = None
) -> GrantRefund:
    act = act_of(scene.session, scene.people.finance)
    credited = Credited(account, paper)
    facts = (scene.award, amount, clock.today(), "RF-1", act)
    return record_by_hand(scene.session, *facts, credited=credited)


def test_euros_recorded_by_hand_count_as_the_dollars_paid_with_them(
    abroad: Scene, own: BankAccount
) -> None:
    session = abroad.session
    pay_in_euros(abroad, own)
    before, euros = balances(session, abroad.fund), bank_balance(session, own).own
    paper = a_file(session, abroad.people.finance, "advice.pdf")
    refund = by_hand(abroad, eur("950"), own, paper)
    settle(session)
    assert (refund.amount, refund.came_as) == (usd(100_000), eur("950"))
    assert refund.evidence == paper
    now = balances(session, abroad.fund)
    assert before.grant_expense - now.grant_expense == usd(100_000)
    assert now.exchange_difference == before.exchange_difference
    assert bank_balance(session, own).own == euros + eur("950")
    assert by_hand(abroad, eur("950"), own, paper) == refund, "twice is once"
    assert breaches(session) == []
    today = clock.today()
    source_and_use(session, abroad.fund, months_after(today, -24), today)


def test_another_currency_needs_a_paper_of_the_bank(abroad: Scene, own: BankAccount) -> None:
    pay_in_euros(abroad, own)
    with pytest.raises(DomainError, match="bank’s advice or statement"):
        by_hand(abroad, eur("950"), own)


def test_the_amount_is_in_the_currency_of_the_account(abroad: Scene, own: BankAccount) -> None:
    pay_in_euros(abroad, own)
    main = main_account(abroad.session, abroad.fund)
    for amount, account in ((eur("950"), main), (usd(100), own), (usd(100), None)):
        with pytest.raises(DomainError, match="currency of the account"):
            by_hand(abroad, amount, account)


def test_an_account_of_another_fund_takes_no_refund(abroad: Scene, own: BankAccount) -> None:
    pay_in_euros(abroad, own)
    theirs = an_account(
        abroad.session,
        establish(abroad.session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"})),
        "EUR",
        opened_on=clock.today(),
    )
    paper = a_file(abroad.session, abroad.people.finance)
    with pytest.raises(DomainError, match="is not an account of"):
        by_hand(abroad, eur("950"), theirs, paper)


def test_finance_chooses_the_account_and_uploads_the_advice(
    abroad: Scene, own: BankAccount, sign_in_as: SignInAs
) -> None:
    session = abroad.session
    pay_in_euros(abroad, own)
    session.commit()
    browser, url = sign_in_as(abroad.people.finance), grant_url(abroad, "/refunds/new")
    page = text_of(browser.get(url))
    assert "7,600.00" in page
    assert "at 0.95 EUR for 1 USD" in page
    filled = {
        "account": own.code,
        "amount": "950",
        **day(("refunded_on", clock.today())),
        "bank_reference": "RF-1",
    }
    assert "Add the bank’s advice or statement" in text_of(browser.submit(url, filled))
    paper = {"evidence": (io.BytesIO(PDF), "advice.pdf")}
    assert browser.submit(url, filled | paper).status_code == 302
    session.expire_all()
    (refund,) = refunds_of(session, abroad.award.id)
    assert (refund.amount, refund.came_as) == (usd(100_000), eur("950"))
    page = text_of(browser.get(grant_url(abroad)))
    assert "950.00" in page
    assert "0.95 for 1 USD" in page
    paper_url = grant_url(abroad, f"/refunds/{refund.id}/evidence")
    assert browser.get(paper_url).status_code == 200
    by_grantee = sign_in_as(abroad.people.grantee)
    assert by_grantee.get(paper_url).status_code in {403, 404}
    assert "Bank document" not in text_of(by_grantee.get(grant_url(abroad)))


def test_a_grant_paid_in_dollars_offers_no_account_in_euros(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    own = an_account(scene.session, scene.fund, "EUR", opened_on=clock.today())
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    scene.session.commit()
    page = text_of(sign_in_as(scene.people.finance).get(grant_url(scene, "/refunds/new")))
    assert own.code not in page
