"""A gift is paid by card: the page offers it, the provider confirms it, the books have it once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import account_for, bank_balances
from grants.books.ledger.models import Entry
from grants.books.ledger.provider_accounts import account_at_provider
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.viewer import VISITOR
from grants.giving.cards.models import CardEvent, CardPayment
from grants.giving.cards.providers import Paid, Progress, Status
from grants.giving.cards.queries import unsettled
from grants.giving.cards.service import settle, start
from grants.giving.cards.workflow import CARD_PAYMENT, CardState
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.gifts import cancel_gift, page_of
from grants.giving.pledges.making import Giver
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from tests.factories import a_deposit
from tests.giving.cards.conftest import a_gift, screening
from tests.giving.cards.stub import StubProvider, message
from tests.platform.web.client import StrictClient

LISTED = Giver("Marek Igor Dravenko", DonorKind.INDIVIDUAL, "PT")


@pytest.fixture(autouse=True)
def _ready(session: Session) -> None:
    screening(session)
    session.commit()


def _begun(session: Session, pledge: Pledge) -> CardPayment:
    return start(session, pledge, "stub", Act(VISITOR))


def _paid(amount: Money, fee: int = 250, reference: str = "pay-1") -> Status:
    money = Money(fee, amount.currency)
    return Status(Progress.PAID, Paid(reference, amount, money, clock.now()))


def _sound(session: Session) -> None:
    session.flush()
    assert [fault for check in CHECKS for fault in check(session)] == []


def test_the_page_offers_a_card_and_a_transfer_and_leads_to_the_provider(
    client: StrictClient, session: Session, fund: Fund, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    session.commit()
    page = client.get(page_of(pledge))
    assert "form-action 'self' https://pay.stub.example;" in page.headers["Content-Security-Policy"]
    assert "Pay by bank transfer" in page.text
    response = client.submit(f"{page_of(pledge)}/card", page=page_of(pledge))
    assert response.status_code == 303
    assert "by card or bank transfer" in client.get("/give/UNVTF").text
    (order,) = provider.orders.values()
    assert response.location == f"{provider.host}/page-{order.key}"
    assert (order.amount, order.paid_url.endswith("/card")) == (usd(10_000), True)
    again = client.submit(f"{page_of(pledge)}/card", page=page_of(pledge))
    assert again.location == response.location, "the same page, not a second payment"


def test_without_keys_the_page_says_what_it_said(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    session.commit()
    page = client.get(page_of(pledge))
    assert "Pay by card" not in page.text
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    response = client.submit(f"{page_of(pledge)}/card", page=page_of(pledge))
    assert response.status_code == 404
    assert client.post("/cards/UNVTF/webhook", data=b"{}").status_code == 404


@pytest.mark.parametrize(("is_up", "refuses"), [(False, False), (True, True)])
def test_a_provider_that_gives_no_page_sends_the_donor_back_to_the_transfer(
    client: StrictClient,
    session: Session,
    fund: Fund,
    provider: StubProvider,
    is_up: bool,
    refuses: bool,
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    session.commit()
    provider.is_up, provider.refuses = is_up, refuses
    response = client.submit(f"{page_of(pledge)}/card", page=page_of(pledge))
    assert "not available at present" in client.get(response.location).text


def test_coming_back_proves_nothing_and_the_message_does(
    client: StrictClient, session: Session, fund: Fund, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    session.commit()
    client.submit(f"{page_of(pledge)}/card", page=page_of(pledge))
    (page,) = provider.orders
    assert "is being confirmed" in client.get(f"{page_of(pledge)}/card").text
    assert session.scalar(select(func.count()).select_from(Deposit)) == 0
    provider.pay(page)
    payment = session.scalars(select(CardPayment)).one()
    settle(session, payment, provider.ask(page))
    session.commit()
    assert "We have received your payment" in client.get(f"{page_of(pledge)}/card").text
    assert "Pay by card" not in client.get(page_of(pledge)).text


def test_money_is_in_transit_at_the_provider_and_the_receipt_is_for_what_was_paid(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    payment = _begun(session, pledge)
    settle(session, payment, _paid(usd(10_000), fee=320))
    assert (payment.state, pledge.state) == (CardState.RECEIVED, PledgeState.ACKNOWLEDGED)
    deposit = payment.deposit
    assert deposit is not None
    assert (deposit.amount, deposit.bank_fee, deposit.received) == (
        usd(9_680),
        usd(320),
        usd(10_000),
    )
    assert session.scalars(select(Receipt)).one().deposit is deposit
    sums = balances(session, fund)
    assert (sums.cash, sums.bank_charges, sums.contribution_revenue) == (
        usd(9_680),
        usd(320),
        usd(10_000),
    )
    held = {balance.account.code: balance.own for balance in bank_balances(session, fund)}
    assert held["UNVTF-STUB-USD"] == usd(9_680)
    assert not account_for(session, fund, "USD", clock.today()).provider
    _sound(session)


def test_a_gift_in_euro_is_at_the_provider_in_euro(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, Money(10_000, "EUR"))
    payment = _begun(session, pledge)
    settle(session, payment, _paid(Money(10_000, "EUR"), fee=175))
    account = account_at_provider(session, fund, "stub", "EUR")
    assert account is not None
    assert account_for(session, fund, "EUR", clock.today()) is not account
    assert payment.deposit is not None
    assert payment.deposit.amount == Money(9_825, "EUR")
    _sound(session)


def test_the_same_answer_again_changes_nothing_and_an_older_one_takes_nothing_back(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    payment = _begun(session, a_gift(session, fund, usd(10_000)))
    for status in (
        Status(Progress.PAID),  # its fee is not known yet
        _paid(usd(10_000)),
        _paid(usd(10_000)),
        Status(Progress.OPEN),
        Status(Progress.CLOSED),
    ):
        settle(session, payment, status)
    assert payment.state is CardState.RECEIVED
    assert session.scalar(select(func.count()).select_from(Deposit)) == 1
    assert session.scalar(select(func.count()).select_from(Receipt)) == 1


def test_a_payment_that_was_closed_counts_if_it_was_made_after_all(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    payment = _begun(session, a_gift(session, fund, usd(10_000)))
    settle(session, payment, Status(Progress.CLOSED))
    assert CARD_PAYMENT.names[payment.state].staff == "Not paid"
    settle(session, payment, _paid(usd(10_000)))
    assert payment.state is CardState.RECEIVED


def test_money_of_a_cancelled_gift_is_unidentified(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    payment = _begun(session, pledge)
    cancel_gift(session, pledge)
    settle(session, payment, _paid(usd(10_000)))
    assert payment.deposit is not None
    assert payment.deposit.pledge is None
    assert pledge.reference in (payment.deposit.note or "")
    assert balances(session, fund).suspense == usd(10_000)
    _sound(session)


def test_a_gift_paid_by_transfer_and_by_card_keeps_both(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    payment = _begun(session, pledge)
    a_deposit(session, fund, pledge, usd(10_000), value_on=clock.today())
    settle(session, payment, _paid(usd(10_000)))
    assert balances(session, fund).contribution_revenue == usd(20_000)
    assert payment.deposit is not None
    assert "0.00 was outstanding" in (payment.deposit.note or "")
    with pytest.raises(DomainError, match="cannot be paid by card"):
        _begun(session, pledge)
    _sound(session)


def test_a_hit_holds_the_money_and_not_the_person(
    session: Session, fund: Fund, client: StrictClient, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, usd(10_000), LISTED)
    payment = _begun(session, pledge)
    settle(session, payment, _paid(usd(10_000)))
    assert payment.deposit is not None
    assert payment.deposit.kept_apart
    assert session.scalar(select(func.count()).select_from(Receipt)) == 0
    assert balances(session, fund).suspense == usd(10_000)
    session.commit()
    assert "We check each gift" in client.get(f"{page_of(pledge)}/card").text
    _sound(session)


def test_money_that_cannot_be_booked_waits_with_the_reason(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    payment = _begun(session, a_gift(session, fund, usd(10_000)))
    settle(session, payment, _paid(Money(9_000, "EUR")))
    assert payment.state is CardState.STARTED
    assert "hold and pay out USD" in payment.trouble
    settle(session, payment, _paid(usd(10_000)))
    assert (payment.state, payment.trouble) == (CardState.RECEIVED, "")


def test_a_payment_whose_number_is_in_the_books_already_waits_with_the_reason(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    payment = _begun(session, a_gift(session, fund, usd(10_000)))
    by_hand = a_deposit(session, fund, None, usd(4_000), bank_reference="pay-1")
    settle(session, payment, _paid(usd(10_000)))
    assert payment.state is CardState.STARTED
    assert "already recorded with different details" in payment.trouble
    assert session.scalars(select(Deposit)).one() is by_hand


def test_a_payment_is_begun_no_more_than_twenty_times(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    for _time in range(20):
        _begun(session, pledge)
    with pytest.raises(DomainError, match="too many times"):
        _begun(session, pledge)


def test_messages_are_written_down_once_and_forged_ones_refused(
    client: StrictClient, session: Session, fund: Fund, provider: StubProvider
) -> None:
    pledge = a_gift(session, fund, usd(10_000))
    session.commit()
    client.submit(f"{page_of(pledge)}/card", page=page_of(pledge))
    (page,) = provider.orders
    body, headers = message("evt-1", page)
    for _time in range(3):
        assert client.post("/cards/UNVTF/webhook", data=body, headers=headers).status_code == 200
    event = session.scalars(select(CardEvent)).one()
    assert (event.event, event.payment_id is not None) == ("evt-1", True)
    assert client.post("/cards/UNVTF/webhook", data=body).status_code == 400
    other = {"Signature": "0" * 64}
    assert client.post("/cards/UNVTF/webhook", data=body, headers=other).status_code == 400
    large = b" " * (256 * 1024 + 1)
    assert client.post("/cards/UNVTF/webhook", data=large, headers=headers).status_code == 413
    assert session.scalar(select(func.count()).select_from(CardEvent)) == 1
    unknown, signed = message("evt-2", "page-of-somebody-else")
    assert client.post("/cards/UNVTF/webhook", data=unknown, headers=signed).status_code == 200
    assert session.scalar(select(func.count()).select_from(Entry)) == 0
    assert "Set-Cookie" not in client.post("/cards/UNVTF/webhook", data=body).headers


def test_only_payments_that_are_silent_for_long_are_asked_about(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    payment = _begun(session, a_gift(session, fund, usd(10_000)))
    payment.page_reference = "page-1"
    session.flush()
    assert unsettled(session, timedelta(minutes=15)) == []
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert unsettled(session, timedelta(minutes=15)) == [payment.id]
    with clock.at(clock.now() + timedelta(days=8)):
        assert unsettled(session, timedelta(minutes=15)) == []
