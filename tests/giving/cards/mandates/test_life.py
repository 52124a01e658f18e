"""Whatever a giver, the fund, the provider and the network do in whatever order: each charge is in
the books once, to the cent, and what was stopped stays stopped.
"""

from dataclasses import replace
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
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import usd
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.queries import mandate_of
from grants.giving.cards.mandates.service import stop_by_giver
from grants.giving.cards.mandates.workflow import MandateState
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import MandateProgress, Notice, Progress, Status
from grants.giving.cards.service import MOST, receive_notice, settle
from grants.giving.cards.workflow import CardState
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.gifts import cancel_gift
from grants.giving.pledges.models import Pledge
from tests.giving.cards.conftest import a_gift, screening
from tests.giving.cards.mandates.conftest import Monthly, begun
from tests.giving.cards.stub import StubProvider, message

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
FEES = st.integers(min_value=0, max_value=900)
S = MandateState
BY_GIVER = Act.by_system("cards", "Stopped on the page of the gift.")


class Months(RuleBasedStateMachine):
    session: Session
    fund: Fund
    provider: StubProvider
    begun = Bundle("begun")

    @initialize()
    def begin(self) -> None:
        self.savepoint = self.session.begin_nested()
        for known in (self.provider.orders, self.provider.answers, self.provider.mandates):
            known.clear()
        self.told, self.stopped = 0, set[int]()
        self.gift: Pledge = a_gift(self.session, self.fund, usd(5_000))

    @rule(target=begun)
    def start(self) -> Any:
        try:
            return begun(self.session, self.gift, self.provider)
        except Conflict:
            return None
        except DomainError:
            begun_before = len(self.session.scalars(select(CardMandate)).all())
            assert self.gift.state == "withdrawn" or begun_before == MOST
            return None

    @rule(monthly=begun, fee=FEES, refused=st.booleans())
    def charge(self, monthly: Monthly | None, fee: int, refused: bool) -> None:
        """A month has come at the provider; the first time the giver has completed the page."""
        if monthly and self.progress_of(monthly) is not MandateProgress.ENDED:
            self.provider.charge(monthly.page, fee, refused=refused)

    @rule(monthly=begun, fee=FEES, is_taken=st.booleans())
    def try_again(self, monthly: Monthly | None, fee: int, is_taken: bool) -> None:
        """The provider tries refused charges again, or gives them up."""
        for name in self.provider.mandates[monthly.page].charges if monthly else ():
            if self.provider.answers[name].is_refused and monthly and is_taken:
                self.provider.take(name, monthly.mandate.amount, fee)
            elif self.provider.answers[name].is_refused:
                self.provider.answers[name] = Status(Progress.CLOSED)

    @rule(monthly=begun)
    def end_at_provider(self, monthly: Monthly | None) -> None:
        if monthly:
            self.provider.stop_mandate(monthly.page)

    @rule(monthly=begun)
    def stop_here(self, monthly: Monthly | None) -> None:
        if monthly and monthly.mandate.may_stop:
            stop_by_giver(self.session, monthly.mandate, BY_GIVER)
            self.stopped.add(monthly.mandate.id)

    @rule(monthly=begun)
    def work(self, monthly: Monthly | None) -> None:
        """The job stops what is to be stopped, and asks."""
        if monthly:
            if monthly.mandate.state is S.STOPPING:
                self.provider.stop_mandate(monthly.page)
            monthly.ask()

    @rule(monthly=begun, is_new=st.booleans(), about_charge=st.booleans())
    def tell(self, monthly: Monthly | None, is_new: bool, about_charge: bool) -> None:
        """A message comes, new or again, about the mandate or its last charge; the provider is
        asked.
        """
        if not monthly:
            return
        self.told += is_new
        charges = self.provider.mandates[monthly.page].charges
        body, headers = message(f"evt-{self.told}", monthly.page)
        notice: Notice = self.provider.read_webhook(headers, body, _NOW)
        if about_charge and charges:
            notice = replace(notice, references=(charges[-1], monthly.page))
        mandate = mandate_of(self.session, self.fund, notice)
        assert mandate is monthly.mandate
        event = receive_notice(self.session, self.fund, "stub", notice, mandate.id)
        if event and event.payment_id:
            payment = self.session.get_one(CardPayment, event.payment_id)
            settle(self.session, payment, self.provider.ask(payment.page_reference or ""))
        elif event:
            assert event.mandate_id == mandate.id
            monthly.ask()

    @rule()
    def cancel(self) -> None:
        if self.gift.awaits_transfer:
            cancel_gift(self.session, self.gift)

    def progress_of(self, monthly: Monthly) -> MandateProgress:
        return self.provider.mandates[monthly.page].progress

    @invariant()
    def holds(self) -> None:
        self.session.flush()
        assert [fault for check in CHECKS for fault in check(self.session)] == []
        net, mandates = 0, self.session.scalars(select(CardMandate)).all()
        for payment in self.session.scalars(select(CardPayment)):
            paid = self.provider.answers[payment.page_reference or ""].paid
            assert (payment.state is CardState.RECEIVED) <= (paid is not None)
            if payment.state is CardState.RECEIVED and paid:
                assert payment.deposit is not None
                assert payment.deposit.received == paid.amount
                net += (paid.amount - paid.fee).minor
        accounts = [
            item for item in bank_balances(self.session, self.fund) if item.account.provider
        ]
        assert sum(item.own.minor for item in accounts) == net
        assert sum(mandate.state is S.ACTIVE for mandate in mandates) <= 1
        for mandate in mandates:
            if mandate.id in self.stopped:
                assert mandate.state in {S.STOPPING, S.STOPPED}, "stopped, whatever came later"

    def teardown(self) -> None:
        try:
            self.settle_all()
        finally:  # or the next example would meet what this one left
            self.savepoint.rollback()
            self.session.expire_all()

    def settle_all(self) -> None:
        """The provider is asked about every mandate, twice: what was given for a gift that had been
        cancelled is stopped after the first answer. Then both sides agree.
        """
        for mandate in self.session.scalars(select(CardMandate)).all():
            monthly = Monthly(self.session, self.provider, mandate, mandate.page_reference or "")
            self.work(monthly)
            self.work(monthly)
            status = self.provider.mandates[monthly.page]
            paid = [name for name in status.charges if self.provider.answers[name].paid]
            received = [item.page_reference for item in monthly.payments if item.deposit]
            assert received == paid
            assert (mandate.state is S.ACTIVE) == (status.progress is MandateProgress.ACTIVE)
        self.holds()


def test_each_charge_is_in_the_books_once_and_what_was_stopped_stays_stopped(
    session: Session, fund: Fund, provider: StubProvider
) -> None:
    screening(session)
    session.commit()
    machine = type("Machine", (Months,), {"session": session, "fund": fund, "provider": provider})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=15, stateful_step_count=25, deadline=None)
    )
