"""Runs, refunds and write-offs in any order: nothing is paid past a gate, and no dollar is lost."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    rule,
)
from sqlalchemy import select

from grants.books.ledger.accounts import Account
from grants.books.ledger.queries import account_sums, balances
from grants.books.ledger.verify import breaches
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.money import Money, total, usd
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.verify import CHECKS
from grants.granting.closure.forcing import approve as approve_closing
from grants.granting.closure.forcing import propose
from grants.granting.payment_runs.files import FileKind
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payment_runs.queries import awaited_of
from grants.granting.payment_runs.service import (
    begin_run,
    cancel,
    put_in,
    record_paid,
    send_file,
    take_out,
)
from grants.granting.payment_runs.workflow import RunState
from grants.granting.payments.checks import checklist, missing
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import paid, refunded
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.returns import Arrival, Corrector, fail, take_back
from grants.granting.payments.service import hold, let_go
from grants.granting.payments.workflow import InstalmentState
from grants.granting.recovery.queries import open_requests
from grants.granting.recovery.service import request_refund, withdraw
from grants.granting.recovery.workflow import RefundCause, RequestState
from tests.books.ledger.books import settle
from tests.factories import act_of, an_organisation
from tests.grants import Scene, an_approved_award, approved, cash, grant_people
from tests.histories import AnyOrder, try_any_order

S = InstalmentState
grants = st.integers(0, 1)
parts = st.integers(0, 2)
runs = st.integers(0, 3)
WHY = "So the bank says."


class RunsLife(AnyOrder):
    """What is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    @initialize()
    def begin(self) -> None:
        cash(self.session, self.fund)
        self.grants = [self._grant(name) for name in ("Casa Segura", "Zuflucht")]
        for scene in self.grants:
            approved(self.session, scene.instalments[0], scene.people)
        settle(self.session)
        self.opening = balances(self.session, self.fund)

    def _grant(self, name: str) -> Scene:
        organisation = an_organisation(self.session, name)
        people = grant_people(self.session, organisation)
        approver = people.approver
        award = an_approved_award(self.session, self.fund, organisation, approver)
        award.starts_on, award.ends_on = (
            day - timedelta(1) for day in (award.starts_on, award.ends_on)
        )
        return Scene(self.session, self.fund, organisation, people, award).run()

    def by(self, rank: str, grant: int = 0) -> Any:
        return act_of(self.session, getattr(self.grants[grant].people, rank), WHY)

    def part(self, grant: int, at: int) -> Instalment:
        instalments = self.grants[grant].instalments
        return instalments[at % len(instalments)]

    def run_at(self, at: int) -> PaymentRun | None:
        every = self.session.scalars(select(PaymentRun).order_by(PaymentRun.id)).all()
        return every[-1 - at % len(every)] if every else None

    def _reference(self) -> str:
        self.number += 1
        return f"REF-{self.number}"

    @rule(grant=grants, at=parts)
    def approve(self, grant: int, at: int) -> None:
        part = self.part(grant, at)
        self.attempt(lambda: approved(self.session, part, self.grants[grant].people))

    @rule(grant=grants, at=parts, over=st.booleans())
    def stop(self, grant: int, at: int, *, over: bool) -> None:
        part, act = self.part(grant, at), self.by("certifier" if over else "approver", grant)
        self.attempt(lambda: (let_go if over else hold)(self.session, part, act))

    @rule(chosen=st.sets(st.tuples(grants, parts), min_size=1))
    def begin_one(self, chosen: set[tuple[int, int]]) -> None:
        instalments = [self.part(*place) for place in sorted(chosen)]
        act, day = self.by("finance"), clock.today()
        self.attempt(lambda: begin_run(self.session, self.fund, None, day, instalments, act))

    @rule()
    def begin_with_what_is_approved(self) -> None:
        """Chosen blindly, hardly any run begins, and nothing of what follows is tried."""
        every = [part for scene in self.grants for part in scene.instalments]
        if ready := [part for part in every if part.state is S.APPROVED]:
            act, day = self.by("finance"), clock.today()
            self.attempt(lambda: begin_run(self.session, self.fund, None, day, ready, act))

    @rule(run=runs, grant=grants, at=parts)
    def add(self, run: int, grant: int, at: int) -> None:
        if found := self.run_at(run):
            numbers = [self.part(grant, at).id]
            self.attempt(lambda: put_in(self.session, found, numbers, self.by("finance")))

    @rule(run=runs, grant=grants, at=parts)
    def remove(self, run: int, grant: int, at: int) -> None:
        if found := self.run_at(run):
            part = self.part(grant, at)
            self.attempt(lambda: take_out(self.session, found, part, self.by("finance")))

    @rule(run=runs)
    def give_up(self, run: int) -> None:
        if found := self.run_at(run):
            self.attempt(lambda: cancel(self.session, found, self.by("finance")))

    @rule(run=runs)
    def send(self, run: int) -> None:
        if not (found := self.run_at(run)):
            return
        today, included = clock.today(), [part.instalment for part in found.parts]
        unmet = [
            missing(checklist(self.session, part, today), reason="as certified")
            for part in included
        ]
        ready = all(part.state is S.APPROVED for part in included) and not any(unmet)
        was_open = found.state is RunState.OPEN
        done = self.attempt(
            lambda: send_file(self.session, found, FileKind.CSV, self.by("finance"))
        )
        assert done == (was_open and ready and bool(included))

    @rule(grant=grants, at=parts)
    def reject(self, grant: int, at: int) -> None:
        part, act = self.part(grant, at), self.by("finance", grant)
        self.attempt(lambda: fail(self.session, part, Corrector.FUND, act))

    @rule(run=runs)
    def pay(self, run: int) -> None:
        if found := self.run_at(run):
            waiting, act = len(awaited_of(found)), self.by("finance")
            reference = self._reference()
            done = self.attempt(
                lambda: record_paid(self.session, found, clock.today(), reference, act)
            )
            assert not done or (waiting and not awaited_of(found))

    @rule(grant=grants, at=parts)
    def bring_back(self, grant: int, at: int) -> None:
        part, act = self.part(grant, at), self.by("finance", grant)
        arrival = Arrival(clock.today(), self._reference())
        self.attempt(lambda: take_back(self.session, part, arrival, Corrector.FUND, act))

    @rule(grant=grants)
    def confirm_all(self, grant: int) -> None:
        act = self.by("grantee", grant)
        for part in self.grants[grant].instalments:
            self.attempt(partial(confirm_receipt, self.session, part, act))

    @rule(grant=grants, cents=st.integers(1, 900_000))
    def refund(self, grant: int, cents: int) -> None:
        award, act, day = self.grants[grant].award, self.by("finance", grant), clock.today()
        reference = self._reference()
        self.attempt(lambda: record_refund(self.session, award, usd(cents), day, reference, act))

    @rule(grant=grants, cents=st.integers(1, 900_000))
    def ask_back(self, grant: int, cents: int) -> None:
        award, act = self.grants[grant].award, self.by("officer", grant)
        day = clock.today() + timedelta(30)
        why = RefundCause.UNSPENT
        self.attempt(lambda: request_refund(self.session, award, why, usd(cents), day, act))

    @rule(grant=grants)
    def ask_no_more(self, grant: int) -> None:
        for request in open_requests(self.session, self.grants[grant].award.id)[:1]:
            act = self.by("officer", grant)
            self.attempt(partial(withdraw, self.session, request, act))

    @rule(grant=grants)
    def write_off(self, grant: int) -> None:
        award = self.grants[grant].award

        def close() -> None:
            closing = propose(self.session, award, self.by("officer", grant))
            approve_closing(self.session, closing, self.by("approver", grant))

        if self.attempt(close):
            assert award.state is AwardState.CLOSED
            assert open_requests(self.session, award.id) == []

    def check_everything(self) -> None:
        self.no_more_is_paid_than_awarded()
        self.a_payment_is_in_one_run_at_a_time()
        self.every_dollar_is_accounted_for()
        assert breaches(self.session) == []
        assert [line for check in CHECKS for line in check(self.session)] == []

    def no_more_is_paid_than_awarded(self) -> None:
        for scene in self.grants:
            out, back = paid(self.session, scene.award.id), refunded(self.session, scene.award.id)
            assert back.minor <= out.minor <= scene.award.amount_minor
            asked = open_requests(self.session, scene.award.id)
            assert all(request.state is RequestState.SENT for request in asked)
            outstanding = total(request.outstanding for request in asked)
            assert outstanding.minor <= scene.award.amount_minor

    def a_payment_is_in_one_run_at_a_time(self) -> None:
        every = self.session.scalars(select(PaymentRun)).all()
        gathered = [
            part.instalment_id for run in every if run.state is RunState.OPEN for part in run.parts
        ]
        awaited = [part.instalment_id for run in every for part in awaited_of(run)]
        assert len(gathered) == len(set(gathered))
        for scene in self.grants:
            for part in scene.instalments:
                assert (part.state is S.SENT) <= (part.id in awaited)

    def every_dollar_is_accounted_for(self) -> None:
        now = balances(self.session, self.fund)
        sums = account_sums(self.session, self.fund.id)
        lost = usd(sums.get(Account.GRANT_LOSSES, 0))
        awards = [scene.award for scene in self.grants]
        out = total(paid(self.session, award.id) for award in awards)
        back = total(refunded(self.session, award.id) for award in awards)
        assert now.grant_expense + lost == out - back
        assert now.cash == self.opening.cash - (out - back) - now.programme_support_cost
        unpaid = Money(sum(award.amount_minor for award in awards), "USD") - out
        rate = self.fund.psc_percent
        owed = total(
            part.amount + part.amount.share(rate)
            for scene in self.grants
            for part in scene.instalments
            if not part.is_paid
        )
        assert now.commitments == owed
        assert unpaid == total(
            part.amount for scene in self.grants for part in scene.instalments if not part.is_paid
        )


@pytest.mark.many
@pytest.mark.timeout(600)
def test_runs_refunds_and_write_offs_in_any_order_lose_nothing(database: Database) -> None:
    try_any_order(database, RunsLife, some=15, steps=40)
