"""A private person gives and pays at once: the transfer confirms the gift, the name is screened,
and money that may not be taken yet is kept apart.
"""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Membership
from grants.core.people.permissions import Role
from grants.core.people.viewer import VISITOR
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import allocate
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.gifts import page_of
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from grants.giving.pledging.service import confirm, propose
from grants.giving.reminders.service import remind
from grants.giving.totals.figures import fund_totals
from grants.integrity.sanctions.queries import hits_of
from grants.integrity.sanctions.service import take_list
from grants.platform.messages.models import Message
from tests.factories import a_deposit, act_of, staff
from tests.giving.pledging.test_gift import GIFT, PAGE
from tests.integrity.sanctions.deciding import told_apart
from tests.integrity.sanctions.lists import a_list
from tests.platform.web.client import StrictClient

GIVER = Giver("Lena Ojo", DonorKind.INDIVIDUAL, "PT")
LISTED = Giver("Marek Igor Dravenko", DonorKind.INDIVIDUAL, "PT")
DAY = clock.today()


@pytest.fixture(autouse=True)
def _screened(session: Session) -> None:
    take_list(session, "list.xml", a_list(), Act.by_system("test"))
    session.commit()


def _give(
    session: Session, fund: Fund, giver: Giver = GIVER, cents: int = 10_000, email: str = ""
) -> Pledge:
    contact = Contact(giver.name, email or "lena@ojo.example")
    offer = Offer(usd(cents), gift=True)
    return propose(session, fund, offer, giver, contact, Act(VISITOR))


def _pay(session: Session, fund: Fund, pledge: Pledge, cents: int = 10_000) -> Deposit:
    return a_deposit(session, fund, pledge, usd(cents), value_on=DAY, reason="As the bank says.")


def _mails(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def _sound(session: Session) -> None:
    session.flush()
    assert [line for check in CHECKS for line in check(session)] == []


def test_the_page_after_the_gift_shows_how_to_pay_and_the_e_mail_thanks_by_name(
    client: StrictClient, session: Session
) -> None:
    response = client.submit(PAGE, GIFT)
    page = client.get(client.get(response.location).location).get_data(as_text=True)
    (pledge,) = session.scalars(select(Pledge)).all()
    assert pledge.express
    assert pledge.reference in page
    assert "How to pay" in page
    assert "Lena" not in page, "the address may be passed on"
    (mail,) = _mails(session)
    assert "Dear Lena Ojo," in mail.text
    assert page_of(pledge) in mail.text
    assert pledge.instalments[0].due_on == DAY + timedelta(days=pledge.fund.payment_days)


@pytest.mark.parametrize(
    ("giver", "cents", "express"),
    [
        (GIVER, 500_000, True),
        (GIVER, 500_001, False),
        (Giver("Lantern", DonorKind.FOUNDATION, "PT"), 10_000, False),
    ],
)
def test_only_small_gifts_of_private_persons_are_paid_at_once(
    session: Session, fund: Fund, giver: Giver, cents: int, express: bool
) -> None:
    assert _give(session, fund, giver, cents).express is express


def test_it_counts_for_nothing_until_its_transfer_confirms_it(session: Session, fund: Fund) -> None:
    pledge = _give(session, fund)
    assert fund_totals(session, fund).pledged == usd(0)
    deposit = _pay(session, fund, pledge)
    assert deposit.receipt is not None
    assert pledge.state is PledgeState.ACKNOWLEDGED
    assert pledge.donor is not None
    assert pledge.donor.name == "Lena Ojo"
    assert fund_totals(session, fund).pledged == usd(10_000)
    assert balances(session, fund).cash == usd(10_000)
    assert not session.scalars(select(Membership)).all() or all(
        row.organisation_id != pledge.donor_id for row in session.scalars(select(Membership))
    ), "a transfer opens no account"
    receipt = _mails(session)[-1]
    assert receipt.recipient == "lena@ojo.example"
    assert page_of(pledge) in receipt.text
    _sound(session)


def test_a_second_gift_of_the_same_person_is_of_the_same_donor(
    session: Session, fund: Fund
) -> None:
    first, second = _give(session, fund), _give(session, fund)
    _pay(session, fund, first)
    _pay(session, fund, second)
    stranger = _give(session, fund, email="other@ojo.example")
    _pay(session, fund, stranger)
    assert first.donor_id == second.donor_id != stranger.donor_id


def test_a_possible_match_keeps_the_money_apart_until_it_is_decided(
    session: Session, fund: Fund
) -> None:
    pledge = _give(session, fund, LISTED)
    deposit = _pay(session, fund, pledge)
    assert (deposit.pledge, deposit.kept_for, deposit.receipt) == (None, pledge, None)
    assert pledge.state.value == "pledged"
    assert balances(session, fund).available == usd(0)
    assert _pay_again(session, fund, pledge, deposit) is deposit
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER), "Decided.")
    with pytest.raises(DomainError, match="may be on the sanctions list"):
        allocate(session, deposit, pledge, finance)
    assert pledge.donor is not None
    (hit,) = hits_of(session, pledge.donor.id)
    told_apart(session, hit)
    allocated = allocate(session, deposit, pledge, finance)
    assert allocated.receipt is not None
    assert pledge.state.value == "acknowledged"
    _sound(session)


def _pay_again(session: Session, fund: Fund, pledge: Pledge, deposit: Deposit) -> Deposit:
    return a_deposit(
        session,
        fund,
        pledge,
        deposit.amount,
        value_on=DAY,
        bank_reference=deposit.bank_reference,
    )


def test_more_than_the_limit_within_a_year_waits_for_due_diligence(
    session: Session, fund: Fund
) -> None:
    assert _pay(session, fund, _give(session, fund, cents=300_000), 300_000).pledge is not None
    second = _pay(session, fund, _give(session, fund, cents=300_000), 300_000)
    assert second.pledge is None
    too_much = _pay(session, fund, _give(session, fund), 900_000)
    assert too_much.pledge is None, "what came counts, not what was typed"
    _sound(session)


def test_the_link_opens_an_account_and_the_name_is_checked_at_once(
    session: Session, fund: Fund
) -> None:
    pledge = _give(session, fund)
    link = re.findall(r"/pledge/confirm/(\S+)", _mails(session)[-1].text)[0]
    confirm(session, link)
    assert pledge.state is PledgeState.ACKNOWLEDGED
    held = _give(session, fund, LISTED, email="other@ojo.example")
    confirm(session, re.findall(r"/pledge/confirm/(\S+)", _mails(session)[-1].text)[0])
    assert held.state is PledgeState.PLEDGED
    assert _pay(session, fund, held).kept_for is held


def test_it_is_reminded_of_before_it_is_confirmed_and_not_once_cancelled(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    pledge = _give(session, fund)
    session.commit()
    due = pledge.instalments[0].due_on
    (call,) = remind(session, due - timedelta(days=5), Act.by_system("reminders"))
    assert [recipient.email for recipient in call.recipients] == ["lena@ojo.example"]
    assert page_of(pledge) in _mails(session)[-1].text
    session.commit()
    client.submit(f"{page_of(pledge)}/cancel", {}, page=page_of(pledge))
    session.refresh(pledge)
    assert pledge.state is PledgeState.WITHDRAWN
    assert remind(session, due + timedelta(days=20), Act.by_system("reminders")) == []
    assert "cancelled" in client.get(page_of(pledge)).get_data(as_text=True)


def test_nobody_guesses_the_page_of_a_gift(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    pledge = _give(session, fund)
    session.commit()
    assert client.get(page_of(pledge)).status_code == 200
    assert client.get(f"/gift/{pledge.id}-{'0' * 40}").status_code == 404
    assert client.get(page_of(pledge).replace("-", "0-", 1)).status_code == 404


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ana María d’Ávila-Núñez", "Dear Ana María d’Ávila-Núñez,"),
        ("J. Smith", "Dear J. Smith,"),
        ("Click http://spam.example", "Dear Sir or Madam,"),
        ("see spam.example now", "Dear Sir or Madam,"),
        ("x" * 100, "Dear Sir or Madam,"),
    ],
)
def test_the_greeting_carries_nothing_but_a_name(
    session: Session, fund: Fund, name: str, greeting: str
) -> None:
    _give(session, fund, Giver(name, DonorKind.INDIVIDUAL, "PT"))
    assert _mails(session)[-1].text.startswith(greeting)


def test_what_came_in_another_currency_is_measured_by_its_rate(
    session: Session, fund: Fund
) -> None:
    offer = Offer(Money(600_000, "EUR"), gift=True)
    contact = Contact("Lena Ojo", "lena@ojo.example")
    assert not propose(session, fund, offer, GIVER, contact, Act(VISITOR)).express, "no rate"
