"""Everyone tries every act on a finding in any order: what the register promises always holds."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)

from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.granting.findings.queries import blocking_by_grant
from grants.granting.findings.recovery import available_of, claim, settle
from grants.granting.findings.service import answer, close, hand_over, send_back, withdraw
from grants.granting.findings.workflow import FINISHED, FindingState, Severity
from grants.granting.payments.refunds import record_refund
from grants.granting.recovery.service import withdraw as withdraw_request
from grants.granting.recovery.workflow import RequestState
from tests.factories import act_of, an_organisation
from tests.granting.findings.register import a_finding
from tests.grants import Scene, an_approved_award, cash, grant_people, pay
from tests.histories import AnyOrder, try_any_order

RANKS = ("officer", "manager", "grantee", "finance", "certifier")
ranks = st.sampled_from(RANKS)
cents = st.integers(1, 60_000)


class FindingLife(AnyOrder):
    """What is refused changes nothing."""

    @initialize(severity=st.sampled_from(Severity), of_fund=st.booleans())
    def begin(self, severity: Severity, *, of_fund: bool) -> None:
        cash(self.session, self.fund, "30000")
        organisation = an_organisation(self.session)
        people = grant_people(self.session, organisation)
        appoint(self.session, people.officer, Role.FUND_MANAGER)
        award = an_approved_award(self.session, self.fund, organisation, people.approver)
        self.scene = Scene(self.session, self.fund, organisation, people, award).run()
        pay(self.session, self.scene.instalments[0], people, clock.today())
        owner = people.manager if of_fund else people.grantee
        self.finding = a_finding(self.scene, severity=severity, owner=owner)
        self.refunds: list[Any] = []

    def picture(self) -> Any:
        return self.finding.state

    def by(self, rank: str) -> Any:
        return act_of(self.session, getattr(self.scene.people, rank), "Because.")

    @rule(rank=ranks)
    def answer(self, rank: str) -> None:
        self.attempt(lambda: answer(self.session, self.finding, "Done.", self.by(rank)))

    @rule(rank=ranks)
    def send_back(self, rank: str) -> None:
        self.attempt(lambda: send_back(self.session, self.finding, self.by(rank)))

    @rule(rank=ranks)
    def close(self, rank: str) -> None:
        self.attempt(lambda: close(self.session, self.finding, "Enough.", self.by(rank)))

    @rule(rank=ranks)
    def withdraw(self, rank: str) -> None:
        self.attempt(lambda: withdraw(self.session, self.finding, self.by(rank)))

    @rule(rank=ranks, to=ranks)
    def hand_over(self, rank: str, to: str) -> None:
        owner, day = getattr(self.scene.people, to), clock.today() + timedelta(9)
        self.attempt(lambda: hand_over(self.session, self.finding, owner, day, self.by(rank)))

    @rule(rank=ranks, amount=cents)
    def claim(self, rank: str, amount: int) -> None:
        back, day = usd(amount), clock.today() + timedelta(9)
        self.attempt(lambda: claim(self.session, self.finding, back, day, "Wrong.", self.by(rank)))

    @rule(rank=ranks)
    def withdraw_request(self, rank: str) -> None:
        if request := self.finding.request:
            self.attempt(lambda: withdraw_request(self.session, request, self.by(rank)))

    @rule(amount=cents)
    def refund(self, amount: int) -> None:
        reference = f"RF-{len(self.refunds)}"

        def record() -> None:
            money, act = usd(amount), self.by("finance")
            award, day = self.scene.award, clock.today()
            self.refunds.append(record_refund(self.session, award, money, day, reference, act))

        self.attempt(record)

    @rule(rank=ranks)
    def settle(self, rank: str) -> None:
        for refund in self.refunds[-1:]:
            act = self.by(rank)
            self.attempt(partial(settle, self.session, self.finding, refund.id, act))

    @invariant()
    def the_register_is_true(self) -> None:
        if not hasattr(self, "finding"):
            return
        finding, trail = self.finding, trail_of(self.session, "finding", self.finding.id)
        doers = {row.action: set[int | None]() for row in trail}
        for row in trail:
            doers[row.action].add(row.person_id)
        ended = doers.get("close", set()) | doers.get("settle", set())
        assert not ended & doers.get("answer", set())
        assert not doers.get("withdraw", set()) & doers["create"]
        assert (finding.state is FindingState.CLOSED) <= bool(finding.conclusion)
        assert (finding.refund_id is not None) <= (finding.state is FindingState.CLOSED)
        held = finding.severity is Severity.HIGH and finding.state not in FINISHED
        assert bool(blocking_by_grant(self.session, [finding.award_id])) == held
        request = finding.request
        assert (finding.state is FindingState.TO_RECOVER) <= (request is not None)
        if request is not None:
            assert request.amount == finding.claimed
            assert (request.state is RequestState.SENT) == (
                finding.state is FindingState.TO_RECOVER
            )
            assert not (request.outstanding and finding.state is FindingState.CLOSED)
        for refund in self.refunds:
            assert available_of(self.session, refund).minor >= 0


@pytest.mark.many
@pytest.mark.timeout(600)
def test_any_order_of_acts_leaves_the_register_true(database: Database) -> None:
    try_any_order(database, FindingLife, some=12, steps=16)
