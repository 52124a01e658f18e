"""Money of a payment by card goes back: refunded by an officer, or disputed by a card holder."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.provider_accounts import open_at_provider
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import VISITOR
from grants.giving.cards.jobs import ask_about_silent, ask_provider, refund_by_provider
from grants.giving.cards.models import CardPayment, CardReturn
from grants.giving.cards.providers import Order, Paid, Progress, Returned, ReturnKind, Status
from grants.giving.cards.queries import count_failed
from grants.giving.cards.returns import ask_refund, close, left_of, refund_by_bank, refuse
from grants.giving.cards.service import note_page, settle, start
from grants.giving.cards.workflow import CARD_RETURN, ReturnState
from grants.giving.contributions.reversal import reverse_deposit
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.gifts import cancel_gift
from grants.giving.pledges.making import Giver
from grants.platform.messages.models import Message
from tests.factories import act_of, staff
from tests.giving.cards.conftest import GIVER, a_gift, screening
from tests.giving.cards.stub import StubProvider
from tests.platform.web.client import SignInAs

LISTED = Giver("Marek Igor Dravenko", DonorKind.INDIVIDUAL, "PT")
R = ReturnState


@pytest.fixture(autouse=True)
def _ready(session: Session) -> None:
    screening(session)
    session.commit()


def _received(session: Session, fund: Fund, giver: Giver = GIVER) -> tuple[CardPayment, Status]:
    """A gift of 100.00 that was paid by card for a fee of 3.20, and what the provider answers."""
    payment = start(session, a_gift(session, fund, usd(10_000), giver), "stub", Act(VISITOR))
    status = Status(Progress.PAID, Paid("pay-1", usd(10_000), usd(320), clock.now()))
    settle(session, payment, status)
    return payment, status


def _officer(session: Session, reason: str = "The donor asked for it.") -> Act:
    return replace(act_of(session, staff(session, Role.APPROVING_OFFICER)), reason=reason)


def _at_provider(session: Session, fund: Fund) -> Money:
    return bank_balance(session, open_at_provider(session, fund, "stub", "USD")).own


def _sound(session: Session) -> None:
    session.flush()
    assert [fault for check in (*CHECKS, *verify.CHECKS) for fault in check(session)] == []


def _dispute(is_out: bool, fee: int, *, is_open: bool = False) -> Returned:
    return Returned(ReturnKind.DISPUTE, "dp-1", usd(10_000), is_out, is_open, usd(fee))


def test_a_refund_leaves_the_books_when_the_provider_has_made_it(
    session: Session, fund: Fund
) -> None:
    payment, status = _received(session, fund)
    item = ask_refund(session, payment, usd(4_000), _officer(session))
    assert (item.state, left_of(session, payment)) == (R.ASKED, usd(6_000))
    assert _at_provider(session, fund) == usd(9_680)
    pending = Returned(ReturnKind.REFUND, "re-1", usd(4_000), False, True, key=item.key)
    settle(session, payment, replace(status, returns=(pending,)))
    assert item.state is R.ASKED
    done = replace(pending, is_out=True, is_open=False)
    for _time in range(3):
        settle(session, payment, replace(status, returns=(done,)))
    assert (CARD_RETURN.names[item.state].staff, item.reference) == ("Returned to the card", "re-1")
    sums = balances(session, fund)
    assert (sums.cash, sums.contribution_revenue, sums.bank_charges) == (
        usd(5_680),
        usd(6_000),
        usd(320),
    )
    assert _at_provider(session, fund) == usd(5_680)
    _sound(session)


def _mails(session: Session, kind: str) -> list[tuple[str, str]]:
    """To whom e-mails of a kind went, and what they say."""
    query = select(Message).where(Message.event.contains(f":{kind}")).order_by(Message.id)
    return [(message.recipient, message.text) for message in session.scalars(query)]


def test_the_giver_gets_the_receipt_and_reads_once_that_money_went_back(
    session: Session, fund: Fund
) -> None:
    payment, status = _received(session, fund)
    ((recipient, text),) = _mails(session, "received")
    assert (recipient, "100.00" in text) == ("lena@ojo.example", True)
    item = ask_refund(session, payment, usd(4_000), _officer(session))
    assert _mails(session, "refunded") == []
    done = Returned(ReturnKind.REFUND, "re-1", usd(4_000), True, key=item.key)
    for _time in range(2):
        settle(session, payment, replace(status, returns=(done,)))
    ((recipient, text),) = _mails(session, "refunded")
    assert recipient == "lena@ojo.example"
    assert "refunded USD 40.00 of your gift" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "The donor asked for it." not in text
    settle(session, payment, replace(status, returns=(done, _dispute(True, 1_500))))
    assert len(_mails(session, "refunded")) == 1


def test_the_giver_of_a_cancelled_gift_reads_that_the_money_went_back(
    session: Session, fund: Fund
) -> None:
    payment = start(session, pledge := a_gift(session, fund, usd(10_000)), "stub", Act(VISITOR))
    cancel_gift(session, pledge)
    status = Status(Progress.PAID, Paid("pay-1", usd(10_000), usd(320), clock.now()))
    settle(session, payment, status)
    item = ask_refund(session, payment, usd(10_000), _officer(session))
    done = Returned(ReturnKind.REFUND, "re-1", usd(10_000), True, key=item.key)
    settle(session, payment, replace(status, returns=(done,)))
    ((recipient, _text),) = _mails(session, "refunded")
    assert recipient == "lena@ojo.example"


def test_a_refund_that_fails_afterwards_is_back(session: Session, fund: Fund) -> None:
    payment, status = _received(session, fund)
    item = ask_refund(session, payment, usd(9_000), _officer(session))
    done = Returned(ReturnKind.REFUND, "re-1", usd(9_000), True, key=item.key)
    settle(session, payment, replace(status, returns=(done,)))
    settle(session, payment, replace(status, returns=(replace(done, is_out=False),)))
    assert payment.trouble == ""
    assert (item.state, left_of(session, payment)) == (R.FAILED, usd(10_000))
    assert balances(session, fund).contribution_revenue == usd(10_000)
    settle(session, payment, replace(status, returns=(done,)))  # an older answer
    assert balances(session, fund).contribution_revenue == usd(10_000)
    _sound(session)


def test_a_giver_who_was_told_of_a_refund_is_told_once_that_it_failed(
    session: Session, fund: Fund
) -> None:
    payment, status = _received(session, fund)
    told, untold = (ask_refund(session, payment, usd(2_000), _officer(session)) for _ in range(2))
    done = Returned(ReturnKind.REFUND, "re-1", usd(2_000), True, key=told.key)
    never = Returned(ReturnKind.REFUND, "re-2", usd(2_000), False, key=untold.key)
    settle(session, payment, replace(status, returns=(done, never)))
    assert (told.state, untold.state) == (R.OUT, R.FAILED)
    assert _mails(session, "refund_failed") == [], "of this one the giver had heard nothing"
    for _time in range(2):
        settle(session, payment, replace(status, returns=(replace(done, is_out=False), never)))
    ((recipient, text),) = _mails(session, "refund_failed")
    assert recipient == "lena@ojo.example"
    assert "USD 20.00" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "come back to the" in text


def test_a_failed_refund_waits_until_an_officer_refunds_again_or_closes_it(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    payment, _status = _received(session, fund)
    items = [ask_refund(session, payment, usd(2_000), _officer(session)) for _ in range(2)]
    for item in items:
        refuse(session, item, "400 charge_already_refunded")
    officer = staff(session, Role.APPROVING_OFFICER)
    assert session.scalar(count_failed(viewer_of(session, officer.id) or VISITOR)) == 2
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER), "By transfer.")
    with pytest.raises(Forbidden):
        close(session, items[0], finance)
    with pytest.raises(DomainError, match="reason"):
        close(session, items[0], _officer(session, ""))
    session.commit()
    client = sign_in_as(officer)
    path = f"/contributions/cards/refunds/{items[0].id}/close"
    assert path in client.get(f"/contributions/cards/{payment.id}").text
    client.submit(path, {"reason": "Paid back by bank transfer."}, page=path)
    session.expire_all()
    assert [item.state for item in items] == [R.BACK, R.FAILED]
    again = ask_refund(session, payment, usd(2_000), _officer(session))
    assert [item.state for item in (*items, again)] == [R.BACK, R.BACK, R.ASKED]
    assert session.scalar(count_failed(viewer_of(session, officer.id) or VISITOR)) == 0


def test_a_failed_refund_of_money_that_was_not_accepted_is_unidentified_again(
    session: Session, fund: Fund
) -> None:
    payment, status = _received(session, fund, LISTED)
    item = ask_refund(session, payment, usd(10_000), _officer(session))
    done = Returned(ReturnKind.REFUND, "re-1", usd(10_000), True, key=item.key)
    settle(session, payment, replace(status, returns=(done,)))
    for _time in range(2):
        settle(session, payment, replace(status, returns=(replace(done, is_out=False),)))
    assert (item.state, payment.trouble) == (R.FAILED, "")
    sums = balances(session, fund)
    assert (sums.cash, sums.suspense, sums.bank_charges) == (usd(9_680), usd(10_000), usd(320))
    assert left_of(session, payment) == usd(10_000)
    _sound(session)


def test_what_is_refused(session: Session, fund: Fund) -> None:
    payment, _status = _received(session, fund)
    for amount in (usd(0), usd(10_001), Money(100, "EUR")):
        with pytest.raises(DomainError, match="up to"):
            ask_refund(session, payment, amount, _officer(session))
    with pytest.raises(DomainError, match="reason"):
        ask_refund(session, payment, usd(100), _officer(session, " "))
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER))
    with pytest.raises(Forbidden):
        ask_refund(session, payment, usd(100), replace(finance, reason="So."))
    fund.operating_reserve_minor = 9_000
    session.flush()
    with pytest.raises(DomainError, match="available"):
        ask_refund(session, payment, usd(10_000), _officer(session))


def test_what_went_back_by_the_bank_does_not_go_back_to_the_card_too(
    session: Session, fund: Fund
) -> None:
    payment, _status = _received(session, fund)
    went = _voucher(session, payment)
    refund_by_bank(session, payment.pledge, usd(7_000), went)
    assert left_of(session, payment) == usd(3_000)
    with pytest.raises(DomainError, match=r"30\.00"):
        ask_refund(session, payment, usd(3_001), _officer(session))
    ask_refund(session, payment, usd(2_000), _officer(session))
    assert left_of(session, payment) == usd(1_000)
    again = replace(went, key="test:again")
    with pytest.raises(DomainError, match="more than the amount received"):
        refund_by_bank(session, payment.pledge, usd(1_001), again)
    refund_by_bank(session, payment.pledge, usd(1_000), again)
    assert not left_of(session, payment)
    _sound(session)


def _voucher(session: Session, payment: CardPayment) -> Voucher:
    act = act_of(session, staff(session, Role.FINANCE_OFFICER), "Sent twice.")
    return Voucher(payment.fund, clock.today(), payment.pledge.subject, "test:back", act)


def test_a_refund_made_at_the_provider_itself_is_booked_once(session: Session, fund: Fund) -> None:
    payment, status = _received(session, fund)
    fund.operating_reserve_minor = 9_000  # it has left, whatever is available
    done = Returned(ReturnKind.REFUND, "re-9", usd(10_000), True)
    for _time in range(2):
        settle(session, payment, replace(status, returns=(done,)))
    assert session.scalars(select(CardReturn)).one().state is R.OUT
    assert _at_provider(session, fund) == usd(-320)
    _sound(session)


def test_money_that_was_held_goes_back_whole_and_the_fee_is_a_charge(
    session: Session, fund: Fund
) -> None:
    payment, status = _received(session, fund, LISTED)
    assert payment.deposit is not None
    assert payment.deposit.kept_apart
    with pytest.raises(DomainError, match="only be refunded in full"):
        ask_refund(session, payment, usd(100), _officer(session))
    item = ask_refund(session, payment, usd(10_000), _officer(session))
    done = Returned(ReturnKind.REFUND, "re-1", usd(10_000), True, key=item.key)
    settle(session, payment, replace(status, returns=(done,)))
    sums = balances(session, fund)
    assert (sums.cash, sums.suspense, sums.bank_charges) == (usd(-320), usd(0), usd(320))
    assert not left_of(session, payment)
    _sound(session)


def test_money_that_was_reversed_by_hand_and_went_back_waits_with_the_reason(
    session: Session, fund: Fund
) -> None:
    payment, status = _received(session, fund, LISTED)
    assert payment.deposit is not None
    item = ask_refund(session, payment, usd(10_000), _officer(session))
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER), "Entered wrongly.")
    reverse_deposit(session, payment.deposit, finance)
    done = Returned(ReturnKind.REFUND, "re-1", usd(10_000), True, key=item.key)
    settle(session, payment, replace(status, returns=(done,)))
    assert "already been reversed" in payment.trouble


def test_a_dispute_takes_the_money_and_its_fee_and_gives_them_back_when_won(
    session: Session, fund: Fund
) -> None:
    payment, status = _received(session, fund)
    settle(session, payment, replace(status, returns=(_dispute(False, 0, is_open=True),)))
    assert session.scalar(select(func.count()).select_from(CardReturn)) == 0
    for _time in range(2):
        settle(session, payment, replace(status, returns=(_dispute(True, 1_500),)))
    sums = balances(session, fund)
    assert (sums.cash, sums.bank_charges) == (usd(-1_820), usd(1_820))
    assert sums.contribution_revenue == usd(0)
    for _time in range(2):
        settle(session, payment, replace(status, returns=(_dispute(False, 0),)))
    sums = balances(session, fund)
    assert (sums.cash, sums.bank_charges) == (usd(9_680), usd(320))
    assert sums.contribution_revenue == usd(10_000)
    _sound(session)


def test_a_dispute_that_is_won_may_keep_its_fee(session: Session, fund: Fund) -> None:
    payment, status = _received(session, fund)
    for returned in (_dispute(True, 1_500), _dispute(False, 1_500)):
        settle(session, payment, replace(status, returns=(returned,)))
    assert balances(session, fund).bank_charges == usd(1_820)
    _sound(session)


def _asked(database: Database, provider: StubProvider, *amounts: int) -> list[int]:
    """Refunds that an officer asked for of a payment on the provider's page."""
    with database.transaction() as session:
        screening(session)
        gift = a_gift(session, session.get_one(Fund, 1), usd(10_000))
        payment = start(session, gift, "stub", Act(VISITOR))
        page = provider.start(Order(payment.key, payment.amount, "", "", ""))
        note_page(session, payment, page)
        provider.pay(page.reference)
        settle(session, payment, provider.ask(page.reference))
        officer = _officer(session)
        return [ask_refund(session, payment, usd(cents), officer).id for cents in amounts]


def _states(database: Database, numbers: list[int]) -> list[ReturnState]:
    with database.session() as session:
        return [session.get_one(CardReturn, number).state for number in numbers]


def test_the_provider_is_asked_once_for_a_refund(
    real_database: Database, provider: StubProvider
) -> None:
    numbers = _asked(real_database, provider, 4_000, 500)
    for _time in range(2):
        refund_by_provider(real_database, numbers[0])
    provider.refuses = True
    refund_by_provider(real_database, numbers[1])
    assert _states(real_database, numbers) == [R.OUT, R.FAILED]
    with real_database.session() as session:
        refunds = select(func.count()).where(Entry.key.like("card_return:%"))
        assert session.scalar(refunds) == 1


def test_a_refund_that_was_never_sent_is_sent_once_however_late(
    real_database: Database, provider: StubProvider
) -> None:
    sent, _unsent = numbers = _asked(real_database, provider, 4_000, 500)
    with real_database.session() as session:
        item = session.get_one(CardReturn, sent)
        provider.refund(item.payment.reference or "", item.amount, item.key)
        page = item.payment.page_reference or ""
    ask_about_silent(real_database)
    assert _states(real_database, numbers) == [R.ASKED, R.ASKED], "the queue tries first"
    provider.forgets = True
    with clock.at(clock.now() + timedelta(days=8)):
        provider.name = "another"
        ask_about_silent(real_database)
        assert _states(real_database, numbers) == [R.ASKED, R.ASKED]
        provider.name = "stub"
        for _time in range(2):
            ask_about_silent(real_database)
    assert _states(real_database, numbers) == [R.OUT, R.OUT]
    assert [item.amount for item in provider.answers[page].returns] == [usd(4_000), usd(500)]


def test_another_provider_is_not_asked_about_a_payment(
    real_database: Database, provider: StubProvider
) -> None:
    numbers = _asked(real_database, provider, 4_000)
    with real_database.session() as session:
        payment = session.get_one(CardReturn, numbers[0]).payment.id
    provider.answers.clear()
    provider.name = "another"
    ask_provider(real_database, payment)
    refund_by_provider(real_database, numbers[0])
    assert _states(real_database, numbers) == [R.ASKED]


def test_an_officer_refunds_on_the_page_of_the_payment(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    payment, _status = _received(session, fund)
    officer, finance = (
        staff(session, role) for role in (Role.APPROVING_OFFICER, Role.FINANCE_OFFICER)
    )
    session.commit()
    page = f"/contributions/cards/{payment.id}"
    client = sign_in_as(finance)
    assert "Refund" not in client.get(page).text.split("<main")[1]
    assert client.get(f"{page}/refund").status_code == 403
    client = sign_in_as(officer)
    assert f"{page}/refund" in client.get(page).text
    response = client.submit(f"{page}/refund", {"amount": "10", "reason": "Asked for."})
    assert response.location == page
    assert "With the provider" in client.get(page).text
    assert session.scalars(select(CardReturn)).one().amount == usd(1_000)


def test_a_payment_in_another_currency_is_refunded_in_it(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    euro = Money(8_000, "EUR")
    payment = start(session, a_gift(session, fund, euro), "stub", Act(VISITOR))
    paid = Paid("pay-1", euro, Money(265, "EUR"), clock.now())
    settle(session, payment, Status(Progress.PAID, paid))
    officer = staff(session, Role.APPROVING_OFFICER)
    session.commit()
    client, page = sign_in_as(officer), f"/contributions/cards/{payment.id}"
    form = client.get(f"{page}/refund").text.split("<main")[1]
    assert (">EUR<" in form, "USD" in form) == (True, False)
    client.submit(f"{page}/refund", {"amount": "20", "reason": "Asked for."})
    assert session.scalars(select(CardReturn)).one().amount == Money(2_000, "EUR")
