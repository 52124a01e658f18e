"""Any sequence of events, refused ones too, leaves the books balanced and every identity whole."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from grants.books.ledger import receipts, spending, verify
from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.bank_accounts import bank_balances
from grants.books.ledger.cash import source_and_use
from grants.books.ledger.models import Entry
from grants.books.ledger.positions import position
from grants.books.ledger.queries import Balances, balances, trial_balance
from grants.books.ledger.reversal import reverse
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import Money, total, usd
from tests.books.ledger.books import PSC, RATES, lines, publish_rates, settle, voucher
from tests.books.ledger.test_reversals import WRONG
from tests.cases import cases

DAYS = [date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)]
END = date(2026, 3, 31)

days = st.sampled_from(DAYS)
minors = st.integers(1, 200_000)
small = st.integers(1, 2_000)
pledges = st.sampled_from([("pledge:1", "EUR"), ("pledge:2", "JPY"), ("pledge:3", "USD")])
RATE_OF = {"grant:1": PSC, "grant:2": Decimal(0), "grant:3": Decimal("7.25")}
"""Programme support cost of each grant: the fund's, none, and one by agreement."""
grants = st.sampled_from(list(RATE_OF))


def in_usd(amount: Money, day: date) -> int:
    """The value in US cents, reckoned here once more with plain arithmetic."""
    if amount.currency == "USD":
        return amount.minor
    quoted = [on for code, on in RATES if code == amount.currency and on <= day]
    rate = Decimal(RATES[amount.currency, max(quoted)])
    units = Decimal(amount.minor) / (1 if amount.currency == "JPY" else 100)
    return int((units / rate * 100).to_integral_value(ROUND_HALF_EVEN))


def support_of(grant: str, amount: int) -> int:
    """Support cost in cents, reckoned here once more."""
    return int((Decimal(amount) * RATE_OF[grant] / 100).to_integral_value(ROUND_HALF_EVEN))


class Books(RuleBasedStateMachine):
    """Events in any order, and beside them the cash and the commitments as a child would count."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.session: Session = self.database.session()
        self.fund = self.session.get_one(Fund, 1)
        publish_rates(self.session)
        self.cash = 0
        self.unpaid: dict[str, list[int]] = {}
        self.entries: list[tuple[int, int]] = []

    def teardown(self) -> None:
        """At the end of each history, before it is thrown away."""
        try:
            self.the_books_verify_and_every_month_ties()
        finally:
            self.session.rollback()
            self.session.close()

    def book(self, moves: int, act: Callable[[], Entry | None]) -> bool:
        """Do an act that moves cash by so many US cents; a refusal must leave no trace."""
        before = trial_balance(self.session, self.fund)
        try:
            with self.session.begin_nested():
                entry = act()
        except (DomainError, Conflict):
            assert trial_balance(self.session, self.fund) == before
            return False
        settle(self.session)
        self.cash += moves
        if entry is not None:
            self.entries.append((entry.id, moves))
        return True

    @initialize(amount=minors)
    def begin_with_money(self, amount: int) -> None:
        first = voucher(self.fund, DAYS[0], "pledge:0")
        self.book(amount, lambda: receipts.receive_deposit(self.session, first, usd(amount)))
        signed, owed = voucher(self.fund, DAYS[0]), Money(amount, "EUR")
        self.book(0, lambda: receipts.recognise_agreement(self.session, signed, owed))

    @rule(pledge=pledges, amount=minors, day=days, conditional=st.booleans())
    def sign(self, pledge: tuple[str, str], amount: int, day: date, *, conditional: bool) -> None:
        slip = voucher(self.fund, day, pledge[0])
        owed = Money(amount, pledge[1])
        self.book(
            0,
            lambda: receipts.recognise_agreement(self.session, slip, owed, conditional=conditional),
        )

    @rule(pledge=pledges, amount=minors, fee=small | st.none(), day=days, why=st.booleans())
    def deposit(
        self, pledge: tuple[str, str], amount: int, fee: int | None, day: date, *, why: bool
    ) -> None:
        slip = voucher(self.fund, day, pledge[0], reason="Rounded up." if why else None)
        credited = Money(amount, pledge[1])
        withheld = Money(fee, pledge[1]) if fee else None
        self.book(
            in_usd(credited, day),
            lambda: receipts.receive_deposit(self.session, slip, credited, withheld),
        )

    @rule(pledge=pledges, day=days)
    def complete(self, pledge: tuple[str, str], day: date) -> None:
        """In seven parts, of which the last pays exactly what is left."""
        account = Account.CONTRIBUTIONS_RECEIVABLE
        owed = position(self.session, self.fund.id, account, pledge[0]).amount
        for part in owed.allocate([1] * 7) if owed else []:
            slip = voucher(self.fund, day, pledge[0])
            self.book(
                in_usd(part, day), partial(receipts.receive_deposit, self.session, slip, part)
            )

    @rule(number=st.integers(1, 3), amount=minors, day=days)
    def unidentified(self, number: int, amount: int, day: date) -> None:
        slip = voucher(self.fund, day, f"receipt:{number}")
        credited = Money(amount, ["EUR", "JPY", "USD"][number - 1])
        self.book(
            in_usd(credited, day),
            lambda: receipts.receive_unidentified(self.session, slip, credited),
        )

    @rule(number=st.integers(1, 3), amount=small, day=days)
    def allocate(self, number: int, amount: int, day: date) -> None:
        slip = voucher(self.fund, day, f"pledge:{number}", reason="Found by its reference.")
        part = Money(amount, ["EUR", "JPY", "USD"][number - 1])
        receipt = f"receipt:{number}"
        self.book(0, lambda: receipts.allocate_suspense(self.session, slip, receipt, part))

    @rule(pledge=pledges, amount=small, day=days)
    def send_back(self, pledge: tuple[str, str], amount: int, day: date) -> None:
        slip, back = voucher(self.fund, day, pledge[0]), Money(amount, pledge[1])
        self.book(-in_usd(back, day), lambda: receipts.refund_to_donor(self.session, slip, back))

    @rule(pledge=pledges, amount=small, day=days)
    def write_off(self, pledge: tuple[str, str], amount: int, day: date) -> None:
        slip, lost = voucher(self.fund, day, pledge[0]), Money(amount, pledge[1])
        self.book(0, lambda: receipts.write_off(self.session, slip, lost))

    @rule(pledge=pledges, day=days)
    def meet_condition(self, pledge: tuple[str, str], day: date) -> None:
        slip = voucher(self.fund, day, pledge[0])
        self.book(0, lambda: receipts.meet_condition(self.session, slip))

    @rule(amount=small, charge=small, day=days)
    def bank(self, amount: int, charge: int, day: date) -> None:
        earned, taken = voucher(self.fund, day, "bank"), voucher(self.fund, day, "bank")
        self.book(amount, lambda: receipts.book_interest(self.session, earned, usd(amount)))
        self.book(-charge, lambda: receipts.book_bank_charge(self.session, taken, usd(charge)))

    @rule(grant=grants, amount=minors, day=days)
    def reserve(self, grant: str, amount: int, day: date) -> None:
        slip = voucher(self.fund, day, grant)
        self.book(
            0, lambda: spending.reserve_award(self.session, slip, usd(amount), RATE_OF[grant])
        )

    @rule(grant=grants, day=days)
    def release(self, grant: str, day: date) -> None:
        slip = voucher(self.fund, day, grant)
        self.book(0, lambda: spending.release_reservation(self.session, slip))

    @rule(grant=grants, parts=st.lists(small, min_size=1, max_size=4), day=days)
    def commit(self, grant: str, parts: list[int], day: date) -> None:
        slip, instalments = voucher(self.fund, day, grant), [usd(part) for part in parts]
        if grant not in self.unpaid and self.book(
            0, lambda: spending.commit_agreement(self.session, slip, instalments, RATE_OF[grant])
        ):
            self.unpaid[grant] = parts

    @precondition(lambda self: any(self.unpaid.values()))
    @rule(data=st.data(), day=days)
    def pay(self, data: st.DataObject, day: date) -> None:
        grant = data.draw(st.sampled_from([name for name, left in self.unpaid.items() if left]))
        amount = self.unpaid[grant][0]
        support = support_of(grant, amount)
        slip = voucher(self.fund, day, grant)
        if self.book(
            -amount - support, lambda: spending.pay_instalment(self.session, slip, usd(amount))
        ):
            self.unpaid[grant] = self.unpaid[grant][1:]

    @rule(grant=grants, amount=small, day=days)
    def grantee_refunds(self, grant: str, amount: int, day: date) -> None:
        support = support_of(grant, amount)
        slip = voucher(self.fund, day, grant)
        self.book(
            amount + support, lambda: spending.refund_by_grantee(self.session, slip, usd(amount))
        )

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Reverse some entry; of payments and agreements the count would not know, so not those."""
        entry_id, moved = data.draw(st.sampled_from(self.entries))
        entry = self.session.get_one(Entry, entry_id)
        if entry.event not in {Event.INSTALMENT_PAID, Event.GRANT_COMMITTED}:
            self.book(-moved, lambda: reverse(self.session, entry, END, WRONG))

    @invariant()
    def identities_hold(self) -> None:
        standing = balances(self.session, self.fund)
        assert standing.cash.minor == self.cash
        assert financial_position(standing) == financial_performance(standing)
        assert standing.available == standing.cash - standing.commitments - standing.reserved - (
            standing.suspense + standing.reserve
        )
        rows = trial_balance(self.session, self.fund)
        assert sum(row.debit.minor for row in rows) == sum(row.credit.minor for row in rows)

    @invariant()
    def commitments_are_what_is_unpaid_with_its_support_cost(self) -> None:
        unpaid = [
            part + support_of(grant, part) for grant, parts in self.unpaid.items() for part in parts
        ]
        assert balances(self.session, self.fund).commitments.minor == sum(unpaid)

    def the_books_verify_and_every_month_ties(self) -> None:
        assert breaches_of_the_books(self.session) == []
        for day in DAYS:
            month = source_and_use(self.session, self.fund, day.replace(day=1), day)
            assert month.closing_balance == balances(self.session, self.fund, day).cash
            held = [one.usd for one in bank_balances(self.session, self.fund, day)]
            assert total(held) == month.closing_balance


def breaches_of_the_books(session: Session) -> list[str]:
    """What the ledger itself finds: the rooms above it ask for records that stand nowhere here."""
    own = [check for check in verify.CHECKS if check.__module__ == verify.__name__]
    return [sentence for check in own for sentence in check(session)]


def financial_position(standing: Balances) -> Money:
    assets = standing.cash + standing.contributions_receivable - standing.receivable_allowance
    return assets - standing.deferred_revenue - standing.suspense


def financial_performance(standing: Balances) -> Money:
    earned = standing.contribution_revenue + standing.interest + standing.exchange_difference
    spent = standing.grant_expense + standing.programme_support_cost + standing.bank_charges
    return earned - spent - standing.write_off - standing.doubtful_receivables


SOME = settings(
    max_examples=cases(12, 40),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.many
def test_any_history_leaves_sound_books(database: Database) -> None:
    machine = type("TheseBooks", (Books,), {"database": database})
    run_state_machine_as_test(machine, settings=SOME)


def test_a_long_history_by_hand_verifies(session: Session, fund: Fund) -> None:
    """The figures of one small life of a fund, so that the machine above is seen to mean it."""
    publish_rates(session)
    receipts.recognise_agreement(session, voucher(fund, DAYS[0], "p"), Money(90_00, "EUR"))
    receipts.receive_deposit(session, voucher(fund, DAYS[1], "p"), Money(90_00, "EUR"))
    spending.commit_agreement(session, voucher(fund, DAYS[1], "g"), [usd(50_00)], PSC)
    paid = spending.pay_instalment(session, voucher(fund, DAYS[2], "g"), usd(50_00))
    assert len(lines(session, paid)) == 6
    standing = balances(session, fund)
    assert financial_position(standing) == financial_performance(standing) == usd(56_00)
    assert verify.breaches(session) == []
