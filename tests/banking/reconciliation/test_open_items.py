"""What a month finds open by indexes is what reading every line and posting finds open."""

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.banking.bank import service
from grants.banking.bank.importing import import_statements
from grants.banking.bank.models import BankLine, UnmatchedCash
from grants.banking.bank.service import Part, accept
from grants.banking.bank.undoing import undo
from grants.banking.bank.verify import CHECKS
from grants.banking.bank.workflow import LineState
from grants.banking.reconciliation.queries import month_end, reconcile
from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.entries import credit, debit, post
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.rates import value_on
from grants.books.ledger.reversal import reverse
from grants.core.database import schema
from grants.core.database.db import Database
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money
from tests.banking.bank.arranging import finance, imported_lines, numbered
from tests.banking.bank.files import BankEntry, camt
from tests.books.ledger.books import CLERK, main_account, publish_rates, settle, voucher

pytestmark = pytest.mark.usefixtures("app")

DAYS = [date(2026, 2, 20), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31)]
DAYS += [date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 2)]
MONTHS = [date(2026, month, 1) for month in (2, 3, 4, 5)]
SINCE = date(2026, 3, 1)
Open = list[tuple[date, str, int]]
AT = st.integers(0, 20)


def open_lines(lines: Sequence[BankLine], until: date) -> Iterator[tuple[date, str, int]]:
    """Every line that is not, or not yet, in the books by a day, with what of it is not."""
    for line in lines:
        postings = [match.posting for match in line.matches if match.released_at is None]
        by_then = [p for p in postings if p.entry.booked_on <= until]
        if line.booked_on <= until and (not postings or len(by_then) < len(postings)):
            left = line.amount_minor - sum(p.usd_minor for p in by_then)
            yield line.booked_on, line.reference, left


def open_postings(
    postings: Sequence[Posting], shown: dict[int, date], until: date
) -> Iterator[tuple[date, str, int]]:
    """Every posting that no statement showed by a day, without what was undone by then."""
    by_then = [p for p in postings if p.entry.booked_on <= until]
    never = [p for p in by_then if p.id not in shown and p.entry.booked_on >= SINCE]
    open_ = {p.entry_id for p in never}
    undone = {p.entry.reverses_id: p.entry_id for p in by_then if p.entry.reverses_id}
    for posting in by_then:
        other = posting.entry.reverses_id or undone.get(posting.entry_id)
        if (posting in never and other not in open_) or shown.get(posting.id, until) > until:
            yield posting.entry.booked_on, posting.entry.key, posting.usd_minor


class AnyOrder(RuleBasedStateMachine):
    """Entries on any day, of one or two postings, matched, let go, reversed in any order."""

    database: Database

    @initialize(minors=st.lists(st.integers(100, 100_000), min_size=2, max_size=6))
    def two_statements(self, minors: list[int]) -> None:
        self.session = self.database.session()
        self.fund = self.session.get_one(Fund, 1)
        publish_rates(self.session)
        numbered(self.session, self.fund)
        days = (date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30))
        told = [
            BankEntry(Money(m, "USD"), days[n % 4], f"R{n}", booked_on=days[n % 4])
            for n, m in enumerate(minors)
        ]
        of_march = [each for each in told if each.on < days[2]]
        then = Money(sum(each.amount.minor for each in of_march), "USD")
        of_april = [each for each in told if each not in of_march]
        march, april = camt(of_march), camt(of_april, then, reference="A", days=days[2:])
        for content in (march, april):
            import_statements(self.session, "any.xml", content, CLERK)
        self.account: BankAccount = main_account(self.session, self.fund)
        self.act = finance(self.session, "Because.")
        self.lines = list(self.session.scalars(select(BankLine).order_by(BankLine.id)))

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.rollback()
            self.session.close()

    def in_state(self, state: LineState, at: int) -> BankLine | None:
        found = [line for line in self.lines if line.state is state]
        return found[at % len(found)] if found else None

    def entered(self, minors: list[int], day: date) -> list[Posting]:
        """An entry that moves these sums on the account."""
        lines = []
        for number, minor in enumerate(minors):
            value = value_on(self.session, Money(minor, "USD"), day)
            subject = f"bank_line:{number}"
            lines += [debit(Account.CASH, value, subject), credit(Account.INTEREST, value, subject)]
        entry = post(self.session, voucher(self.fund, day), Event.INTEREST_EARNED, lines)
        return [p for p in entry.postings if p.bank_account_id == self.account.id]

    @rule(minors=st.lists(st.integers(1, 999), min_size=1, max_size=2), day=st.sampled_from(DAYS))
    def enter(self, minors: list[int], day: date) -> None:
        self.entered(minors, day)

    @rule(at=AT, day=st.sampled_from(DAYS), other=st.integers(0, 1), then=st.booleans())
    def enter_and_match(self, at: int, day: date, other: int, then: bool) -> None:
        line = self.in_state(LineState.UNMATCHED, at)
        if line is None:
            return
        found = self.entered([line.amount_minor, *[77] * other], day)
        if then:
            reverse(self.session, found[0].entry, max(day, DAYS[at % 7]), self.act)
        try:
            service.match(self.session, line, found[:1], self.act)
        except DomainError:
            assert then

    @rule(at=AT, cut=st.integers(1, 99))
    def receive(self, at: int, cut: int) -> None:
        line = self.in_state(LineState.UNMATCHED, at)
        if line is not None:
            parts = line.amount.allocate([cut, 100 - cut])
            accept(self.session, line, [Part(None, part) for part in parts if part], self.act)

    @rule(at=AT)
    def set_aside(self, at: int) -> None:
        line = self.in_state(LineState.UNMATCHED, at)
        if line is not None:
            service.set_aside(self.session, line, self.act)

    @rule(at=AT)
    def take_back(self, at: int) -> None:
        line = self.in_state(LineState.MATCHED, at)
        if line is not None:
            try:
                undo(self.session, line, self.act)
            except DomainError:
                self.session.refresh(line)

    @rule(at=AT, day=st.sampled_from(DAYS))
    def reverse(self, at: int, day: date) -> None:
        undone = select(Entry.reverses_id).where(Entry.reverses_id.is_not(None))
        found = self.session.scalars(
            select(Entry)
            .where(Entry.event == Event.INTEREST_EARNED, Entry.reverses_id.is_(None))
            .where(Entry.id.not_in(undone))
            .order_by(Entry.id)
        ).all()
        if found:
            entry = found[at % len(found)]
            reverse(self.session, entry, max(day, entry.booked_on), self.act)

    @invariant()
    @precondition(lambda self: hasattr(self, "lines"))
    def indexes_find_what_reading_everything_finds(self) -> None:
        settle(self.session)
        self.session.expire_all()
        assert [fault for check in CHECKS for fault in check(self.session)] == []
        postings = self.session.scalars(
            select(Posting)
            .join(Posting.entry)
            .where(Posting.bank_account_id == self.account.id)
            .order_by(Entry.booked_on, Posting.id)
        ).all()
        standing = [m for line in self.lines for m in line.matches if m.released_at is None]
        shown = {match.posting_id: match.line.booked_on for match in standing}
        for month in MONTHS:
            figures, until = reconcile(self.session, self.account, month), month_end(month)
            assert told(figures.only_bank) == sorted(open_lines(self.lines, until))
            assert told(figures.only_ledger) == sorted(open_postings(postings, shown, until))


def told(items: Sequence[object]) -> Open:
    return sorted((i.on, i.reference, i.amount.minor) for i in items)  # type: ignore[attr-defined]


def test_a_month_finds_by_indexes_all_that_is_open(real_database: Database) -> None:
    AnyOrder.database = real_database
    quick = settings(
        max_examples=12,
        stateful_step_count=14,
        deadline=None,
        phases=(Phase.generate,),  # shrinking takes minutes: what was done is printed as it is
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(AnyOrder, settings=quick)


def test_a_reversal_of_what_is_older_than_the_statements_is_open(
    session: Session, fund: Fund
) -> None:
    numbered(session, fund)
    publish_rates(session)
    value = value_on(session, Money(500, "USD"), date(2026, 2, 20))
    lines = [debit(Account.CASH, value), credit(Account.INTEREST, value)]
    entry = post(session, voucher(fund, date(2026, 2, 20)), Event.INTEREST_EARNED, lines)
    import_statements(session, "any.xml", camt([], "5"), CLERK)
    reverse(session, entry, date(2026, 3, 5), finance(session, "Because."))
    figures = reconcile(session, main_account(session, fund), SINCE)
    assert told(figures.only_ledger) == [(date(2026, 3, 5), f"reversal:{entry.id}", -500)]
    assert not figures.unexplained


def test_books_of_before_are_taken_over_by_the_migration(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund, act = session.get_one(Fund, 1), finance(session, "Because.")
        publish_rates(session)
        undone, kept, _open = imported_lines(
            session, fund, [BankEntry(Money(m, "USD"), reference=f"R{m}") for m in (100, 200, 300)]
        )
        for line in (undone, kept):
            accept(session, line, [Part(None, line.amount)], act)
        undo(session, undone, act)
        service.interest(session, undone, act)
        value = value_on(session, Money(5, "USD"), SINCE)
        lines = [debit(Account.CASH, value), credit(Account.INTEREST, value)]
        for day in (SINCE, date(2026, 4, 2)):
            entry = post(session, voucher(fund, SINCE), Event.INTEREST_EARNED, lines)
            reverse(session, entry, day, act)
    with real_database.begin() as connection:
        schema.downgrade(connection, "0093_held_for_grants")
        schema.upgrade(connection)
    with real_database.session() as session:
        assert [fault for check in CHECKS for fault in check(session)] == []
        assert session.scalar(select(func.count(UnmatchedCash.undone_on))) == 6
