"""Set-offs, refunds, payments and what banks return, in any order: every cent ties."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import func, select

from grants.books.ledger.cash import source_and_use
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.money import total, usd
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.returns import Arrival, Corrector, fail, take_back
from grants.granting.payments.service import release, send, send_back
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.service import withdraw as withdraw_request
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.service import agree, decline, withdraw
from grants.granting.set_offs.workflow import SetOffState
from tests.factories import act_of
from tests.granting.set_offs.two_grants import WHY, two_grants
from tests.grants import approved
from tests.histories import AnyOrder, try_any_order

AMOUNTS = st.sampled_from([1, 33_333, 100_001, 350_000, 799_999])
TURNS = st.integers(0, 5)


class Refunds(AnyOrder):
    """Two grants of one organisation, the first of which owes."""

    def __init__(self) -> None:
        super().__init__()
        self.number, self.transferred = 0, usd(0)

    @initialize()
    def begin(self) -> None:
        self.two = two_grants(self.session, self.fund)
        self.opening = balances(self.session, self.fund)

    def _act(self, rank: str, reason: str | None = WHY) -> Act:
        return act_of(self.session, getattr(self.two.owing.people, rank), reason)

    def _request(self, turn: int) -> RefundRequest | None:
        rows = self.session.scalars(
            select(RefundRequest)
            .where(RefundRequest.award_id == self.two.owing.award.id)
            .order_by(RefundRequest.id)
        ).all()
        return rows[turn % len(rows)] if rows else None

    def _set_off(self, turn: int) -> SetOff | None:
        rows = self.session.scalars(
            select(SetOff).where(SetOff.award_id == self.two.paying.award.id).order_by(SetOff.id)
        ).all()
        return rows[turn % len(rows)] if rows else None

    def _next_reference(self) -> str:
        self.number += 1
        return f"REF-{self.number}"

    @rule(cents=AMOUNTS)
    def ask(self, cents: int) -> None:
        self.attempt(lambda: self.two.ask(cents))

    @rule(turn=TURNS)
    def take_request_back(self, turn: int) -> None:
        if request := self._request(turn):
            self.attempt(lambda: withdraw_request(self.session, request, self._act("officer")))

    @rule(turn=TURNS, cents=AMOUNTS)
    def propose(self, turn: int, cents: int) -> None:
        if request := self._request(turn):
            self.attempt(lambda: self.two.proposed(request, cents))

    @rule(turn=TURNS)
    def agree(self, turn: int) -> None:
        if set_off := self._set_off(turn):
            self.attempt(lambda: agree(self.session, set_off, self._act("approver")))

    @rule(turn=TURNS)
    def end(self, turn: int) -> None:
        if set_off := self._set_off(turn):
            if turn % 2:
                self.attempt(lambda: decline(self.session, set_off, self._act("approver")))
            else:
                self.attempt(lambda: withdraw(self.session, set_off, self._act("certifier")))

    @rule(cents=AMOUNTS)
    def transfer(self, cents: int) -> None:
        award, day, reference = self.two.owing.award, clock.today(), self._next_reference()
        facts = award, usd(cents), day, reference, self._act("finance")
        if self.attempt(lambda: record_refund(self.session, *facts)):
            self.transferred += usd(cents)

    @rule()
    def approve_payment(self) -> None:
        self.attempt(lambda: approved(self.session, self.two.first, self.two.owing.people))

    @rule()
    def certify_again(self) -> None:
        self.attempt(lambda: send_back(self.session, self.two.first, self._act("manager")))

    @rule(refused=st.booleans())
    def send(self, refused: bool) -> None:
        first, act = self.two.first, self._act("finance")
        if self.attempt(lambda: send(self.session, first, act)) and refused:
            self.attempt(lambda: fail(self.session, first, Corrector.FUND, act))

    @rule()
    def pay(self) -> None:
        paid = clock.today(), self._next_reference(), self._act("finance")
        self.attempt(lambda: release(self.session, self.two.first, *paid))

    @rule()
    def bring_back(self) -> None:
        arrival, act = Arrival(clock.today(), self._next_reference()), self._act("finance")
        self.attempt(lambda: take_back(self.session, self.two.first, arrival, Corrector.FUND, act))

    @rule(really=st.sampled_from([False, False, False, True]))
    def confirm(self, really: bool) -> None:
        if really:
            act = self._act("grantee")
            self.attempt(lambda: confirm_receipt(self.session, self.two.first, act))

    @invariant()
    def every_cent_ties(self) -> None:
        if not hasattr(self, "two"):
            return
        now, before, first = balances(self.session, self.fund), self.opening, self.two.first
        deducted = select(func.sum(SetOff.amount_minor)).where(
            SetOff.award_id == first.award_id, SetOff.state == SetOffState.DEDUCTED
        )
        set_off = usd(self.session.scalar(deducted) or 0)
        paid = first.amount if first.is_paid else usd(0)
        assert now.grant_expense - before.grant_expense == paid - set_off - self.transferred
        spent = now.grant_expense - before.grant_expense
        support = now.programme_support_cost - before.programme_support_cost
        assert before.cash - now.cash == spent + support
        if first.is_paid:
            assert (set_off, paid - set_off) == (first.set_off, first.net)
        self._every_refund_ties(set_off.minor)

    def _every_refund_ties(self, deducted: int) -> None:
        requests = self.session.scalars(
            select(RefundRequest).where(RefundRequest.award_id == self.two.owing.award.id)
        ).all()
        for request in requests:
            parts = request.received_minor, request.set_off_minor, request.not_set_off.minor
            assert sum(parts) == request.amount_minor
            assert min(parts) >= 0
        received = sum(request.received_minor for request in requests)
        assert deducted <= received <= deducted + self.transferred.minor
        assert total(request.set_off for request in requests) == (
            usd(0) if self.two.first.is_paid else self.two.first.set_off
        )

    def check_everything(self) -> None:
        assert breaches(self.session) == []
        source_and_use(self.session, self.fund, clock.today() - timedelta(1), clock.today())


@pytest.mark.many
@pytest.mark.timeout(600)
def test_every_cent_ties_in_any_order_of_acts(database: Database) -> None:
    try_any_order(database, Refunds, some=4, steps=16)
