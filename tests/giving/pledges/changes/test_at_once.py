"""Decisions at the same moment: one change is made once, anyone else who moves the pledge's
money."""

import pytest

from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.database.db import Database
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.changes.service import approve, refuse
from grants.giving.pledges.models import ChangeKind, Pledge, PledgeChange
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.workflow import ChangeState
from tests.factories import a_change, a_signed_pledge, act_of, staff
from tests.giving.contributions.test_concurrency import DAY, Deed, at_once, the_fund


@pytest.fixture
def change_id(real_database: Database) -> int:
    """A write-off of 600 of 1,000 USD that awaits its decision."""
    with real_database.transaction() as session:
        pledge = a_signed_pledge(session, the_fund(session))
        return a_change(session, pledge, ChangeKind.WRITE_OFF, usd(60_000)).id


def sound(database: Database, pledge_id: int, *, written_off: int, came: int) -> None:
    with database.session() as session:
        pledge = session.get_one(Pledge, pledge_id)
        left = outstanding(pledge, received(session, pledge))
        assert left == usd(max(100_000 - written_off - came, 0))
        assert balances(session, the_fund(session)).contributions_receivable == left
        assert [line for check in CHECKS for line in check(session)] == []
        assert breaches(session) == []


def test_eight_approvals_and_refusals_at_once_decide_once(
    real_database: Database, change_id: int
) -> None:
    with real_database.transaction() as session:
        act = act_of(session, staff(session, Role.APPROVING_OFFICER), "So decided.")
        pledge_id = session.get_one(PledgeChange, change_id).pledge_id

    def decider(verb: object) -> Deed:
        return lambda session, _fund, by: verb(
            session, session.get_one(PledgeChange, change_id), by
        )  # type: ignore[operator]

    outcomes = at_once(real_database, act, [decider(verb) for verb in (approve, refuse) * 4])
    assert sorted(outcomes) == ["Conflict"] * 7 + ["done"]
    with real_database.session() as session:
        approved = session.get_one(PledgeChange, change_id).state is ChangeState.APPROVED
    sound(real_database, pledge_id, written_off=60_000 if approved else 0, came=0)


def test_a_write_off_and_the_money_at_once_leave_nothing_owed_twice(
    real_database: Database, change_id: int
) -> None:
    """600 are given up while 500 and 300 arrive: whichever comes too late is refused."""
    with real_database.transaction() as session:
        officer = act_of(session, staff(session, Role.APPROVING_OFFICER))
        finance = act_of(session, staff(session, Role.FINANCE_OFFICER))
        pledge_id = session.get_one(PledgeChange, change_id).pledge_id

    def payer(minor: int) -> Deed:
        line = Arrival(f"LATE-{minor}", DAY, usd(minor))
        return lambda session, fund, _act: record_deposit(
            session, fund, session.get_one(Pledge, pledge_id), line, finance
        )

    def approver() -> Deed:
        return lambda session, _fund, _act: approve(
            session, session.get_one(PledgeChange, change_id), officer
        )

    deeds = [approver(), payer(50_000), payer(30_000)]
    gone, first, second = at_once(real_database, officer, deeds)
    came = 50_000 * (first == "done") + 30_000 * (second == "done")
    written_off = 60_000 if gone == "done" else 0
    assert written_off + came <= 100_000
    assert {gone, first, second} <= {"done", "DomainError"}
    sound(real_database, pledge_id, written_off=written_off, came=came)
