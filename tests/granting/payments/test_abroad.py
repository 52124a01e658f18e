"""An award is in dollars and paid in the grantee's currency: every cent stands in the books."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import bank_balance, bank_balances
from grants.books.ledger.cash import source_and_use
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.database.db import Database
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, total, usd
from grants.granting.agreements.verify import CHECKS
from grants.granting.payments.models import Instalment
from grants.granting.payments.returns import Arrival, Corrector, fail, take_back
from grants.granting.payments.service import release, send
from grants.granting.payments.workflow import InstalmentState
from tests.books.ledger.books import lines, main_account, settle
from tests.factories import act_of
from tests.granting.payments.abroad import a_fund_abroad, a_grant_paid_in, euro_account, publish
from tests.grants import Scene, approved, cash
from tests.histories import AnyOrder, try_any_order

S = InstalmentState
ON_LINE = "The account is right."


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


@pytest.fixture
def abroad(session: Session, fund: Fund) -> Scene:
    scene = a_fund_abroad(session, fund)
    approved(session, scene.instalments[0], scene.people)
    return scene


def pay(scene: Scene, account: BankAccount | None = None, reference: str = "TT-1") -> Instalment:
    """The first instalment, of 8,000 USD, is paid today."""
    first, act = scene.instalments[0], act_of(scene.session, scene.people.finance)
    release(scene.session, first, clock.today(), reference, act, paid_from=account)
    return first


def entry_lines(scene: Scene) -> list[tuple[str, str, str, str]]:
    query = select(Entry).order_by(Entry.id.desc()).limit(1)
    return lines(scene.session, scene.session.scalar(query))


def test_a_dollar_account_is_debited_with_what_the_euros_are_worth(abroad: Scene) -> None:
    first = pay(abroad)
    assert first.transfer is not None
    assert first.transfer.amount == eur("7600.00")
    assert (f"{first.transfer.rate:f}", first.transfer.rate_on) == ("0.95", clock.today())
    assert entry_lines(abroad)[:4] == [
        ("grant_expense", "8000.00 USD", "8000.00", ""),
        ("cash", "-7600.00 EUR", "-8000.00", "0.95"),
        ("exchange_difference", "7600.00 EUR", "8000.00", "0.95"),
        ("exchange_difference", "-8000.00 USD", "-8000.00", ""),
    ]
    assert breaches(abroad.session) == []


def test_what_was_sent_keeps_its_sum_whatever_the_rate_of_the_debit(abroad: Scene) -> None:
    session, first = abroad.session, abroad.instalments[0]
    act = act_of(session, abroad.people.finance)
    send(session, first, act)
    day = clock.today() - timedelta(1)
    before = balances(session, abroad.fund).exchange_difference
    release(session, first, day, "TT-1", act)
    assert first.transfer is not None
    assert first.transfer.amount == eur("7600.00")
    settle(session)
    lost = usd(950_000 - 800_000)
    assert balances(session, abroad.fund).exchange_difference == before - lost
    assert breaches(session) == []


def test_an_account_in_euros_gives_them_at_what_they_cost_the_fund(abroad: Scene) -> None:
    session, account = abroad.session, euro_account(abroad.session, abroad.fund)
    before = balances(session, abroad.fund)
    pay(abroad)
    settle(session)
    now = balances(session, abroad.fund)
    assert bank_balance(session, account).own == eur("92400.00")
    assert bank_balance(session, account).usd == usd(11_550_000)
    assert before.exchange_difference - now.exchange_difference == usd(150_000)
    assert now.grant_expense - before.grant_expense == usd(800_000)
    support = now.programme_support_cost - before.programme_support_cost
    main = bank_balance(session, main_account(session, abroad.fund))
    assert main.usd == Money.parse("1000000", "USD") - support
    assert breaches(session) == []
    day = clock.today()
    figures = source_and_use(session, abroad.fund, day, day)
    assert figures.exchange_differences_on_cash == usd(-150_000)
    assert figures.use.transfers_to_grantees == usd(800_000)


def test_an_account_in_euros_is_not_overdrawn(abroad: Scene) -> None:
    euro_account(abroad.session, abroad.fund, "7599.99")
    with pytest.raises(DomainError, match="ledger balance"):
        pay(abroad)


def test_a_return_gives_the_euros_back_at_the_rate_of_its_day(abroad: Scene) -> None:
    session, first = abroad.session, abroad.instalments[0]
    act = act_of(session, abroad.people.finance, "AC04")
    before = balances(session, abroad.fund)
    pay(abroad)
    payment = take_back(session, first, Arrival(clock.today(), "RET-1"), Corrector.FUND, act)
    assert payment.transfer is not None
    assert payment.transfer.amount == eur("7600.00")
    assert first.transfer is None
    settle(session)
    assert balances(session, abroad.fund) == before
    assert breaches(session) == []


def test_a_refusal_clears_what_was_to_be_sent(abroad: Scene) -> None:
    session, first = abroad.session, abroad.instalments[0]
    act = act_of(session, abroad.people.finance, "No BIC.")
    send(session, first, act)
    fail(session, first, Corrector.FUND, act)
    assert first.transfer is None


def test_without_a_rate_nothing_is_sent(session: Session, fund: Fund) -> None:
    cash(session, fund)
    scene = a_grant_paid_in(session, fund, "KWD")
    approved(session, scene.instalments[0], scene.people)
    act = act_of(session, scene.people.finance)
    with pytest.raises(DomainError, match="no exchange rate for KWD"):
        send(session, scene.instalments[0], act)


def test_the_database_keeps_what_was_sent(abroad: Scene) -> None:
    first = pay(abroad)
    settle(abroad.session)
    change = "UPDATE instalment SET transfer_minor = 1 WHERE id = :id"
    with pytest.raises(DBAPIError, match="never changed"):
        abroad.session.execute(text(change), {"id": first.id})


class TwoCurrencies(AnyOrder):
    """Two grants, one paid in euros, are paid, refused, returned and paid again in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    @initialize(own=st.booleans())
    def begin(self, own: bool) -> None:
        publish(self.session)
        cash(self.session, self.fund)
        self.euros = euro_account(self.session, self.fund) if own else None
        self.main = main_account(self.session, self.fund)
        self.grants = [a_grant_paid_in(self.session, self.fund, code) for code in ("EUR", "USD")]
        for scene in self.grants:
            approved(self.session, scene.instalments[0], scene.people)
        settle(self.session)
        self.opening = balances(self.session, self.fund)
        self.sent_euros = eur("0")

    def _next_reference(self) -> str:
        self.number += 1
        return f"REF-{self.number}"

    def _account(self, place: int) -> BankAccount | None:
        return (None, self.main, self.euros)[place]

    def _moves_euros(self, account: BankAccount | None) -> bool:
        return self.euros is not None and account is not self.main

    @rule(grant=st.integers(0, 1))
    def approve(self, grant: int) -> None:
        scene = self.grants[grant]
        self.attempt(lambda: approved(self.session, scene.instalments[0], scene.people))

    @rule(grant=st.integers(0, 1))
    def send_one(self, grant: int) -> None:
        scene = self.grants[grant]
        act = act_of(self.session, scene.people.finance)
        self.attempt(lambda: send(self.session, scene.instalments[0], act))

    @rule(grant=st.integers(0, 1))
    def refuse(self, grant: int) -> None:
        scene = self.grants[grant]
        act = act_of(self.session, scene.people.finance, ON_LINE)
        self.attempt(lambda: fail(self.session, scene.instalments[0], Corrector.FUND, act))

    @rule(grant=st.integers(0, 1), place=st.integers(0, 2), days=st.sampled_from([0, 1]))
    def pay(self, grant: int, place: int, days: int) -> None:
        scene, account = self.grants[grant], self._account(place)
        first, day = scene.instalments[0], clock.today() - timedelta(days)
        act, was_paid = act_of(self.session, scene.people.finance), first.is_paid
        done = self.attempt(
            lambda: release(
                self.session, first, day, self._next_reference(), act, paid_from=account
            )
        )
        if done and not was_paid and first.transfer and self._moves_euros(account):
            self.sent_euros += first.transfer.amount

    @rule(grant=st.integers(0, 1), place=st.integers(0, 2))
    def bring_back(self, grant: int, place: int) -> None:
        scene, account = self.grants[grant], self._account(place)
        act = act_of(self.session, scene.people.finance, ON_LINE)
        first = scene.instalments[0]
        sent = first.transfer.amount if first.transfer else None
        arrival = Arrival(clock.today(), self._next_reference(), account)
        done = self.attempt(lambda: take_back(self.session, first, arrival, Corrector.FUND, act))
        if done and sent and self._moves_euros(account):
            self.sent_euros = self.sent_euros - sent

    @invariant()
    def every_cent_is_in_the_books(self) -> None:
        if not hasattr(self, "grants"):
            return
        now, before = balances(self.session, self.fund), self.opening
        paid = [part for scene in self.grants for part in scene.instalments if part.is_paid]
        assert now.grant_expense == total(part.amount for part in paid)
        rate = self.fund.psc_percent
        assert now.programme_support_cost == total(part.amount.share(rate) for part in paid)
        spent = now.grant_expense + now.programme_support_cost
        gained = now.exchange_difference - before.exchange_difference
        assert now.cash == before.cash - spent + gained
        accounts = bank_balances(self.session, self.fund)
        assert total(balance.usd for balance in accounts) == now.cash
        if self.euros is not None:
            own = bank_balance(self.session, self.euros).own
            assert own == eur("100000") - self.sent_euros
        assert now.commitments == before.commitments - spent
        assert set(now.as_json()) == set(before.as_json())

    @invariant()
    def what_is_in_euros_was_sent_in_euros(self) -> None:
        for scene in getattr(self, "grants", ()):
            first = scene.instalments[0]
            under_way = first.is_paid or first.state is S.SENT
            assert (first.transfer is not None) == (under_way and first.pays_in == "EUR")

    def check_everything(self) -> None:
        assert breaches(self.session) == []
        assert [line for check in CHECKS for line in check(self.session)] == []
        day = clock.today()
        source_and_use(self.session, self.fund, day - timedelta(1), day)


@pytest.mark.many
@pytest.mark.timeout(600)
def test_every_cent_is_in_the_books_in_two_currencies(database: Database) -> None:
    try_any_order(database, TwoCurrencies, some=20, steps=25)
