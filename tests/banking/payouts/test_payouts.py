"""Payouts of the provider of card payments beside the books and the bank."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.lines.payouts import take_payout
from grants.banking.payouts.models import CardPayout
from grants.banking.payouts.queries import lines_of, on_the_way, parts_of, payouts_for_viewer
from grants.banking.payouts.reading import read_all, store_balances, store_payouts
from grants.banking.payouts.views import Standing, standing
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import VISITOR, Viewer
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import (
    Moved,
    Movement,
    Paid,
    Payout,
    PayoutState,
    Progress,
    Status,
)
from grants.giving.cards.service import settle, start
from tests.banking.bank.arranging import finance, imported_lines
from tests.banking.bank.files import BankEntry
from tests.factories import staff
from tests.giving.cards.conftest import a_gift, provider, screening
from tests.giving.cards.stub import StubProvider
from tests.platform.web.client import SignInAs

__all__ = ["provider"]  # a fixture

NOTHING = usd(0)


@pytest.fixture
def paid(session: Session, fund: Fund) -> CardPayment:
    """A gift of 100.00, paid by card for a fee of 3.20."""
    screening(session)
    payment = start(session, a_gift(session, fund, usd(10_000)), "stub", Act(VISITOR))
    made = Paid("pay-1", usd(10_000), usd(320), clock.now())
    settle(session, payment, Status(Progress.PAID, made))
    return payment


def _movement(amount: int, fee: int = 0, kind: Moved = Moved.PAYMENT) -> Movement:
    return Movement(kind, "pay-1", usd(amount), usd(fee))


def _read(session: Session, fund: Fund, *movements: Movement, amount: int = 9_680) -> CardPayout:
    day = clock.today() + timedelta(days=1)
    payout = Payout("po-1", usd(amount), PayoutState.ON_THE_WAY, day, movements)
    store_payouts(session, fund.id, "stub", [payout])
    store_balances(session, fund.id, "stub", [NOTHING])
    session.expire_all()
    return session.scalars(select(CardPayout)).one()


def _finance(session: Session) -> Viewer:
    viewer = viewer_of(session, staff(session, Role.FINANCE_OFFICER).id)
    assert viewer is not None
    return viewer


def _lines(session: Session, fund: Fund, *names: str) -> list[BankLine]:
    """Credits of 96.80 of today from senders of these names."""
    told = [
        BankEntry(usd(9_680), clock.today(), reference=name, name=name, text="PAYOUT 7")
        for name in names
    ]
    return imported_lines(session, fund, told, days=(clock.today(), clock.today()))


def test_a_payout_is_what_it_is_made_of_and_the_books_agree(
    session: Session, fund: Fund, paid: CardPayment
) -> None:
    payout = _read(session, fund, _movement(10_000, 320))
    (part,) = parts_of(session, payout)
    assert (part.payment, part.differs) == (paid, "")
    assert (payout.fees, payout.unexplained) == (usd(320), NOTHING)
    (transit,) = on_the_way(session, _finance(session))
    assert (transit.in_ledger, transit.held, transit.paid_out) == (usd(9_680), NOTHING, usd(9_680))
    assert transit.difference == NOTHING


@pytest.mark.usefixtures("paid")
def test_differences_are_told(session: Session, fund: Fund) -> None:
    payout = _read(
        session,
        fund,
        _movement(10_000, 290),
        _movement(-4_000, kind=Moved.REFUND),
        Movement(Moved.PAYMENT, "pay-9", usd(500), usd(20)),
        Movement(Moved.FEE, "", usd(-200), NOTHING),
    )
    assert [bool(part.differs) for part in parts_of(session, payout)] == [True] * 4
    assert (payout.fees, payout.unexplained) == (usd(510), usd(9_680 - 9_710 + 4_000 - 480 + 200))
    store_balances(session, fund.id, "stub", [usd(50)])
    (transit,) = on_the_way(session, _finance(session))
    assert transit.difference == usd(-50)


@pytest.mark.usefixtures("paid")
def test_what_was_read_again_replaces_what_was_read_before(session: Session, fund: Fund) -> None:
    _read(session, fund, _movement(10_000, 320))
    payout = _read(session, fund, _movement(9_000, 320), amount=8_680)
    assert (payout.amount, payout.unexplained) == (usd(8_680), NOTHING)


def test_it_is_at_the_bank_once_its_line_is_there_and_recorded_after_the_act(
    session: Session, fund: Fund, paid: CardPayment
) -> None:
    payout = _read(session, fund, _movement(10_000, 320))
    assert standing(payout, lines_of(session, [payout]).get(payout.id)) is Standing.SENT
    other, line = _lines(session, fund, "Somebody else", "STUB")
    assert other not in lines_of(session, [payout]).values()
    assert standing(payout, line) is Standing.ARRIVED
    assert paid.deposit is not None
    (transit,) = on_the_way(session, _finance(session))
    take_payout(session, line, transit.account, line.amount, finance(session))
    session.flush()
    assert lines_of(session, [payout]) == {payout.id: line}
    assert standing(payout, line) is Standing.RECORDED
    (transit,) = on_the_way(session, _finance(session))
    assert (transit.in_ledger, transit.paid_out) == (NOTHING, NOTHING)


@pytest.mark.usefixtures("paid")
def test_two_payouts_of_one_amount_are_not_the_same_line(session: Session, fund: Fund) -> None:
    first = _read(session, fund, _movement(10_000, 320))
    again = Payout("po-2", first.amount, PayoutState.PAID, first.arrives_on, ())
    store_payouts(session, fund.id, "stub", [again])
    both = session.scalars(select(CardPayout).order_by(CardPayout.id)).all()
    (line,) = _lines(session, fund, "STUB")
    assert lines_of(session, both) == {first.id: line}
    with clock.at(clock.now() + timedelta(days=9)):
        assert standing(both[1], None) is Standing.MISSING


@pytest.mark.usefixtures("paid")
def test_a_payout_that_failed_is_at_no_bank(session: Session, fund: Fund) -> None:
    payout = _read(session, fund, _movement(10_000, 320))
    failed = Payout(payout.reference, payout.amount, PayoutState.FAILED, payout.arrives_on, ())
    store_payouts(session, fund.id, "stub", [failed])
    store_balances(session, fund.id, "stub", [usd(9_680)])
    session.expire_all()
    _lines(session, fund, "STUB")
    assert lines_of(session, [payout]) == {}
    (transit,) = on_the_way(session, _finance(session))
    assert transit.difference == NOTHING


def test_the_job_reads_each_provider_and_waits_for_one_that_is_down(
    real_database: Database, provider: StubProvider
) -> None:
    day = date(2026, 12, 3)
    provider.paid_out = (Payout("po-1", Money(500, "EUR"), PayoutState.PAID, day, ()),)
    provider.holds = (Money(120, "EUR"),)
    for is_up in (False, True, True):
        provider.is_up = is_up
        read_all(real_database)
    with real_database.session() as session:
        (payout,) = session.scalars(select(CardPayout))
        assert (payout.amount, payout.arrives_on) == (Money(500, "EUR"), day)


@pytest.mark.usefixtures("paid")
def test_finance_reaches_them_by_links(session: Session, fund: Fund, sign_in_as: SignInAs) -> None:
    payout = _read(session, fund, _movement(10_000, 320), _movement(-2_000, kind=Moved.REFUND))
    person, reviewer = staff(session, Role.FINANCE_OFFICER), staff(session, Role.REVIEWER)
    session.commit()
    client = sign_in_as(person)
    assert 'href="/bank/payouts"' in client.get("/contributions/cards").text
    page = client.get("/bank/payouts").text
    assert "Being sent to the bank" in page
    assert f'href="/bank/payouts/{payout.id}"' in page
    detail = client.get(f"/bank/payouts/{payout.id}").text
    assert "Not in the ledger" in detail
    assert "/contributions/cards/" in detail
    assert sign_in_as(reviewer).get(f"/bank/payouts/{payout.id}").status_code == 403


def test_payouts_of_another_fund_are_not_shown(session: Session, fund: Fund) -> None:
    _read(session, fund)
    assert session.scalars(payouts_for_viewer(VISITOR)).all() == []
