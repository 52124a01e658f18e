"""What grants cost in a year is kept as postings come, and public pages read no posting for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.books.ledger.reversal import reverse
from grants.books.ledger.spending import commit_agreement, pay_instalment
from grants.core.database import schema
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.granting.results.queries import newest_year_paid, paid_by_country, years_with_results
from tests.books.ledger.books import CLERK, FEBRUARY, MARCH, PSC, money, voucher
from tests.grants import Scene, cash, pay

POSTED = """
SELECT fund_id, extract(year FROM booked_on)::int AS year, posting.subject, sum(usd_minor)
FROM posting JOIN entry ON entry.id = entry_id WHERE account = 'grant_expense'
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
KEPT = "SELECT fund_id, year, subject, usd_minor FROM grant_spending ORDER BY 1, 2, 3"


def rows(session: Session, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in session.execute(text(query))]


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []
    bind = session.get_bind().engine
    assert isinstance(bind, Engine)

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        asked.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    yield asked
    event.remove(bind, "before_cursor_execute", note)


def test_payments_of_one_grant_are_one_row_of_its_year(scene: Scene) -> None:
    session, today = scene.run().session, clock.today()
    first, second = scene.instalments[:2]
    pay(session, first, scene.people, today)
    assert rows(session, KEPT) == rows(session, POSTED)
    found = paid_by_country(session, scene.fund, today.year)
    assert [(one.country, one.grants, one.paid) for one in found] == [
        (scene.award.country, 1, first.amount)
    ]
    assert second.paid_on is None
    assert newest_year_paid(session, scene.fund) == today.year
    assert verify.breaches(session) == []


def test_a_payment_taken_back_in_another_year_counts_there(session: Session, fund: Fund) -> None:
    cash(session, fund)
    grant = voucher(fund, FEBRUARY, "award:1")
    commit_agreement(session, voucher(fund, subject="award:1"), [money("100"), money("50")], PSC)
    paid = pay_instalment(session, grant, money("100"))
    assert [row[1:] for row in rows(session, KEPT)] == [(FEBRUARY.year, "award:1", 10000)]
    reverse(session, paid, MARCH, replace(CLERK, reason="Paid twice"))
    assert [row[1:] for row in rows(session, KEPT)] == [(FEBRUARY.year, "award:1", 0)]
    assert rows(session, KEPT) == rows(session, POSTED)


def test_the_public_figures_read_no_posting(scene: Scene) -> None:
    session, today = scene.run().session, clock.today()
    pay(session, scene.instalments[0], scene.people, today)
    session.flush()
    with statements(session) as asked:
        newest_year_paid(session, scene.fund)
        paid_by_country(session, scene.fund, today.year)
        years_with_results(session, scene.fund)
    assert len(asked) == 3
    assert not [one for one in asked if "posting" in one or "entry" in one]


@pytest.mark.parametrize("days", [(date(2024, 12, 31), date(2025, 1, 1))])
def test_what_was_posted_before_is_taken_over_by_the_migration(
    real_database: Database, days: tuple[date, ...]
) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        cash(session, fund)
        for number, day in enumerate(days):
            subject = f"award:{number}"
            agreed = voucher(fund, day, subject)
            commit_agreement(session, agreed, [money("100")], PSC)
            pay_instalment(session, voucher(fund, day, subject, key=f"pay:{number}"), money("100"))
    with real_database.begin() as connection:
        schema.downgrade(connection, "0064_reopened_reviews")
        schema.upgrade(connection)
    with real_database.session() as session:
        assert len(rows(session, KEPT)) == 2
        assert rows(session, KEPT) == rows(session, POSTED)
