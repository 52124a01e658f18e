"""Whatever happens to a pledge in whatever order, refused acts too: what stands of it, what is
outstanding, its plan of payments and its receivable tell the same.
"""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.entries import Voucher
from grants.books.ledger.positions import Position, position
from grants.books.ledger.queries import trial_balance
from grants.books.ledger.receipts import refund_to_donor
from grants.books.ledger.verify import breaches
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Role
from grants.giving.contributions.service import allocate
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.changes import service as amendments
from grants.giving.pledges.changes.queries import open_change
from grants.giving.pledges.dates.service import revise
from grants.giving.pledges.models import ChangeKind, Pledge
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.service import Agreement, meet_condition, sign_agreement
from grants.giving.pledges.workflow import STANDING, PledgeState
from tests.books.ledger.books import publish_rates, settle
from tests.factories import (
    a_deposit,
    a_document,
    a_pledge,
    act_of,
    money_for_awards,
    staff,
)
from tests.histories import run_histories

SIGNED_ON, PAID_ON, LATER = date(2026, 2, 10), date(2026, 3, 10), date(2026, 3, 31)
shares = st.integers(1, 130)
"""Percent of what is outstanding; beyond 100 it is too much."""


class Promise(RuleBasedStateMachine):
    """The acts on one pledge in any order, and beside it its sums as a child would count."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.session: Session = self.database.session()
        self.fund = self.session.get_one(Fund, 1)
        publish_rates(self.session)
        money_for_awards(self.session, self.fund)
        self.promised = self.given_up = self.came = self.sent_back = 0
        self.state, self.asked, self.met = PledgeState.PLEDGED, 0, False

    def teardown(self) -> None:
        """At the end of each history, before it is thrown away."""
        try:
            self.the_books_are_sound()
        finally:
            self.session.rollback()
            self.session.close()

    @initialize(
        currency=st.sampled_from(["USD", "EUR", "JPY", "KWD"]),
        minor=st.integers(100, 10**7),
        parts=st.integers(0, 4),
    )
    def pledge_something(self, currency: str, minor: int, parts: int) -> None:
        amount = Money(minor, currency)
        self.promised = minor
        plan = amount.allocate([1] * parts) if parts else []
        dues = tuple(Due(date(2026, 1 + at, 1), part) for at, part in enumerate(plan))
        self.pledge: Pledge = a_pledge(self.session, self.fund, amount, payments=dues)

    # --- what is expected, by plain arithmetic ---

    @property
    def standing(self) -> int:
        return self.promised - self.given_up

    @property
    def left(self) -> int:
        return max(self.standing - self.came, 0) if self.stands else 0

    @property
    def stands(self) -> bool:
        return self.state in STANDING

    @property
    def signed(self) -> bool:
        return self.state is PledgeState.SIGNED

    def money(self, minor: int) -> Money:
        return Money(minor, self.pledge.currency)

    def on_account(self, account: Account) -> Position:
        return position(self.session, self.fund.id, account, self.pledge.subject)

    def attempt(self, *, possible: bool, act: Callable[[], object]) -> bool:
        """Perform the act; it is refused exactly where it is not possible."""
        try:
            with self.session.begin_nested():
                act()
        except (DomainError, Conflict):
            assert not possible
            return False
        assert possible
        return True

    # --- what can happen ---

    @precondition(lambda self: self.state is PledgeState.PLEDGED)
    @rule(conditional=st.booleans())
    def sign(self, conditional: bool) -> None:
        by = act_of(self.session, staff(self.session, Role.FUND_MANAGER))
        sign_agreement(self.session, self.pledge, Agreement(SIGNED_ON, conditional), by)
        self.state, self.conditional = PledgeState.SIGNED, conditional

    @precondition(lambda self: self.signed and self.conditional)
    @rule()
    def meet(self) -> None:
        deferred = position(
            self.session, self.fund.id, Account.DEFERRED_REVENUE, self.pledge.subject
        )
        by = act_of(self.session, staff(self.session, Role.FUND_MANAGER))
        self.met |= self.attempt(
            possible=self.met or bool(deferred.amount),  # told again, it is found booked
            act=lambda: meet_condition(self.session, self.pledge, LATER, by),
        )

    @rule(share=shares, known=st.booleans(), reason=st.booleans())
    def pay(self, share: int, known: bool, reason: bool) -> None:
        minor = max(self.left * share // 100, 1)
        why = "They sent more." if reason else None

        def act() -> None:
            amount = self.money(minor)
            if known:
                a_deposit(
                    self.session, self.fund, self.pledge, amount, value_on=PAID_ON, reason=why
                )
                return
            deposit = a_deposit(self.session, self.fund, None, amount, value_on=PAID_ON)
            finance = act_of(self.session, staff(self.session, Role.FINANCE_OFFICER), why)
            allocate(self.session, deposit, self.pledge, finance)

        fits = self.stands and (minor <= self.left or reason)
        if self.attempt(possible=fits, act=act):
            self.came += minor

    @rule(share=shares)
    def send_back(self, share: int) -> None:
        minor = max((self.came - self.sent_back) * share // 100, 1)
        finance = act_of(self.session, staff(self.session, Role.FINANCE_OFFICER))
        key = f"test:back:{self.sent_back}"
        voucher = Voucher(self.fund, LATER, self.pledge.subject, key, finance)
        if self.attempt(
            possible=minor <= self.came - self.sent_back,
            act=lambda: refund_to_donor(self.session, voucher, self.money(minor)),
        ):
            self.sent_back += minor

    @rule(kind=st.sampled_from(list(ChangeKind)), share=shares, whole=st.booleans())
    def ask(self, kind: ChangeKind, share: int, whole: bool) -> None:
        minor = self.left if whole else self.left * share // 100
        asked = amendments.RequestedChange(
            kind, a_document(self.session), None if whole else self.money(minor)
        )
        by = act_of(self.session, staff(self.session, Role.FUND_MANAGER), "As the donor wrote.")
        if self.attempt(
            possible=not self.asked
            and 0 < minor <= self.left
            and (self.signed or kind is not ChangeKind.WRITE_OFF),
            act=lambda: amendments.request_change(self.session, self.pledge, asked, by),
        ):
            self.asked = minor

    @precondition(lambda self: self.asked)
    @rule(agreed=st.booleans())
    def decide(self, agreed: bool) -> None:
        change = open_change(self.session, self.pledge)
        assert change is not None
        by = act_of(self.session, staff(self.session, Role.APPROVING_OFFICER), "So decided.")
        if not agreed:
            amendments.refuse(self.session, change, by)
            self.asked = 0
        elif self.attempt(
            possible=self.asked <= self.left,
            act=lambda: amendments.approve(self.session, change, by),
        ):
            self.given_up, self.asked = self.given_up + self.asked, 0
            if not self.standing and not self.signed:
                self.state = PledgeState.WITHDRAWN

    @precondition(lambda self: self.stands)
    @rule(parts=st.integers(1, 4), wrong=st.integers(0, 1))
    def plan_anew(self, parts: int, wrong: int) -> None:
        shared = self.money(self.standing + wrong).allocate([1] * parts)
        dues = [Due(date(2027, 1 + at, 1), part) for at, part in enumerate(shared)]
        by = act_of(self.session, staff(self.session, Role.FUND_MANAGER), "Agreed by telephone.")
        self.attempt(
            possible=not wrong and all(due.amount.minor > 0 for due in dues),
            act=lambda: revise(self.session, self.pledge, dues, by),
        )

    # --- what holds ---

    @invariant()
    def everything_tells_the_same(self) -> None:
        if not self.promised:
            return
        settle(self.session)
        self.session.refresh(self.pledge)
        pledge, came = self.pledge, received(self.session, self.pledge)
        assert (pledge.state, pledge.amount.minor) == (self.state, self.promised)
        assert pledge.standing.minor == self.standing >= 0
        assert came.minor == self.came
        assert outstanding(pledge, came).minor == self.left
        owed = position(
            self.session, self.fund.id, Account.CONTRIBUTIONS_RECEIVABLE, pledge.subject
        )
        assert owed.amount.minor == (self.left if self.signed else 0)
        assert bool(owed.usd_minor) <= bool(owed.amount.minor)
        if pledge.instalments:
            parts = total((part.amount for part in pledge.instalments), pledge.currency)
            assert parts == pledge.standing

    def the_books_are_sound(self) -> None:
        rows = trial_balance(self.session, self.fund)
        assert total(row.debit for row in rows) == total(row.credit for row in rows)
        assert [line for check in CHECKS for line in check(self.session)] == []
        assert breaches(self.session) == []


@pytest.mark.many
def test_a_pledge_its_changes_its_money_and_its_books_always_tell_the_same(
    database: Database,
) -> None:
    machine = type("ThisPledge", (Promise,), {"database": database})
    run_histories(machine, some=10, steps=14, many=40)
