"""Whatever both sides do in whatever order: nothing holds that was not signed as it went out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.queries import schedule_of
from grants.granting.agreements.service import settle_terms
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.agreements.verify import CHECKS
from grants.granting.signing import service
from grants.granting.signing.lapsing import follow
from grants.granting.signing.models import Signing
from grants.granting.signing.rules import Rules, set_rules
from grants.granting.signing.workflow import OPEN, Side, SigningState
from grants.platform.signatures.stamps import Signed, Way
from tests.factories import act_of, an_organisation
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.grants import Scene, an_approved_award, cash, grant_people

WHOLE = usd(2_000_000 + 260_000)


class BothSides(RuleBasedStateMachine):
    """An award of 20,000 USD, from its approval to its agreement or its end."""

    session: Session
    fund: Fund
    turn = 0

    @initialize(
        first=st.sampled_from(list(Side)), clearance=st.booleans(), days=st.sampled_from([0, 10])
    )
    def award(self, first: Side, clearance: bool, days: int) -> None:
        type(self).turn += 1
        self.example = self.session.begin_nested()
        organisation = an_organisation(self.session, f"SIDES{self.turn}")
        people = grant_people(self.session, organisation)
        before = balances(self.session, self.fund).available
        award = an_approved_award(self.session, self.fund, organisation, people.approver)
        self.scene = Scene(self.session, self.fund, organisation, people, award)
        self.free = before
        self.later = timedelta()
        rules = replace(Rules(), first=first, needs_clearance=clearance, days_to_sign=days)
        set_rules(self.session, self.fund, rules, self.act("manager"))

    def act(self, role: str, reason: str | None = None) -> Act:
        return act_of(self.session, getattr(self.scene.people, role), reason)

    def attempt(self, deed: Callable[[], object]) -> bool:
        try:
            with self.session.begin_nested(), clock.at(clock.now() + self.later):
                deed()
        except (Conflict, DomainError, Forbidden):
            return False
        return True

    @property
    def newest(self) -> Signing | None:
        query = select(Signing).where(Signing.award_id == self.scene.award.id)
        return self.session.scalars(query.order_by(Signing.id.desc())).first()

    @rule()
    def send(self) -> None:
        was = self.newest
        possible = self.scene.award.state is AwardState.APPROVED and (
            was is None or was.state not in OPEN
        )
        deed = lambda: send_agreement(self.session, self.scene.award, "en", self.act("manager"))  # noqa: E731
        assert self.attempt(deed) is possible

    @rule(side=st.sampled_from(list(Side)), role=st.sampled_from(["grantee", "manager"]))
    def sign(self, side: Side, role: str) -> None:
        signing = self.newest
        if signing is None:
            return
        right = signing.state in {SigningState.OUT, SigningState.COUNTERSIGN}
        possible = right and (signing.turn is Side.GRANTEE) == (role == "grantee")
        if possible and role == "grantee" and signing.sign_by:
            possible = clock.today() + self.later <= signing.sign_by
        how = Signed("Ana Prado", "Director", Way.CODE if side is Side.GRANTEE else Way.FACTOR)
        deed = lambda: service.sign(self.session, signing, how, self.act(role))  # noqa: E731
        assert self.attempt(deed) is possible

    @rule(
        deed=st.sampled_from(
            [
                (service.clear, "certifier"),
                (service.refuse_clearance, "certifier"),
                (service.ask_again, "manager"),
                (service.send_back, "grantee"),
                (service.withdraw, "manager"),
            ]
        )
    )
    def do(self, deed: tuple[Callable[[Session, Signing, Act], None], str]) -> None:
        signing, (act, role) = self.newest, deed
        if signing is not None:
            self.attempt(lambda: act(self.session, signing, self.act(role, "So it was decided.")))

    @rule()
    def change_terms(self) -> None:
        award, was = self.scene.award, self.newest
        schedule = schedule_of(self.session, award)
        deed = lambda: settle_terms(self.session, award, schedule, self.act("manager"))  # noqa: E731
        is_out = was is not None and was.state in OPEN
        assert self.attempt(deed) is (award.state is AwardState.APPROVED and not is_out)

    @rule(days=st.sampled_from([1, 11]))
    def wait(self, days: int) -> None:
        self.later += timedelta(days)
        self.attempt(lambda: follow(self.session, Act.by_system("test")))

    @invariant()
    def a_grant_runs_exactly_where_both_have_signed(self) -> None:
        if not hasattr(self, "scene"):
            return
        signing, award = self.newest, self.scene.award
        is_signed = signing is not None and signing.state is SigningState.SIGNED
        assert (award.state is AwardState.AGREED) == is_signed
        if signing is not None and is_signed:
            assert {part.side for part in signing.standing_signatures} == set(Side)
            assert {part.sha256 for part in signing.signatures} == {signing.document.sha256}
        lapsed = signing is not None and signing.state is SigningState.LAPSED
        assert (award.state is AwardState.CANCELLED) == lapsed

    @invariant()
    def the_books_hold_the_award_or_have_given_it_back_to_the_cent(self) -> None:
        if not hasattr(self, "scene"):
            return
        available = balances(self.session, self.fund).available
        is_held = self.scene.award.state is not AwardState.CANCELLED
        assert self.free - available == (WHOLE if is_held else usd(0))

    def teardown(self) -> None:
        if hasattr(self, "scene"):
            checks = (*verify.CHECKS, *CHECKS)
            assert [line for check in checks for line in check(self.session)] == []
            self.example.rollback()  # an award of this example does not lapse in the next


@pytest.mark.usefixtures("quick_papers")
def test_any_order_of_sending_signing_returning_and_waiting(session: Session, fund: Fund) -> None:
    cash(session, fund)
    machine = type("Sides", (BothSides,), {"session": session, "fund": fund})
    run_state_machine_as_test(machine, settings=settings(max_examples=12, stateful_step_count=14))
