"""Whatever a donor, the provider and the network do in whatever order, the books hold what
was paid: once, to the cent.
"""

from datetime import UTC, datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import bank_balances
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money
from grants.core.people.viewer import VISITOR
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import Order, Progress
from grants.giving.cards.service import note_page, receive_notice, settle, start
from grants.giving.cards.workflow import CardState
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.gifts import cancel_gift
from grants.giving.pledges.models import Pledge
from tests.giving.cards.conftest import a_gift, screening
from tests.giving.cards.stub import StubProvider, message

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
FEES = st.integers(min_value=0, max_value=900)


class Life(RuleBasedStateMachine):
    session: Session
    fund: Fund
    provider: StubProvider
    pages = Bundle("pages")

    @initialize()
    def begin(self) -> None:
        self.savepoint = self.session.begin_nested()
        self.provider.orders.clear()
        self.provider.answers.clear()
        self.told = 0
        self.gifts = [
            a_gift(self.session, self.fund, Money(cents, currency))
            for cents, currency in ((5_000, "USD"), (7_000, "EUR"))
        ]

    @rule(target=pages, nth=st.integers(0, 1))
    def start(self, nth: int) -> Any:
        try:
            payment = start(self.session, self.gifts[nth], "stub", Act(VISITOR))
        except DomainError:
            return None
        page = self.provider.start(Order(payment.key, payment.amount, "", "", ""))
        note_page(self.session, payment, page)
        return page.reference

    @rule(page=pages, fee=FEES)
    def pay(self, page: str | None, fee: int) -> None:
        if page and self.provider.answers[page].progress is Progress.OPEN:
            self.provider.pay(page, fee)

    @rule(page=pages)
    def expire(self, page: str | None) -> None:
        if page and self.provider.answers[page].progress is Progress.OPEN:
            self.provider.close(page)

    @rule(page=pages, is_new=st.booleans())
    def tell(self, page: str | None, is_new: bool) -> None:
        """A message comes, new or again, and the provider is asked."""
        if not page:
            return
        self.told += is_new
        body, headers = message(f"evt-{self.told}", page)
        notice = self.provider.read_webhook(headers, body, _NOW)
        if receive_notice(self.session, self.fund, self.provider.name, notice):
            settle(self.session, self.payment_of(page), self.provider.ask(page))

    @rule(page=pages)
    def ask(self, page: str | None) -> None:
        """The job asks, whether a message came or not."""
        if page:
            settle(self.session, self.payment_of(page), self.provider.ask(page))

    @rule(nth=st.integers(0, 1))
    def cancel(self, nth: int) -> None:
        gift: Pledge = self.gifts[nth]
        if gift.awaits_transfer:
            cancel_gift(self.session, gift)

    def payment_of(self, page: str) -> CardPayment:
        query = select(CardPayment).where(CardPayment.page_reference == page)
        return self.session.scalars(query).one()

    @invariant()
    def holds(self) -> None:
        self.session.flush()
        assert [fault for check in CHECKS for fault in check(self.session)] == []
        net = {"USD": 0, "EUR": 0}
        for payment in self.session.scalars(select(CardPayment)):
            paid = self.provider.answers[payment.page_reference or ""].paid
            assert (payment.state is CardState.RECEIVED) <= (paid is not None)
            if payment.state is CardState.RECEIVED and paid:
                assert payment.deposit is not None
                assert payment.deposit.received == paid.amount
                net[paid.amount.currency] += (paid.amount - paid.fee).minor
        held = {
            balance.account.currency: balance.own.minor
            for balance in bank_balances(self.session, self.fund)
            if balance.account.provider
        }
        assert {code: held.get(code, 0) for code in net} == net

    def teardown(self) -> None:
        for page in self.provider.orders:
            settle(self.session, self.payment_of(page), self.provider.ask(page))
            paid = self.provider.answers[page].paid
            assert (self.payment_of(page).state is CardState.RECEIVED) == (paid is not None)
        self.holds()
        self.savepoint.rollback()
        self.session.expire_all()


def test_the_books_hold_what_was_paid(session: Session, fund: Fund, provider: StubProvider) -> None:
    screening(session)
    session.commit()
    machine = type("Payments", (Life,), {"session": session, "fund": fund, "provider": provider})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=15, stateful_step_count=20, deadline=None)
    )
