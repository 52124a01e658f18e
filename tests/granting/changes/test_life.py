"""Changes, payments and reports of a grant in any order: the money ties to the cent."""

from datetime import datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)

from grants.books.ledger.queries import balances
from grants.books.ledger.spending import with_support_cost
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.money import total, usd
from grants.core.people.models import Person
from grants.granting.agreements.verify import CHECKS
from grants.granting.changes import service, signing
from grants.granting.changes.later import call_off, take_effect
from grants.granting.changes.models import GrantChange
from grants.granting.changes.queries import changes_of, terms_of
from grants.granting.changes.workflow import RESERVING, TO_SIGN, UNSIGNED, ChangeKind
from grants.granting.payments.queries import instalments_of
from grants.granting.reporting.queries import reports_of
from grants.granting.reporting.service import submit
from tests.factories import act_of, an_organisation
from tests.grants import (
    Scene,
    a_file,
    accept_report,
    an_approved_award,
    cash,
    grant_people,
    once_ended,
    pay,
    report_content,
)
from tests.histories import AnyOrder, try_any_order

KINDS = st.sampled_from(list(ChangeKind))
STEPS = (
    "recommend",
    "send_back",
    "decline",
    "approve",
    "approve_at_once",
    "reject",
    "withdraw",
    "drop",
    "draw_up_again",
    "lift",
)


class ChangedLife(AnyOrder):
    """A running grant of which everything that can change is tried at any time."""

    @initialize(cents=st.integers(50_000, 500_000), months=st.integers(3, 14))
    def begin(self, cents: int, months: int) -> None:
        cash(self.session, self.fund, "12000")
        organisation = an_organisation(self.session)
        self.people = grant_people(self.session, organisation)
        award = an_approved_award(
            self.session,
            self.fund,
            organisation,
            self.people.approver,
            str(usd(cents)),
            starts_on=clock.today() - timedelta(40),
            months=months,
        )
        self.scene = Scene(self.session, self.fund, organisation, self.people, award).run()
        self.award = award

    def picture(self) -> tuple[Any, ...]:
        terms = terms_of(self.session, self.award)
        states = [change.state for change in changes_of(self.session, self.award)]
        return terms, states, balances(self.session, self.fund)

    def _act(self, person: Person, reason: str | None = None) -> Any:
        return act_of(self.session, person, reason)

    @rule(
        kind=KINDS,
        days=st.integers(-60, 300),
        cents=st.integers(0, 90_000),
        own=st.booleans(),
        ahead=st.one_of(st.none(), st.integers(-1, 90)),
    )
    def ask(self, kind: ChangeKind, days: int, cents: int, own: bool, ahead: int | None) -> None:
        terms = terms_of(self.session, self.award)
        asked = {
            "ends_on": (self.award.ends_on + timedelta(days)).isoformat(),
            "amount": str(usd(cents)),
            "from": clock.today().isoformat(),
            "lines": {line.category: str(line.amount) for line in terms.budget},
            "partner": "Another partner",
            "country": "GT",
            "place": "Antigua",
            "name": "Ana Paz",
            "title": "Director",
        }
        person = self.people.grantee if own else self.people.officer
        act = service.request_change if own else service.begin_change
        why = self._act(person, "Things changed.")
        day = None if ahead is None else clock.today() + timedelta(ahead)
        self.attempt(partial(act, self.session, self.award, kind, asked, why, day))

    @rule(step=st.sampled_from(STEPS), who=st.sampled_from(("officer", "approver", "grantee")))
    def take_step(self, step: str, who: str) -> None:
        act = self._act(getattr(self.people, who), "Because.")
        for change in changes_of(self.session, self.award)[:2]:
            self.attempt(partial(getattr(service, step), self.session, change, act))

    @rule()
    def go_on(self) -> None:
        """The straight way: every open change is brought one step further."""
        for change in changes_of(self.session, self.award):
            self._further(change)

    def _further(self, change: GrantChange) -> None:
        session, people = self.session, self.people
        if change.state.value == "requested":
            self.attempt(partial(service.recommend, session, change, self._act(people.officer)))
        elif change.state.value == "recommended":
            unsigned = change.kind in UNSIGNED
            act = service.approve_at_once if unsigned else service.approve
            self.attempt(partial(act, session, change, self._act(people.approver)))
        elif change.state in TO_SIGN:
            paper, act_ = a_file(session, people.manager), self._act(people.manager)
            force = partial(signing.put_in_force, session, change, clock.today(), paper, act_)
            self.attempt(force)
        elif change.state.value == "agreed" and change.effective_on:
            due = partial(take_effect, session, change, self._act(people.manager))
            self.attempt(due)
            assert change.state.value == "agreed"
            with clock.at(datetime.combine(change.effective_on, time(12), clock.zone())):
                self.attempt(due)

    @rule()
    def call_off(self) -> None:
        for change in changes_of(self.session, self.award)[:1]:
            act = self._act(self.people.approver, "Not needed any more.")
            self.attempt(partial(call_off, self.session, change, act))

    @rule()
    def pay_the_next(self) -> None:
        unpaid = [p for p in instalments_of(self.session, self.award.id) if not p.is_paid]
        for part in unpaid[:1]:
            self.attempt(partial(pay, self.session, part, self.people, clock.today()))

    @rule(spent=st.integers(0, 60_000))
    def report_the_next(self, spent: int) -> None:
        for report in reports_of(self.session, self.award.id):
            if report.state.value == "due":
                with once_ended(report):
                    content = report_content(self.session, report, str(usd(spent)))
                    act = self._act(self.people.grantee)
                    self.attempt(partial(submit, self.session, report, content, act))
                    self.attempt(partial(accept_report, self.session, report, self.people))
                return

    @invariant()
    def the_instalments_are_the_award_and_no_more_is_paid(self) -> None:
        if not hasattr(self, "award"):
            return
        parts = instalments_of(self.session, self.award.id)
        assert total(part.amount for part in parts) == self.award.amount
        paid = total(part.amount for part in parts if part.is_paid)
        assert paid.minor <= self.award.amount_minor
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))

    @invariant()
    def what_is_committed_is_what_is_unpaid(self) -> None:
        if not hasattr(self, "award"):
            return
        parts = instalments_of(self.session, self.award.id)
        unpaid = [part.amount for part in parts if not part.is_paid]
        sums = balances(self.session, self.fund)
        assert sums.commitments == with_support_cost(unpaid, self.award.psc_percent)
        waiting = [
            change.terms_after.amount - change.terms_before.amount
            for change in changes_of(self.session, self.award)
            if change.state in RESERVING
        ]
        more = [amount for amount in waiting if amount.minor > 0]
        assert sums.reserved == with_support_cost(more, self.award.psc_percent)
        assert sums.available.minor >= 0

    @invariant()
    def the_reports_cover_the_grant_without_a_gap(self) -> None:
        if not hasattr(self, "award"):
            return
        reports = reports_of(self.session, self.award.id)
        if not reports:
            return
        assert reports[0].covers_from == self.award.starts_on
        assert reports[-1].covers_to == self.award.ends_on or not self.award.amount_minor
        for earlier, later in pairwise(reports):
            assert later.covers_from == earlier.covers_to + timedelta(1)

    @invariant()
    def every_check_on_live_data_is_green(self) -> None:
        if hasattr(self, "award"):
            assert [sentence for check in CHECKS for sentence in check(self.session)] == []


@pytest.mark.many
@pytest.mark.timeout(600)
def test_any_order_of_changes_and_payments_leaves_the_money_whole(database: Database) -> None:
    try_any_order(database, ChangedLife, some=10, steps=25)
