"""The acts of a grant in any order: money ties to the cent, and nobody acts twice."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.errors import FundError
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.queries import GrantProgress, progress_of
from grants.granting.agreements.schedule import PlannedInstalment, Schedule
from grants.granting.agreements.service import settle_terms
from grants.granting.agreements.verify import CHECKS
from grants.granting.bank_details.queries import in_force
from grants.granting.closure.service import close_grant
from grants.granting.payments.basis import Basis
from grants.granting.payments.checks import checklist, missing
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of, returns_of
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.returns import Arrival, Corrector, fail, take_back
from grants.granting.payments.service import (
    approve,
    certify,
    hold,
    let_go,
    release,
    send,
    send_back,
)
from grants.granting.reporting.queries import reports_of
from grants.granting.reporting.schedule import propose_reports
from grants.granting.reporting.service import accept, submit
from grants.granting.reporting.service import send_back as send_back_report
from grants.granting.reporting.workflow import ReportPart, ReportState
from tests.factories import act_of, an_organisation
from tests.grants import (
    a_running_grant,
    accept_report,
    account_of,
    an_approved_award,
    cash,
    grant_people,
    paid_to,
    report_content,
)
from tests.histories import AnyOrder, try_any_order

numbers = st.integers(0, 3)


def is_refused_now(session: Session, part: Instalment) -> bool:
    """Has the bank refused the account to which it would be paid?"""
    account = in_force(session, part.award.fund_id, part.award.organisation_id)
    return account is not None and account.id in Basis.of(session, [part]).refused


cents = st.integers(1, 2_500)


class GrantLife(AnyOrder):
    """Everyone tries everything; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts = 0

    @initialize(
        parts=st.lists(st.integers(1, 900), min_size=1, max_size=4),
        signed=st.sampled_from([True, True, True, False]),
    )
    def begin(self, parts: list[int], *, signed: bool) -> None:
        """Odd cents on purpose: each instalment's PSC is rounded for itself."""
        cash(self.session, self.fund, "1000")
        organisation = an_organisation(self.session)
        self.people = grant_people(self.session, organisation)
        both = self.people.certifier
        appoint(self.session, both, Role.FINANCE_OFFICER)
        appoint(self.session, both, Role.APPROVING_OFFICER)
        total = usd(sum(parts))
        self.award: Award = an_approved_award(
            self.session, self.fund, organisation, self.people.approver, str(total)
        )
        later = [clock.today() - timedelta(10)] * (len(parts) - 2) + [clock.today()]
        days = [self.award.starts_on, *later][: len(parts)]
        planned = tuple(
            PlannedInstalment(usd(part), day) for part, day in zip(parts, days, strict=True)
        )
        reports = propose_reports(self.award.starts_on, self.award.ends_on)
        act = act_of(self.session, self.people.manager)
        settle_terms(self.session, self.award, Schedule(planned, reports), act)
        self.before = balances(self.session, self.fund)
        if signed:
            self.sign()

    @property
    def instalments(self) -> list[Instalment]:
        return list(instalments_of(self.session, self.award.id))

    def picture(self) -> tuple[Any, ...]:
        standing = progress_of(self.session, self.award)
        return (
            self.award.state,
            standing.paid,
            standing.refunded,
            standing.reported,
            balances(self.session, self.fund),
        )

    def _act(self, person: Person, reason: str | None = None) -> Any:
        return act_of(self.session, person, reason)

    def _sign(self) -> None:
        a_running_grant(self.session, self.award, self.people.manager)
        paid_to(self.session, self.award.fund, self.award.organisation, self.people)

    @rule()
    def sign(self) -> None:
        self.attempt(self._sign)

    @rule(at=numbers, early=st.booleans())
    def certify(self, at: int, early: bool) -> None:
        act = self._act(self.people.certifier, "Needed now." if early else None)
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(certify, self.session, part, act))

    @rule(at=numbers, by_certifier=st.booleans())
    def approve(self, at: int, by_certifier: bool) -> None:
        act = self._act(self.people.certifier if by_certifier else self.people.approver)
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(approve, self.session, part, act))
            if part.state.value == "approved":
                checks = checklist(self.session, part, clock.today())
                assert not missing(checks, reason="as certified")

    @rule(at=numbers)
    def send(self, at: int) -> None:
        act = self._act(self.people.finance)
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(send, self.session, part, act))

    @rule(at=numbers, corrector=st.sampled_from(Corrector))
    def fail(self, at: int, corrector: Corrector) -> None:
        act = self._act(self.people.finance, "The account is closed.")
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(fail, self.session, part, corrector, act))

    @rule(at=numbers, reference=st.sampled_from("XYZ"), corrector=st.sampled_from(Corrector))
    def take_back(self, at: int, reference: str, corrector: Corrector) -> None:
        act = self._act(self.people.finance, "The account is closed.")
        arrival = Arrival(clock.today(), reference)
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(take_back, self.session, part, arrival, corrector, act))

    @rule(at=numbers)
    def hold(self, at: int) -> None:
        act = self._act(self.people.approver, "The police asks.")
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(hold, self.session, part, act))

    @rule(at=numbers)
    def let_go(self, at: int) -> None:
        act = self._act(self.people.certifier)
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(let_go, self.session, part, act))

    @rule()
    def correct_the_account(self) -> None:
        """The grantee gives another account, after which a refused payment can be made."""
        self.accounts += 1
        account = account_of(self.award.organisation)
        other = replace(account, number=f"{account.number}{self.accounts:02}")
        self.attempt(
            lambda: paid_to(
                self.session, self.award.fund, self.award.organisation, self.people, other
            )
        )

    @rule(at=numbers, by_certifier=st.booleans(), reference=st.sampled_from("ABCD"))
    def release(self, at: int, by_certifier: bool, reference: str) -> None:
        who = self.people.certifier if by_certifier else self.people.finance
        act = self._act(who)
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(release, self.session, part, clock.today(), reference, act))

    @rule(at=numbers)
    def send_back(self, at: int) -> None:
        act = self._act(self.people.approver, "Look again.")
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(send_back, self.session, part, act))

    @rule(at=numbers)
    def confirm(self, at: int) -> None:
        act = self._act(self.people.grantee)
        for part in self.instalments[at : at + 1]:
            self.attempt(partial(confirm_receipt, self.session, part, act))

    @rule(minor=cents, reference=st.sampled_from("ABCD"))
    def refund(self, minor: int, reference: str) -> None:
        act = self._act(self.people.finance)
        day = clock.today()
        self.attempt(
            lambda: record_refund(self.session, self.award, usd(minor), day, reference, act)
        )

    @rule(at=st.integers(0, 1), spent=st.integers(0, 2_000))
    def report(self, at: int, spent: int) -> None:
        act = self._act(self.people.grantee)
        for report in reports_of(self.session, self.award.id)[at : at + 1]:
            content = report_content(self.session, report, str(usd(spent)))
            self.attempt(partial(submit, self.session, report, content, act))

    @rule(at=st.integers(0, 1), part=st.sampled_from(ReportPart), good=st.booleans())
    def read(self, at: int, part: ReportPart, good: bool) -> None:
        narrative = part is ReportPart.NARRATIVE
        act = self._act(self.people.officer if narrative else self.people.finance)
        for report in reports_of(self.session, self.award.id)[at : at + 1]:
            if good:
                self.attempt(partial(accept, self.session, report, part, act))
            else:
                section = {"story" if narrative else "money": "More, please."}
                self.attempt(partial(send_back_report, self.session, report, section, act))

    @rule()
    def close(self) -> None:
        act = self._act(self.people.officer)
        self.attempt(lambda: close_grant(self.session, self.award, act))

    @precondition(lambda self: self.instalments)
    @rule()
    def pay_the_next(self) -> None:
        """The straight way on, so that the end of a grant is reached."""
        session, people = self.session, self.people
        for part in self.instalments:
            if not part.is_paid:
                self._clear_the_way(part)
                reference = f"TT-{part.number}-{len(returns_of(session, self.award.id))}"
                act = self._act(people.finance)
                self.attempt(partial(release, session, part, clock.today(), reference, act))
                return
            if part.state.value == "paid":
                confirm_receipt(session, part, self._act(people.grantee))

    def _clear_the_way(self, part: Instalment) -> None:
        """Whatever stopped a payment is over, and two persons agree to it."""
        session, people = self.session, self.people
        if is_refused_now(session, part):
            self.correct_the_account()
        for step, who in ((let_go, people.approver), (certify, people.certifier)):
            with suppress(FundError):
                step(session, part, self._act(who, "Needed now."))
        with suppress(FundError):
            approve(session, part, self._act(people.approver))
        if part.state.value == "certified":  # for an account that has changed since
            send_back(session, part, self._act(people.approver, "Another account."))
            self._clear_the_way(part)

    @precondition(lambda self: self.instalments)
    @rule(wasted=st.sampled_from([0, 0, 0, 1, 300]))
    def report_the_next(self, wasted: int) -> None:
        """All that the grantee holds is spent, but for what it wasted and sends back."""
        session, held = self.session, self.standing.balance.minor
        for report in reports_of(session, self.award.id):
            if report.state is ReportState.ACCEPTED:
                continue
            if report.state is not ReportState.SUBMITTED:
                content = report_content(session, report, str(usd(max(held - wasted, 0))))
                act = self._act(self.people.grantee)
                self.attempt(partial(submit, session, report, content, act))
            self.attempt(partial(accept_report, session, report, self.people))
            return
        if held > 0:
            self.refund(held, f"RF-{held}-{len(self.standing.refunds)}")

    @rule()
    def to_the_end(self) -> None:
        """From wherever it stands, a grant can be brought to its end."""
        self.sign()
        for _step in range(12):
            self.pay_the_next()
            self.report_the_next(0)
        self.close()
        assert self.award.state is AwardState.CLOSED

    @property
    def standing(self) -> GrantProgress:
        return progress_of(self.session, self.award)

    @invariant()
    def never_more_than_the_award_is_paid_and_never_more_comes_back(self) -> None:
        if not hasattr(self, "award"):
            return
        standing = self.standing
        assert standing.paid.minor <= self.award.amount_minor
        assert standing.refunded.minor <= standing.paid.minor
        assert standing.reported.minor <= self.award.amount_minor
        if self.award.state in (AwardState.AGREED, AwardState.CLOSED):
            assert (standing.paid + standing.to_pay).minor == self.award.amount_minor

    @invariant()
    def the_books_tie_to_the_grant(self) -> None:
        if not hasattr(self, "award"):
            return
        books, standing = balances(self.session, self.fund), self.standing
        rate = self.award.psc_percent
        psc_paid = sum(p.amount.share(rate).minor for p in standing.instalments if p.is_paid)
        psc_back = sum(refund.amount.share(rate).minor for refund in standing.refunds)
        psc_left = sum(p.amount.share(rate).minor for p in standing.instalments if not p.is_paid)
        assert books.grant_expense == standing.paid - standing.refunded
        assert books.programme_support_cost == usd(psc_paid - psc_back)
        spent = books.grant_expense + books.programme_support_cost
        assert books.cash == self.before.cash - spent
        if standing.instalments:
            assert books.reserved == usd(0)
            assert books.commitments == standing.to_pay + usd(psc_left)
        if standing.instalments and all(part.is_paid for part in standing.instalments):
            assert books.commitments == usd(0)

    @invariant()
    def nobody_checks_their_own_work(self) -> None:
        if not hasattr(self, "award"):
            return
        for part in self.instalments:
            steps = ("certify", "approve", "send", "release")
            done: dict[str, set[int | None]] = {name: set() for name in steps}
            for row in trail_of(self.session, "instalment", part.id):
                if row.action in done:
                    done[row.action].add(row.person_id)
            pays = done["send"] | done["release"]
            assert not done["certify"] & done["approve"]
            assert not (done["certify"] | done["approve"]) & pays
            assert not part.is_paid or done["release"]

    @invariant()
    def every_check_on_live_data_is_green(self) -> None:
        if hasattr(self, "award"):
            assert [sentence for check in CHECKS for sentence in check(self.session)] == []


@pytest.mark.many
@pytest.mark.timeout(600)
def test_any_order_of_acts_leaves_the_money_whole(database: Database) -> None:
    try_any_order(database, GrantLife, some=12, steps=30)
