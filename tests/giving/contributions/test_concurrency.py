"""Many at once: a bank line has one effect, receipts no gap, a pledge takes what it promised."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.contributions.service import Arrival, allocate, record_deposit
from grants.giving.contributions.verify import CHECKS as CONTRIBUTIONS
from grants.giving.pledges.models import Pledge
from grants.platform.messages.models import Message
from tests.factories import a_deposit, a_donor, a_pledge, act_of, member, staff

DAY = date(2025, 3, 3)
Deed = Callable[[Session, Fund, Act], object]


def the_fund(session: Session) -> Fund:
    return session.get_one(Fund, 1)


@pytest.fixture
def pledge_id(real_database: Database) -> int:
    """A pledge of 1,000 USD whose donor has one contact."""
    with real_database.transaction() as session:
        donor = a_donor(session)
        member(session, donor, Role.DONOR)
        return a_pledge(session, the_fund(session), usd(100_000), donor).id


@pytest.fixture
def finance(real_database: Database) -> Act:
    with real_database.transaction() as session:
        return act_of(session, staff(session, Role.FINANCE_OFFICER))


def at_once(database: Database, act: Act, deeds: list[Deed]) -> list[str]:
    """Each deed in a transaction of its own, all let go at the same moment."""
    start = Barrier(len(deeds))

    def run(deed: Deed) -> str:
        start.wait(timeout=30)
        try:
            with database.transaction() as session:
                deed(session, the_fund(session), act)
        except (DomainError, Conflict, RuntimeError) as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def sound(database: Database) -> None:
    with database.session() as session:
        assert [line for check in CONTRIBUTIONS for line in check(session)] == []


def test_the_same_bank_line_twenty_times_at_once_is_one_deposit_one_receipt_one_e_mail(
    real_database: Database, finance: Act, pledge_id: int
) -> None:
    line = Arrival("ONE", DAY, usd(50_000), usd(10))

    def record(session: Session, fund: Fund, act: Act) -> object:
        return record_deposit(session, fund, session.get_one(Pledge, pledge_id), line, act)

    assert at_once(real_database, finance, [record] * 20) == ["done"] * 20
    with real_database.session() as session:
        found = [
            session.scalar(select(func.count()).select_from(kind))
            for kind in (Deposit, Receipt, Message)
        ]
        assert found == [1, 1, 1]
        assert balances(session, the_fund(session)).cash == usd(50_000)
    sound(real_database)


def test_receipts_have_no_gap_while_sixteen_record_and_half_of_them_fail(
    real_database: Database, finance: Act, pledge_id: int
) -> None:
    def recorder(number: int) -> Deed:
        def record(session: Session, fund: Fund, act: Act) -> None:
            line = Arrival(f"LINE-{number}", DAY, usd(100))
            record_deposit(session, fund, session.get_one(Pledge, pledge_id), line, act)
            if number % 2:
                raise RuntimeError("lost connection")

        return record

    for turn in range(3):
        deeds = [recorder(turn * 16 + number) for number in range(16)]
        outcomes = at_once(real_database, finance, deeds)
        assert outcomes.count("done") == 8
    with real_database.session() as session:
        numbers = session.scalars(select(Receipt.number).order_by(Receipt.id)).all()
    assert numbers == list(range(1, 25))
    sound(real_database)


def test_a_pledge_takes_no_more_than_it_promised_however_many_pay_at_once(
    real_database: Database, finance: Act, pledge_id: int
) -> None:
    def payer(number: int) -> Deed:
        line = Arrival(f"PART-{number}", DAY, usd(30_000))
        return lambda session, fund, act: record_deposit(
            session, fund, session.get_one(Pledge, pledge_id), line, act
        )

    outcomes = at_once(real_database, finance, [payer(number) for number in range(8)])
    assert sorted(outcomes) == ["DomainError"] * 5 + ["done"] * 3
    sound(real_database)


def test_unidentified_money_claimed_for_two_pledges_at_once_goes_to_one(
    real_database: Database, finance: Act, pledge_id: int
) -> None:
    with real_database.transaction() as session:
        other_id = a_pledge(session, the_fund(session)).id
        deposit_id = a_deposit(session, the_fund(session), None, usd(700), value_on=DAY).id

    def claimer(claimed: int) -> Deed:
        return lambda session, _fund, act: allocate(
            session, session.get_one(Deposit, deposit_id), session.get_one(Pledge, claimed), act
        )

    outcomes = at_once(real_database, finance, [claimer(pledge_id), claimer(other_id)] * 4)
    assert sorted(outcomes) == ["Conflict"] * 4 + ["done"] * 4
    sound(real_database)
