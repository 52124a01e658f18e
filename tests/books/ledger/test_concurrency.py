"""Many at once, on connections of their own: nothing is spent twice, nothing is ever half there."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier, Event

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.models import Entry, Period
from grants.books.ledger.periods import close
from grants.books.ledger.positions import position
from grants.books.ledger.queries import balances, trial_balance
from grants.books.ledger.receipts import (
    allocate_suspense,
    receive_deposit,
    receive_unidentified,
    recognise_agreement,
    refund_to_donor,
)
from grants.books.ledger.reversal import reverse
from grants.books.ledger.spending import commit_agreement, pay_instalment, reserve_award
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import usd
from tests.books.ledger.books import CLERK, FEBRUARY, JANUARY, PSC, money, publish_rates, voucher
from tests.books.ledger.test_database_rules import raw_entry


def the_fund(session: Session) -> Fund:
    return session.get_one(Fund, 1)


def attempt(database: Database, act: Callable[[Session], object]) -> str:
    """One act in its own transaction: "done", or what it was refused for."""
    try:
        with database.transaction() as session:
            act(session)
    except DomainError:
        return "refused"
    return "done"


def all_at_once(database: Database, acts: Sequence[Callable[[Session], object]]) -> list[str]:
    """Each act on its own connection, all let go at the same moment."""
    start = Barrier(len(acts))

    def run(act: Callable[[Session], object]) -> str:
        start.wait(timeout=30)
        return attempt(database, act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize(("cash", "percent"), [("113.00", Decimal(13)), ("100.00", Decimal(0))])
def test_fifty_approvals_of_10_at_once_award_exactly_the_100_there_are(
    real_database: Database, cash: str, percent: Decimal
) -> None:
    with real_database.transaction() as session:
        receive_deposit(session, voucher(the_fund(session)), money(cash))

    def approve(number: int) -> Callable[[Session], object]:
        return lambda session: reserve_award(
            session, voucher(the_fund(session), subject=f"grant:{number}"), money("10"), percent
        )

    outcomes = all_at_once(real_database, [approve(number) for number in range(50)])
    assert outcomes.count("done") == 10
    with real_database.session() as session:
        standing = balances(session, the_fund(session))
    assert (standing.available, standing.reserved) == (money("0"), money(cash))


def test_an_award_and_a_refund_to_a_donor_do_not_both_take_the_same_money(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        receive_deposit(session, voucher(the_fund(session)), money("113"))
    outcomes = all_at_once(
        real_database,
        [
            lambda session: reserve_award(
                session, voucher(the_fund(session), subject="grant:1"), money("100"), PSC
            ),
            lambda session: refund_to_donor(session, voucher(the_fund(session)), money("1")),
        ],
    )
    assert sorted(outcomes) == ["done", "refused"]


def test_deposits_on_one_pledge_at_once_clear_it_to_the_cent(real_database: Database) -> None:
    with real_database.transaction() as session:
        publish_rates(session)
        recognise_agreement(session, voucher(the_fund(session)), money("30", "JPY"))
    outcomes = all_at_once(
        real_database,
        [
            lambda session: receive_deposit(session, voucher(the_fund(session)), money("1", "JPY"))
            for _number in range(30)
        ],
    )
    assert outcomes == ["done"] * 30
    with real_database.session() as session:
        left = position(session, 1, Account.CONTRIBUTIONS_RECEIVABLE, "pledge:1")
    assert (left.amount.minor, left.usd_minor) == (0, 0)


def test_the_same_deposit_sent_twenty_times_at_once_is_booked_once(
    real_database: Database,
) -> None:
    outcomes = all_at_once(
        real_database,
        [
            lambda session: receive_deposit(
                session, voucher(the_fund(session), key="deposit:1"), money("5")
            )
            for _number in range(20)
        ],
    )
    assert outcomes == ["done"] * 20
    with real_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == 1


def test_unidentified_money_is_allocated_once_however_many_claim_it(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        receive_unidentified(session, voucher(the_fund(session), subject="receipt:1"), money("100"))

    def claim(number: int) -> Callable[[Session], object]:
        return lambda session: allocate_suspense(
            session, voucher(the_fund(session), subject=f"pledge:{number}"), "receipt:1", usd(3000)
        )

    outcomes = all_at_once(real_database, [claim(number) for number in range(8)])
    assert outcomes.count("done") == 3


def test_an_entry_reversed_by_many_at_once_is_reversed_once(real_database: Database) -> None:
    with real_database.transaction() as session:
        entry_id = receive_deposit(session, voucher(the_fund(session)), money("5")).id
    act = Act(CLERK.actor, reason="Entered twice.")

    def undo(session: Session) -> object:
        return reverse(session, session.get_one(Entry, entry_id), FEBRUARY, act)

    start = Barrier(6)

    def run(_number: int) -> str:
        start.wait(timeout=30)
        try:
            return attempt(real_database, undo)
        except Exception as conflict:  # noqa: BLE001 - which kind is what is asserted
            return type(conflict).__name__

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(run, range(6)))
    assert outcomes == ["Conflict"] * 5 + ["done"]


def test_whoever_books_while_a_period_closes_is_in_before_or_refused(
    real_database: Database,
) -> None:
    """The writer is under way when the period closes: closing waits, and counts it in."""
    written, may_commit = Event(), Event()

    def book_slowly() -> str:
        def slowly(session: Session) -> None:
            receive_deposit(session, voucher(the_fund(session), JANUARY), money("5"))
            written.set()
            assert may_commit.wait(timeout=30)

        return attempt(real_database, slowly)

    def close_january() -> str:
        return attempt(
            real_database,
            lambda session: close(session, the_fund(session), date(2026, 1, 1), CLERK),
        )

    with ThreadPoolExecutor(2) as pool:
        booking = pool.submit(book_slowly)
        assert written.wait(timeout=30)
        closing = pool.submit(close_january)
        with pytest.raises(TimeoutError):
            closing.result(timeout=0.3)
        may_commit.set()
        assert (booking.result(timeout=30), closing.result(timeout=30)) == ("done", "done")
    late = attempt(
        real_database,
        lambda session: receive_deposit(session, voucher(the_fund(session), JANUARY), money("1")),
    )
    assert late == "refused"


def test_the_database_alone_keeps_a_raw_entry_out_of_a_closing_period(
    real_database: Database,
) -> None:
    """Raw SQL knows nothing of `require_open`: the trigger waits for the closing, then refuses."""
    with real_database.session() as closing, ThreadPoolExecutor(1) as pool:
        close(closing, the_fund(closing), date(2026, 1, 1), CLERK)

        def book() -> None:
            with real_database.session() as session:
                raw_entry(session, the_fund(session), JANUARY)

        booking = pool.submit(book)
        with pytest.raises(TimeoutError):
            booking.result(timeout=0.3)
        closing.commit()
        with pytest.raises(DBAPIError, match="is closed"):
            booking.result(timeout=30)


def test_no_entry_is_newer_than_the_closing_of_its_period(real_database: Database) -> None:
    """Twenty writers and one who closes, let go together: what is in was in before."""

    def book(session: Session) -> object:
        return receive_deposit(session, voucher(the_fund(session), JANUARY), money("1"))

    def shut(session: Session) -> object:
        return close(session, the_fund(session), date(2026, 1, 1), CLERK)

    outcomes = all_at_once(real_database, [*[book] * 10, shut, *[book] * 10])
    with real_database.session() as session:
        in_the_books = session.scalar(select(func.count()).select_from(Entry))
        late = select(Entry.id).where(
            Entry.recorded_at > select(Period.closed_at).scalar_subquery()
        )
        assert session.scalars(late).all() == []
    assert in_the_books == outcomes.count("done") - 1


WRONG = Act(CLERK.actor, reason="Another donor's.")


def write_two_rounds(database: Database, number: int) -> None:
    for turn in range(2):
        with database.transaction() as session:
            fund, pledge = the_fund(session), f"pledge:{number}-{turn}"
            recognise_agreement(session, voucher(fund, subject=pledge), money("90", "EUR"))
            receive_deposit(session, voucher(fund, FEBRUARY, pledge), money("30", "EUR"))
        with database.transaction() as session:
            fund, receipt = the_fund(session), f"receipt:{number}-{turn}"
            receive_unidentified(session, voucher(fund, subject=receipt), money("20", "EUR"))
        with database.transaction() as session:
            fund = the_fund(session)
            slip = voucher(fund, FEBRUARY, pledge)
            placed = allocate_suspense(session, slip, receipt, money("20", "EUR"))
        with database.transaction() as session:
            reverse(session, session.get_one(Entry, placed.id), FEBRUARY, WRONG)
            slip = voucher(the_fund(session), FEBRUARY, pledge)
            allocate_suspense(session, slip, receipt, money("15", "EUR"))
        with database.transaction() as session:
            fund, grant = the_fund(session), f"grant:{number}"
            commit_agreement(session, voucher(fund, subject=grant), [money("7.77")], PSC)
            pay_instalment(session, voucher(fund, subject=grant), money("7.77"))


def read_until(finished: Event, database: Database) -> int:
    """How many trial balances were taken; each of them has to balance."""
    seen = 0
    while not finished.is_set():
        with database.session() as session:
            rows = trial_balance(session, the_fund(session))
        assert sum(row.debit.minor for row in rows) == sum(row.credit.minor for row in rows)
        seen += 1
    return seen


def test_every_trial_balance_is_0_while_16_post_and_allocate(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        publish_rates(session)
        receive_deposit(session, voucher(the_fund(session)), money("100000"))
    finished = Event()
    with ThreadPoolExecutor(20) as pool:
        readers = [pool.submit(read_until, finished, real_database) for _number in range(4)]
        writers = [pool.submit(write_two_rounds, real_database, number) for number in range(16)]
        try:
            for writer in writers:
                writer.result(timeout=60)
        finally:
            finished.set()
        assert all(reader.result(timeout=30) > 0 for reader in readers)
    with real_database.session() as session:
        standing = balances(session, the_fund(session))
    assert standing.grant_expense == usd(777 * 32)
    assert standing.suspense == usd(555 * 32)
