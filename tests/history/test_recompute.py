"""Moving in: an independent recomputation from the files equals every figure of the books."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.funds.queries import fund_by_code
from grants.history.plan import folder_contents
from grants.history.service import take_over
from grants.kernel.db import Database
from grants.ledger.cash import source_and_use
from grants.ledger.queries import balances
from grants.ledger.verify import breaches
from tests.history.histories import START, full_histories
from tests.history.recompute import History

ACCOUNTS = (
    "cash",
    "contributions_receivable",
    "contribution_revenue",
    "interest",
    "exchange_difference",
    "bank_charges",
    "grant_expense",
    "programme_support_cost",
    "commitments",
    "suspense",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_books_equal_the_recomputation(database: Database, folder: Path, data: Any) -> None:
    files = data.draw(full_histories(folder))
    recomputed = History(files.write(folder))
    with database.session() as session:
        take_over(session, "UNVTF", folder_contents(folder))
        _compare(session, recomputed, data.draw(st.integers(0, 1200)))
        session.rollback()


def _compare(session: Session, recomputed: History, days: int) -> None:
    fund = fund_by_code(session, "UNVTF")
    until = START + timedelta(days)
    for day in (until, None):
        told = balances(session, fund, day).as_json()
        for account in ACCOUNTS:
            assert told[account] == f"{recomputed.balance(account, day):f}", (account, day)
        assert told["available"] == f"{recomputed.available(day):f}"
    statement = source_and_use(session, fund, START, until)
    for side in (statement.source, statement.use):
        for line in side.__slots__:
            expected = recomputed.flowed(line, START, until)
            assert str(getattr(side, line)) == f"{expected:f}", line
    assert breaches(session) == []
