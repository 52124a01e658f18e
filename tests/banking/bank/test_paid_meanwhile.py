"""Pledges that are paid while a page is read, or a moment before, hide no other one."""

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.matching.proposals import pledges_for
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.giving.pledges.models import Pledge
from tests.banking.bank.arranging import a_line
from tests.books.ledger.books import money
from tests.factories import a_deposit, a_donor, a_pledge

AMOUNT = usd(123_456)
MOST_QUESTIONS = 12
"""More than a page asks for the proposals of its lines."""


def three_alike(database: Database) -> tuple[int, list[str]]:
    """A line, and three pledges that it fits equally well: the references of the oldest first."""
    with database.transaction() as session:
        fund = session.get_one(Fund, 1)
        pledges = [
            a_pledge(session, fund, AMOUNT, a_donor(session, f"Donor {number}")) for number in "123"
        ]
        line = a_line(session, fund, money("1234.56"), name="Unknown")
        return line.id, [pledge.reference for pledge in pledges]


def pay(database: Database, references: list[str]) -> None:
    """Another transaction records the money and commits."""
    with database.transaction() as session:
        fund = session.get_one(Fund, 1)
        for reference in references:
            pledge = session.scalars(select(Pledge).where(Pledge.reference == reference)).one()
            a_deposit(session, fund, pledge, AMOUNT)


def best(session: Session, line_id: int) -> list[str]:
    """What the list proposes for the line."""
    line = session.get_one(BankLine, line_id)
    return [one.pledge.reference for one in pledges_for(session, line, most=1)]


@pytest.mark.parametrize("number", range(MOST_QUESTIONS))
def test_a_pledge_is_proposed_whenever_two_others_are_paid(
    real_database: Database, number: int
) -> None:
    line, (first, second, third) = three_alike(real_database)
    asked = 0

    def pay_before_a_question(*_seen: Any) -> None:
        nonlocal asked
        asked += 1
        if asked == number + 1:
            pay(real_database, [first, second])

    with real_database.reading() as session:
        pool = session.get_bind()
        event.listen(pool, "before_cursor_execute", pay_before_a_question)
        try:
            found = best(session, line)
        finally:
            event.remove(pool, "before_cursor_execute", pay_before_a_question)
        assert found in ([first], [third]), "as of a moment before or after"
        if asked > number:
            assert best(session, line) == [third]
