"""Money that nobody knows waits in suspense until a person finds its pledge."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.giving.contributions.models import Receipt
from grants.giving.contributions.service import allocate, record_deposit
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, publish_rates, settle
from tests.factories import (
    a_deposit,
    a_pledge,
    a_signed_pledge,
    act_of,
    an_arrival,
    staff,
)


def _finance(session: Session, reason: str | None = None) -> Act:
    return act_of(session, staff(session, Role.FINANCE_OFFICER), reason)


def _count(session: Session, kind: type) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_unidentified_money_waits_in_suspense_without_a_receipt(
    session: Session, fund: Fund
) -> None:
    publish_rates(session)
    deposit = a_deposit(session, fund, None, Money(8_900, "EUR"), fee=Money(100, "EUR"))
    settle(session)
    assert deposit.receipt is None
    assert balances(session, fund).suspense == usd(10_000)


def test_once_allocated_it_counts_for_its_pledge(session: Session, fund: Fund) -> None:
    publish_rates(session)
    pledge = a_signed_pledge(session, fund, Money(90_000, "EUR"), JANUARY)
    deposit = a_deposit(session, fund, None, Money(90_000, "EUR"), value_on=FEBRUARY)
    allocate(session, deposit, pledge, _finance(session), MARCH)
    settle(session)
    standing = balances(session, fund)
    assert (standing.suspense, standing.contributions_receivable) == (usd(0), usd(0))
    assert standing.exchange_difference == usd(12_500)
    assert deposit.receipt
    assert deposit.receipt.donor_id == pledge.donor_id
    assert [row.action for row in trail_of(session, "deposit", deposit.id)] == [
        "record",
        "allocate",
    ]


def test_allocating_again_changes_nothing_and_elsewhere_is_refused(
    session: Session, fund: Fund
) -> None:
    here, there = a_pledge(session, fund), a_pledge(session, fund)
    deposit = a_deposit(session, fund, None, usd(500))
    for _time in range(2):
        allocate(session, deposit, here, _finance(session))
    assert _count(session, Receipt) == 1
    with pytest.raises(Conflict, match="already been allocated to another pledge"):
        allocate(session, deposit, there, _finance(session))


def test_a_bank_line_told_again_after_its_allocation_changes_nothing(
    session: Session, fund: Fund
) -> None:
    pledge, line = a_pledge(session, fund), an_arrival(usd(500))
    deposit = record_deposit(session, fund, None, line, _finance(session))
    allocate(session, deposit, pledge, _finance(session))
    for named in (None, pledge):
        assert record_deposit(session, fund, named, line, _finance(session)) is deposit
    with pytest.raises(Conflict):
        record_deposit(session, fund, a_pledge(session, fund), line, _finance(session))


@pytest.mark.parametrize("day", [date(2026, 1, 19), clock.today() + timedelta(days=2)])
def test_money_is_not_allocated_before_it_came_nor_in_the_future(
    session: Session, fund: Fund, day: date
) -> None:
    deposit = a_deposit(session, fund, None, usd(500), value_on=date(2026, 1, 20))
    with pytest.raises(DomainError, match="before the money was received"):
        allocate(session, deposit, a_pledge(session, fund), _finance(session), day)


def test_an_allocation_beyond_the_pledge_needs_a_reason(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(400))
    deposit = a_deposit(session, fund, None, usd(500))
    with pytest.raises(DomainError, match="outstanding"):
        allocate(session, deposit, pledge, _finance(session))
    allocate(session, deposit, pledge, _finance(session, "They gave more."))
    assert deposit.note == "They gave more."


def test_whoever_recorded_the_agreement_does_not_allocate(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund)
    deposit = a_deposit(session, fund, None, usd(500))
    both = staff(session, Role.FUND_MANAGER)
    appoint(session, both, Role.FINANCE_OFFICER)
    with pytest.raises(Forbidden):
        allocate(session, deposit, pledge, act_of(session, both))


def test_the_database_lets_unidentified_money_find_its_pledge_and_nothing_else(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    a_deposit(session, fund, None, usd(500))
    session.flush()
    with pytest.raises(DBAPIError, match="never changed"):
        session.execute(
            text("UPDATE deposit SET pledge_id = :id, allocated_on = '2026-02-01', usd_minor = 1"),
            {"id": pledge.id},
        )
