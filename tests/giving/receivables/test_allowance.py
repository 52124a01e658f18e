"""Finance proposes the allowance of a year's end, another posts it; only differences are posted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger import periods, verify
from grants.books.ledger.financial import financial_year
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.books.ledger.rates import NewRate, add_rates
from grants.books.ledger.receipts import write_off
from grants.books.ledger.reversal import reverse
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.giving.pledges.models import ChangeKind, Pledge
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.service import Agreement, sign_agreement
from grants.giving.receivables.models import AllowanceRun
from grants.giving.receivables.queries import ageing, to_approve
from grants.giving.receivables.service import approve, propose_allowance, reject, undo
from grants.giving.receivables.verify import ALLOWANCES_ARE_AS_DECIDED
from grants.giving.receivables.workflow import AllowanceState, Band
from tests.books.ledger.books import CLERK, publish_rates, settle, voucher
from tests.books.ledger.test_concurrency import all_at_once, the_fund
from tests.factories import a_deposit, a_pledge, a_signed_pledge, act_of, an_approved_change, staff

YEAR_END = date(2026, 12, 31)
LATER = datetime(2027, 3, 1, 9, tzinfo=UTC)


def finance(session: Session, reason: str | None = None) -> Act:
    return act_of(session, staff(session, Role.FINANCE_OFFICER), reason)


def approver(session: Session, reason: str | None = None) -> Act:
    return act_of(session, staff(session, Role.APPROVING_OFFICER), reason)


def an_old_pledge(session: Session, fund: Fund, euros: int = 1000, years: int = 2) -> Pledge:
    """Signed so many years before the year's end, in euros at 0.9, nothing paid."""
    with clock.at(datetime(2026 - years, 6, 1, 9, tzinfo=UTC)):
        return a_signed_pledge(
            session, fund, Money(euros * 100, "EUR"), signed_on=date(2026 - years, 5, 4)
        )


@pytest.fixture
def books(session: Session, fund: Fund) -> Fund:
    publish_rates(session)
    add_rates(session, [NewRate("EUR", date(2020, 1, 1), Decimal("0.9"))], CLERK)
    return fund


def posted(session: Session, fund: Fund, as_of: date = YEAR_END) -> AllowanceRun:
    with clock.at(LATER):
        run = propose_allowance(session, fund, as_of, finance(session))
        approve(session, run, approver(session))
    settle(session)
    return run


def test_what_is_owed_for_two_years_is_doubtful_by_the_funds_percentage(
    session: Session, books: Fund
) -> None:
    an_old_pledge(session, books)
    run = posted(session, books)
    standing = balances(session, books)
    assert (run.state, run.receivable, run.allowance) == (
        AllowanceState.POSTED,
        usd(111_111),
        usd(66_667),
    )
    assert (standing.receivable_allowance, standing.doubtful_receivables) == (
        usd(66_667),
        usd(66_667),
    )
    assert verify.breaches(session) == []


def test_a_repeated_run_posts_only_the_difference(session: Session, books: Fund) -> None:
    an_old_pledge(session, books)
    posted(session, books)
    with clock.at(LATER):
        again = propose_allowance(session, books, YEAR_END, finance(session))
        with pytest.raises(DomainError, match="already"):
            approve(session, again, approver(session))
        reject(session, again, approver(session, "Nothing to post."))
    books.doubtful_percents = {**books.doubtful_percents, "third_year": "80"}
    run = posted(session, books)
    assert run.change == usd(88_889 - 66_667)
    assert balances(session, books).receivable_allowance == usd(88_889)


def test_what_was_paid_since_takes_expense_back_a_year_later(session: Session, books: Fund) -> None:
    pledge = an_old_pledge(session, books)
    posted(session, books, date(2025, 12, 31))
    assert balances(session, books).receivable_allowance == usd(27_778)
    a_deposit(session, books, pledge, Money(100_000, "EUR"), value_on=date(2026, 3, 5))
    run = posted(session, books)
    assert run.change == usd(-27_778)
    standing = balances(session, books)
    assert (standing.receivable_allowance, standing.doubtful_receivables) == (usd(0), usd(0))
    year = financial_year(session, books, date(2026, 1, 1), YEAR_END)
    assert year.performance.expense.lines["doubtful_receivables"] == usd(-27_778)


def test_a_write_off_uses_the_allowance_before_it_is_expense(session: Session, books: Fund) -> None:
    pledge = an_old_pledge(session, books)
    posted(session, books)
    with clock.at(LATER + timedelta(9)):
        an_approved_change(session, pledge, ChangeKind.WRITE_OFF)
    standing = balances(session, books)
    assert standing.receivable_allowance == usd(0)
    assert standing.contributions_receivable == usd(0)
    assert standing.write_off == usd(111_111 - 66_667)


def test_nothing_is_doubtful_while_a_condition_stands(session: Session, books: Fund) -> None:
    with clock.at(datetime(2024, 6, 1, 9, tzinfo=UTC)):
        a_signed_pledge(session, books, Money(90_000, "EUR"), date(2024, 5, 4), conditional=True)
    found = ageing(session, books, YEAR_END)
    assert (found.receivable, found.doubtful) == (usd(100_000), usd(0))
    assert found.pledges[0].conditional


def test_only_what_of_a_plan_is_due_grows_old(session: Session, books: Fund) -> None:
    with clock.at(datetime(2024, 6, 1, 9, tzinfo=UTC)):
        dues = [Due(date(2025, 1, 1), usd(600_00)), Due(date(2027, 2, 1), usd(400_00))]
        pledge = a_pledge(session, books, usd(1000_00), payments=tuple(dues))
        by = act_of(session, staff(session, Role.FUND_MANAGER))
        sign_agreement(session, pledge, Agreement(date(2024, 5, 4)), by)
    found = ageing(session, books, YEAR_END)
    assert {band: str(found.usd_in(band)) for band in Band if found.usd_in(band)} == {
        Band.SECOND_YEAR: "600.00",
        Band.NOT_DUE: "400.00",
    }
    assert found.doubtful == usd(150_00)


def test_whoever_proposed_neither_approves_rejects_nor_reverses(
    session: Session, books: Fund
) -> None:
    an_old_pledge(session, books)
    with clock.at(LATER):
        both = staff(session, Role.FINANCE_OFFICER, "Both Hats")
        appoint(session, both, Role.APPROVING_OFFICER)
        run = propose_allowance(session, books, YEAR_END, act_of(session, both))
        for act in (approve, reject):
            with pytest.raises(Forbidden):
                act(session, run, act_of(session, both, "Mine."))
        approve(session, run, approver(session))
        with pytest.raises(Forbidden):
            undo(session, run, act_of(session, both, "Mine."))


def test_a_reversed_allowance_leaves_the_books_as_they_were(session: Session, books: Fund) -> None:
    an_old_pledge(session, books)
    run = posted(session, books)
    with clock.at(LATER + timedelta(1)):
        undo(session, run, approver(session, "The wrong percentages."))
    settle(session)
    assert balances(session, books).receivable_allowance == usd(0)
    assert verify.breaches(session) == []
    assert posted(session, books).allowance == usd(66_667)


def test_an_allowance_that_a_write_off_has_used_is_not_reversed(
    session: Session, books: Fund
) -> None:
    pledge = an_old_pledge(session, books)
    run = posted(session, books)
    write_off(session, voucher(books, date(2027, 3, 2), pledge.subject), Money(10_000, "EUR"))
    with (
        clock.at(LATER + timedelta(9)),
        pytest.raises(DomainError, match=f"for {pledge.reference} has since been used"),
    ):
        undo(session, run, approver(session, "The wrong percentages."))


def test_an_allowance_whose_figures_changed_meanwhile_is_not_posted(
    session: Session, books: Fund
) -> None:
    pledge = an_old_pledge(session, books)
    with clock.at(LATER):
        run = propose_allowance(session, books, YEAR_END, finance(session))
    with clock.at(LATER):
        a_deposit(session, books, pledge, Money(1_000, "EUR"), value_on=date(2026, 12, 30))
        with pytest.raises(Conflict, match="have changed"):
            approve(session, run, approver(session))


@pytest.mark.parametrize("day", [date(2026, 12, 30), date(2027, 12, 31)])
def test_an_allowance_is_made_at_a_years_end_that_has_come(
    session: Session, books: Fund, day: date
) -> None:
    with clock.at(LATER), pytest.raises(DomainError):
        propose_allowance(session, books, day, finance(session))


def test_a_closed_december_takes_no_allowance(session: Session, books: Fund) -> None:
    an_old_pledge(session, books)
    with clock.at(LATER):
        run = propose_allowance(session, books, YEAR_END, finance(session))
        periods.close(session, books, date(2026, 12, 1), Act.by_system("test"))
        with pytest.raises(DomainError, match="closed"):
            approve(session, run, approver(session))


def test_the_approver_sees_what_waits(session: Session, books: Fund) -> None:
    an_old_pledge(session, books)
    officer = staff(session, Role.APPROVING_OFFICER)
    assert session.scalar(to_approve(act_of(session, officer).actor)) == 0
    with clock.at(LATER):
        propose_allowance(session, books, YEAR_END, finance(session))
        with pytest.raises(Conflict, match="awaiting approval"):
            propose_allowance(session, books, YEAR_END, finance(session))
    assert session.scalar(to_approve(act_of(session, officer).actor)) == 1


def test_what_was_proposed_cannot_be_changed_behind_the_approver(
    session: Session, books: Fund
) -> None:
    an_old_pledge(session, books)
    with clock.at(LATER):
        propose_allowance(session, books, YEAR_END, finance(session))
    with pytest.raises(DBAPIError, match="stays as it was reckoned"), session.begin_nested():
        session.execute(text("UPDATE allowance_run SET allowance_minor = 0"))


def test_an_entry_undone_behind_the_allowance_is_reported(session: Session, books: Fund) -> None:
    an_old_pledge(session, books)
    run = posted(session, books)
    act = Act(Act.by_system("test").actor, reason="Behind its back.")
    reverse(session, session.get_one(Entry, run.entry_id), YEAR_END, act)
    settle(session)
    assert list(ALLOWANCES_ARE_AS_DECIDED(session)) == [
        "The allowance of 2026-12-31 in the ledger differs from the one that was approved."
    ]


def test_after_december_is_closed_an_allowance_is_reversed_today(
    session: Session, books: Fund
) -> None:
    an_old_pledge(session, books)
    run = posted(session, books)
    with clock.at(LATER + timedelta(1)):
        periods.close(session, books, date(2026, 12, 1), Act.by_system("test"))
        undo(session, run, approver(session, "The wrong percentages."))
    assert run.entry is not None
    assert run.entry.reversed_by is not None
    assert run.entry.reversed_by.booked_on == date(2027, 3, 2)


def test_two_approvals_at_once_post_once(real_database: Database) -> None:
    with real_database.transaction() as session, clock.at(LATER):
        fund = the_fund(session)
        a_signed_pledge(session, fund, usd(100_000), signed_on=date(2023, 5, 4))
        run_id = propose_allowance(session, fund, YEAR_END, finance(session)).id
        approver(session)

    def post(session: Session) -> None:
        with clock.at(LATER):
            approve(session, session.get_one(AllowanceRun, run_id), approver(session))

    def attempt(session: Session) -> None:
        try:
            post(session)
        except Conflict as late:
            raise DomainError(late.message) from late

    outcomes = all_at_once(real_database, [attempt, attempt, attempt])
    assert sorted(outcomes) == ["done", "refused", "refused"]
    with real_database.session() as session:
        assert balances(session, the_fund(session)).receivable_allowance == usd(100_000)
