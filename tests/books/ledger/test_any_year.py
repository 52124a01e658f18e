"""Any year of the books, with closings, doubtful receivables and terms settled: all of it ties."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from grants.books.ledger import periods, receipts, spending
from grants.books.ledger.accounts import Account
from grants.books.ledger.allowance import change_allowance
from grants.books.ledger.financial import financial_year, operating_reserve_on
from grants.books.ledger.positions import subject_balances
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import Money, usd
from tests.books.ledger.books import CLERK, PSC, publish_rates, voucher
from tests.books.ledger.test_any_history import DAYS, END, RATE_OF, SOME, Books, days, grants, small

months = st.sampled_from([day.replace(day=1) for day in DAYS])
OPENED = Act(CLERK.actor, reason="An invoice came late.")


class Year(Books):
    """The events of the other machine, and what finance does around them."""

    @rule(month=months, shut=st.booleans())
    def close_or_open(self, month: date, *, shut: bool) -> None:
        """Later events of a closed month are refused, and leave no trace."""
        try:
            with self.session.begin_nested():
                if shut:
                    periods.close(self.session, self.fund, month, CLERK)
                else:
                    periods.reopen(self.session, self.fund, month, OPENED)
        except Conflict:
            return

    @rule(day=days, percent=st.integers(0, 100))
    def make_allowance(self, day: date, percent: int) -> None:
        """So much of all that was owed at the end of a day is doubtful."""
        account = Account.CONTRIBUTIONS_RECEIVABLE
        owed = subject_balances(self.session, self.fund.id, account, day)
        wanted = {s: part.amount.share(Decimal(percent)) for s, part in owed.items()}
        slip = voucher(self.fund, day, f"fund:{self.fund.id}")
        self.book(0, lambda: change_allowance(self.session, slip, wanted))

    @rule(grant=grants, parts=st.lists(small, min_size=1, max_size=5), day=days)
    def settle_terms(self, grant: str, parts: list[int], day: date) -> None:
        slip, instalments = voucher(self.fund, day, grant), [usd(part) for part in parts]
        self.book(
            0,
            lambda: spending.adjust_reservation(self.session, slip, instalments, RATE_OF[grant]),
        )

    def the_books_verify_and_every_month_ties(self) -> None:
        super().the_books_verify_and_every_month_ties()
        whole = financial_year(self.session, self.fund, DAYS[0].replace(day=1), END)
        parts = [
            financial_year(self.session, self.fund, day.replace(day=1), last)
            for day, last in zip(
                DAYS, [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)], strict=True
            )
        ]
        surplus = sum((part.performance.surplus.minor for part in parts), 0)
        assert whole.performance.surplus.minor == surplus
        assert whole.position == parts[-1].position
        everything = balances(self.session, self.fund, END)
        assert whole.position.assets.total == (
            everything.cash + everything.contributions_receivable - everything.receivable_allowance
        )
        assert whole.position.commitments == everything.commitments


def test_any_year_ties_from_its_entries_to_its_financial_statements(database: Database) -> None:
    run_state_machine_as_test(type("ThisYear", (Year,), {"database": database}), settings=SOME)


def test_the_statements_of_a_small_year_by_hand(session: Session, fund: Fund) -> None:
    """The figures of one small life of a fund, so that the machine above is seen to mean it."""
    publish_rates(session)
    january, february, march = DAYS
    receipts.recognise_agreement(session, voucher(fund, january, "p"), Money(90_00, "EUR"))
    receipts.receive_deposit(session, voucher(fund, february, "p"), Money(45_00, "EUR"))
    change_allowance(session, voucher(fund, february, "f"), {"p": Money(9_00, "EUR")})
    spending.commit_agreement(session, voucher(fund, february, "g"), [usd(20_00)], PSC)
    receipts.write_off(session, voucher(fund, march, "p"), Money(18_00, "EUR"))
    year = financial_year(session, fund, date(2026, 1, 1), date(2026, 12, 31))
    assert {code: str(line) for code, line in year.performance.revenue.lines.items()} == {
        "contribution_revenue": "100.00",
        "interest": "0.00",
        "exchange_difference": "6.25",
    }
    assert {code: str(m) for code, m in year.performance.expense.lines.items() if m} == {
        "write_off": "10.00",
        "doubtful_receivables": "10.00",
    }
    assert str(year.performance.surplus) == "86.25"
    assert {code: str(line) for code, line in year.position.assets.lines.items()} == {
        "cash": "56.25",
        "contributions_receivable": "30.00",
        "receivable_allowance": "0.00",
    }
    assert str(year.position.commitments) == "22.60"
    february_only = financial_year(session, fund, date(2026, 2, 1), date(2026, 2, 28))
    assert str(february_only.opening_net_assets) == "100.00"
    assert str(february_only.position.net_assets) == "96.25"


def test_the_operating_reserve_is_shown_as_far_as_the_net_assets_go(
    session: Session, fund: Fund
) -> None:
    receipts.book_interest(session, voucher(fund, DAYS[0], "bank"), usd(100_00))
    fund.operating_reserve_minor = 250_00
    session.flush()
    position = financial_year(session, fund, DAYS[0], END).position
    assert (position.operating_reserve, position.accumulated_surplus) == (usd(100_00), usd(0))
    assert operating_reserve_on(session, fund, END) == usd(250_00)


def test_an_allowance_is_never_less_than_nothing(session: Session, fund: Fund) -> None:
    """As a receivable would be on a day before the agreement that later money cleared."""
    publish_rates(session)
    receipts.recognise_agreement(session, voucher(fund, DAYS[1], "p"), Money(90_00, "EUR"))
    with pytest.raises(DomainError, match="cannot be negative"):
        change_allowance(session, voucher(fund, DAYS[2], "f"), {"p": Money(-1, "EUR")})
