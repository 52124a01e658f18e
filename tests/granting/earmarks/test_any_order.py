"""Whatever comes, goes and comes back, in any order: earmarked money is spent on what it fits."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger import receipts, spending
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.books.ledger.reversal import reverse
from grants.core.audit.act import Act
from grants.core.audit.advance import begin
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import Earmarking, RegionalGroup
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks import verify
from grants.granting.earmarks.holdings import free_money
from grants.granting.earmarks.models import EarmarkMovement
from grants.granting.earmarks.queries import earmark_balances
from tests.factories import a_pledge, an_organisation
from tests.histories import run_histories

TODAY = clock.today()
DAYS = [TODAY - timedelta(days) for days in (300, 200, 100, 0)]
CLERK = Act.by_system("test", "As the paper says.")
EARMARKS: dict[str, dict[str, Any]] = {
    "free": {},
    "words": {"earmarking": Earmarking.SOFT},
    "honduras": {"earmarking": Earmarking.TIGHT, "countries": ("HN",)},
    "two": {"earmarking": Earmarking.EARMARKED, "countries": ("HN", "KE")},
    "ends": {"earmarking": Earmarking.TIGHT, "countries": ("KE",), "until": DAYS[2]},
    "africa": {"earmarking": Earmarking.SOFT, "region": RegionalGroup.AFRICAN},
    "nepal": {"earmarking": Earmarking.TIGHT, "countries": ("NP",)},
}
FITS = {
    "HN": {"words", "honduras", "two"},
    "KE": {"words", "two", "ends", "africa"},
    "UG": {"words", "africa"},
}
"""Which earmarks fit a grant in each country, said here once more."""

money = st.integers(1, 90_000)
names = st.sampled_from(list(EARMARKS))
grants = st.sampled_from(list(FITS))
days = st.sampled_from(DAYS)


class Earmarks(RuleBasedStateMachine):
    """Seven contributions and three grants; beside them nothing but what a child would count."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.session: Session = self.database.session()
        self.fund = self.session.get_one(Fund, 1)
        self.numbers = count(1)
        with clock.at(clock.now() - timedelta(400)):
            self.pledges = {name: self._pledge(terms) for name, terms in EARMARKS.items()}
        organisation = an_organisation(self.session)
        self.awards = {country: self._award(organisation, country) for country in FITS}
        self.unpaid: dict[str, list[int]] = {}
        self.paid: dict[str, list[int]] = defaultdict(list)
        self.came: dict[str, int] = defaultdict(int)
        self.entries: list[int] = []
        self.undone = False

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    def _pledge(self, terms: dict[str, Any]) -> Pledge:
        return a_pledge(self.session, self.fund, usd(10**9), **terms)

    def _award(self, organisation: Any, country: str) -> Award:
        award = Award(
            reference=f"G-{country}",
            fund=self.fund,
            organisation=organisation,
            title="Shelter",
            country=country,
            amount_minor=100,
            psc_percent=self.fund.psc_percent,
            approved_on=DAYS[0],
            starts_on=DAYS[0],
            ends_on=TODAY,
        )
        begin(self.session, award, AWARD, CLERK)
        return award

    def slip(self, subject: str, day: date) -> Voucher:
        return Voucher(self.fund, day, subject, f"test:earmark:{next(self.numbers)}", CLERK)

    def book(self, act: Callable[[], Entry | None]) -> bool:
        """Do an act; a refusal leaves no trace."""
        try:
            with self.session.begin_nested():
                entry = act()
        except (DomainError, Conflict):
            return False
        if entry is not None:
            self.entries.append(entry.id)
        return True

    @rule(name=names, cents=money, day=days)
    def receive(self, name: str, cents: int, day: date) -> None:
        slip = self.slip(self.pledges[name].subject, day)
        if self.book(lambda: receipts.receive_deposit(self.session, slip, usd(cents))):
            self.came[name] += cents

    @rule(name=names, cents=money, day=days)
    def send_back(self, name: str, cents: int, day: date) -> None:
        slip = self.slip(self.pledges[name].subject, day)
        if self.book(lambda: receipts.refund_to_donor(self.session, slip, usd(cents))):
            self.came[name] -= cents

    @rule(country=grants, cents=money, day=days)
    def approve(self, country: str, cents: int, day: date) -> None:
        slip, rate = self.slip(self.awards[country].account, day), self.fund.psc_percent
        self.book(lambda: spending.reserve_award(self.session, slip, usd(cents), rate))

    @rule(country=grants, day=days)
    def release(self, country: str, day: date) -> None:
        slip = self.slip(self.awards[country].account, day)
        self.book(lambda: spending.release_reservation(self.session, slip))

    @rule(country=grants, parts=st.lists(money, min_size=1, max_size=3), day=days)
    def sign(self, country: str, parts: list[int], day: date) -> None:
        if country not in self.unpaid:
            slip, rate = self.slip(self.awards[country].account, day), self.fund.psc_percent
            instalments = [usd(part) for part in parts]
            if self.book(lambda: spending.commit_agreement(self.session, slip, instalments, rate)):
                self.unpaid[country] = parts

    @precondition(lambda self: any(self.unpaid.values()))
    @rule(data=st.data(), day=days)
    def pay(self, data: st.DataObject, day: date) -> None:
        country = data.draw(st.sampled_from([at for at, parts in self.unpaid.items() if parts]))
        slip, part = self.slip(self.awards[country].account, day), self.unpaid[country][0]
        if self.book(lambda: spending.pay_instalment(self.session, slip, usd(part))):
            self.paid[country].append(self.unpaid[country].pop(0))

    @precondition(lambda self: any(self.paid.values()))
    @rule(data=st.data(), day=days)
    def come_back(self, data: st.DataObject, day: date) -> None:
        country = data.draw(st.sampled_from([at for at, parts in self.paid.items() if parts]))
        slip, part = self.slip(self.awards[country].account, day), self.paid[country][-1]
        if self.book(lambda: spending.return_instalment(self.session, slip, usd(part))):
            self.unpaid[country].insert(0, self.paid[country].pop())

    @rule(country=grants, cents=money, day=days)
    def refund(self, country: str, cents: int, day: date) -> None:
        slip = self.slip(self.awards[country].account, day)
        self.book(lambda: spending.refund_by_grantee(self.session, slip, usd(cents)))

    @precondition(lambda self: self.unpaid)
    @rule(data=st.data(), parts=st.lists(money, max_size=3), day=days)
    def change(self, data: st.DataObject, parts: list[int], day: date) -> None:
        """An extension with costs, a reduction, or without parts the end of the grant."""
        country = data.draw(st.sampled_from(list(self.unpaid)))
        slip = self.slip(self.awards[country].account, day)
        before, after = ([usd(part) for part in all_] for all_ in (self.unpaid[country], parts))
        costs = {
            spending.with_support_cost(all_, self.fund.psc_percent) for all_ in (before, after)
        }
        if len(costs) > 1 and self.book(
            lambda: spending.adjust_commitment(self.session, slip, before, after)
        ):
            self.unpaid[country] = parts

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        entry = self.session.get_one(Entry, data.draw(st.sampled_from(self.entries)))
        if entry.subject.startswith("pledge:"):
            name = next(n for n, pledge in self.pledges.items() if pledge.subject == entry.subject)
            moved = sum(p.usd_minor for p in entry.postings if p.account == "cash")
            if self.book(lambda: reverse(self.session, entry, TODAY, CLERK)):
                self.came[name] -= moved
                self.undone = True

    @invariant()
    def what_is_left_is_there(self) -> None:
        """The cash covers what is left of every bound contribution, unless a deposit was undone
        that grants had spent.
        """
        books = balances(self.session, self.fund)
        rows = {row.pledge.id: row for row in earmark_balances(self.session, self.fund)}
        for name, pledge in self.pledges.items():
            if name != "free":
                row = rows[pledge.id]
                assert (row.received - row.returned).minor == self.came[name]
                assert row.idle.minor >= 0
        free = free_money(self.session, self.fund)
        bound = [row for row in rows.values() if row.pledge.id != self.pledges["words"].id]
        assert sum(row.idle.minor for row in bound) + free.minor == books.available.minor
        assert free.minor >= 0 or self.undone

    @invariant()
    def money_is_where_it_fits(self) -> None:
        rows = self.session.execute(
            select(
                EarmarkMovement.award_id,
                EarmarkMovement.pledge_id,
                EarmarkMovement.stage,
                EarmarkMovement.usd_minor,
            )
        ).all()
        country_of = {award.id: country for country, award in self.awards.items()}
        name_of = {pledge.id: name for name, pledge in self.pledges.items()}
        assert {name_of[row.pledge_id] for row in rows} <= {*EARMARKS} - {"free", "nepal"}
        for row in rows:
            assert name_of[row.pledge_id] in FITS[country_of[row.award_id]]

    @invariant()
    def every_check_on_live_data_is_green(self) -> None:
        assert [breach for check in verify.CHECKS for breach in check(self.session)] == []


@pytest.mark.many
@pytest.mark.timeout(600)
def test_no_cent_of_an_earmark_is_spent_on_what_it_does_not_fit(database: Database) -> None:
    class Machine(Earmarks):
        pass

    Machine.database = database
    run_histories(Machine, some=5, steps=25, many=40)
