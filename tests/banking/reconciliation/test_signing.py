"""A month is signed off when every difference is an open item, by a person who recorded none."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.banking.bank import service
from grants.banking.bank.importing import import_statements
from grants.banking.bank.models import BankLine
from grants.banking.bank.service import Part, accept
from grants.banking.bank.undoing import undo
from grants.banking.bank.workflow import LineState
from grants.banking.matching.unmatched import unmatched_postings
from grants.banking.reconciliation.figures import as_plain, from_plain
from grants.banking.reconciliation.queries import month_end, reconcile, signatures
from grants.banking.reconciliation.service import sign_off
from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.verify import breaches
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import use_language
from grants.core.kernel.money import Money
from grants.core.people.permissions import Role
from grants.giving.pledges.models import Pledge
from tests.banking.bank.arranging import finance, imported_lines, numbered
from tests.banking.bank.files import BankEntry, camt
from tests.books.ledger.books import CLERK, main_account, money, publish_rates, settle
from tests.factories import a_deposit, a_signed_pledge, act_of, staff

pytestmark = pytest.mark.usefixtures("app")

MARCH = date(2026, 3, 1)
APRIL_DAYS = (date(2026, 4, 1), date(2026, 4, 30))


def certifier(session: Session) -> Act:
    return act_of(session, staff(session, Role.CERTIFYING_OFFICER))


def told(figures_of: object) -> list[str]:
    return [f"{item.on:%d.%m.} {item.amount}" for item in figures_of]  # type: ignore[attr-defined]


def test_a_month_in_which_everything_is_matched_agrees(session: Session, fund: Fund) -> None:
    (line,) = imported_lines(session, fund, [BankEntry(money("300"), reference="B1")])
    accept(session, line, [Part(None, money("300"))], finance(session))
    figures = reconcile(session, line.account, MARCH)
    assert (figures.bank_balance, figures.ledger_balance) == (money("300"), money("300"))
    assert (figures.only_bank, figures.only_ledger, figures.matched) == ((), (), 1)
    signature = sign_off(session, line.account, MARCH, certifier(session))
    assert from_plain(signature.figures) == figures
    assert sign_off(session, line.account, MARCH, certifier(session)) is signature


def test_open_items_of_either_side_explain_the_difference(session: Session, fund: Fund) -> None:
    a_deposit(session, fund, None, money("70"), value_on=date(2026, 3, 30))
    _open, odd = imported_lines(
        session,
        fund,
        [BankEntry(money("300"), name="Arcadia"), BankEntry(money("-1"), text="Error")],
    )
    service.set_aside(session, odd, finance(session, "The bank will put it right."))
    figures = reconcile(session, odd.account, MARCH)
    assert (figures.difference, figures.unexplained) == (money("229"), money("0"))
    assert told(figures.only_bank) == ["10.03. 300.00", "10.03. -1.00"]
    assert [item.note for item in figures.only_bank] == ["", "The bank will put it right."]
    assert told(figures.only_ledger) == ["30.03. 70.00"]
    sign_off(session, odd.account, MARCH, certifier(session))


def test_money_that_the_bank_tells_a_month_later_is_open_in_between(
    session: Session, fund: Fund
) -> None:
    deposit = a_deposit(session, fund, None, money("70"), value_on=date(2026, 3, 30))
    imported_lines(session, fund, [])
    (line,) = imported_lines(
        session,
        fund,
        [BankEntry(money("70"), on=date(2026, 4, 2))],
        reference="APRIL",
        days=APRIL_DAYS,
    )
    (posting,) = session.scalars(unmatched_postings(line.account)).unique()
    service.match(session, line, [posting], finance(session))
    assert deposit.stands
    in_march = reconcile(session, line.account, MARCH)
    assert told(in_march.only_ledger) == ["30.03. 70.00"]
    assert not in_march.unexplained
    in_april = reconcile(session, line.account, date(2026, 4, 1))
    assert (in_april.only_ledger, in_april.difference) == ((), money("0"))


def test_a_line_that_is_booked_a_month_later_is_open_in_between(
    session: Session, fund: Fund
) -> None:
    late = BankEntry(money("70"), on=date(2026, 4, 1), booked_on=date(2026, 3, 31))
    (line,) = imported_lines(session, fund, [late])
    accept(session, line, [Part(None, money("70"))], finance(session))
    figures = reconcile(session, line.account, MARCH)
    assert told(figures.only_bank) == ["31.03. 70.00"]
    assert not figures.unexplained


def test_a_statement_that_begins_elsewhere_than_the_books_is_not_explained(
    session: Session, fund: Fund
) -> None:
    a_deposit(session, fund, None, money("500"), value_on=date(2026, 1, 20))
    imported_lines(session, fund, [], "499.99")
    account = main_account(session, fund)
    figures = reconcile(session, account, MARCH)
    assert figures.unexplained == money("-0.01")
    with pytest.raises(DomainError, match="not explained"):
        sign_off(session, account, MARCH, certifier(session))


def test_money_booked_before_the_first_statement_and_told_after_it_ties(
    session: Session, fund: Fund
) -> None:
    a_deposit(session, fund, None, money("500"), value_on=date(2026, 1, 20))
    a_deposit(session, fund, None, money("20"), value_on=date(2026, 2, 27))
    (line,) = imported_lines(session, fund, [BankEntry(money("20"), on=date(2026, 3, 2))], "500")
    found = [p for p in session.scalars(unmatched_postings(line.account)) if p.usd_minor == 2000]
    service.match(session, line, found, finance(session))
    figures = reconcile(session, line.account, MARCH)
    assert (figures.difference, figures.unexplained) == (money("0"), money("0"))


def test_what_was_undone_leaves_no_open_item(session: Session, fund: Fund) -> None:
    (line,) = imported_lines(session, fund, [BankEntry(money("300"), reference="B1")])
    accept(session, line, [Part(None, money("300"))], finance(session))
    undo(session, line, finance(session, "It was interest."))
    service.interest(session, line, finance(session, "The bank’s notice."))
    settle(session)
    figures = reconcile(session, line.account, MARCH)
    assert (figures.only_bank, figures.only_ledger) == ((), ())


def test_whoever_recorded_or_matched_cannot_sign(session: Session, fund: Fund) -> None:
    both = staff(session, Role.CERTIFYING_OFFICER, "Fatou Diallo")
    staff(session, Role.FINANCE_OFFICER, "Fatou Diallo")
    (line,) = imported_lines(session, fund, [BankEntry(money("300"), reference="B1")])
    accept(session, line, [Part(None, money("300"))], act_of(session, both))
    with pytest.raises(Forbidden, match="A different person must sign off"):
        sign_off(session, line.account, MARCH, act_of(session, both))
    sign_off(session, line.account, MARCH, certifier(session))


def test_whoever_only_set_a_line_aside_cannot_sign_either(session: Session, fund: Fund) -> None:
    both = staff(session, Role.CERTIFYING_OFFICER, "Fatou Diallo")
    staff(session, Role.FINANCE_OFFICER, "Fatou Diallo")
    (line,) = imported_lines(session, fund, [BankEntry(money("300"))])
    service.set_aside(session, line, act_of(session, both, "Not ours."))
    with pytest.raises(Forbidden, match="A different person must sign off"):
        sign_off(session, line.account, MARCH, act_of(session, both))


@pytest.mark.parametrize("role", [Role.FINANCE_OFFICER, Role.FUND_MANAGER, Role.AUDITOR])
def test_only_certifying_and_approving_officers_sign(
    session: Session, fund: Fund, role: Role
) -> None:
    imported_lines(session, fund, [])
    with pytest.raises(Forbidden):
        sign_off(session, main_account(session, fund), MARCH, act_of(session, staff(session, role)))
    approver = act_of(session, staff(session, Role.APPROVING_OFFICER))
    assert sign_off(session, main_account(session, fund), MARCH, approver)


def test_a_month_that_is_not_over_or_not_told_is_not_signed(session: Session, fund: Fund) -> None:
    imported_lines(session, fund, [], days=(date(2026, 3, 1), date(2026, 3, 15)))
    account = main_account(session, fund)
    with pytest.raises(DomainError, match="up to 31 March"):
        sign_off(session, account, MARCH, certifier(session))
    with pytest.raises(DomainError, match="not ended"):
        sign_off(session, account, date(2999, 1, 1), certifier(session))


def test_a_month_is_signed_on_the_day_after_its_last(session: Session, fund: Fund) -> None:
    imported_lines(session, fund, [])
    account, by = main_account(session, fund), certifier(session)
    last = datetime(2026, 3, 31, 12, tzinfo=clock.zone())
    with clock.at(last), pytest.raises(DomainError, match="not ended"):
        sign_off(session, account, MARCH, by)
    with clock.at(last + timedelta(days=1)):
        assert sign_off(session, account, MARCH, by)


def test_what_was_signed_is_kept_and_signed_anew_after_a_change(
    session: Session, fund: Fund
) -> None:
    (line,) = imported_lines(session, fund, [BankEntry(money("300"))])
    first = sign_off(session, line.account, MARCH, certifier(session))
    accept(session, line, [Part(None, money("300"))], finance(session))
    assert from_plain(first.figures) != reconcile(session, line.account, MARCH)
    second = sign_off(session, line.account, MARCH, certifier(session))
    assert second is not first
    assert signatures(session, line.account) == {MARCH: second}
    session.flush()
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE reconciliation SET actor = 'somebody'"))


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_figures_survive_being_kept(session: Session, fund: Fund, currency: str) -> None:
    (line,) = imported_lines(session, fund, [BankEntry(money("300"), name="وزارة")])
    figures = reconcile(session, line.account, MARCH)
    kept = as_plain(figures) | {"currency": currency}
    if currency == "USD":
        assert from_plain(kept) == figures
    else:
        whole = {"bank_balance": "-12", "ledger_balance": "1", "only_bank": [], "only_ledger": []}
        assert as_plain(from_plain(kept | whole))["account"] == figures.account


def test_what_was_signed_in_one_language_is_the_same_in_another(
    session: Session, fund: Fund
) -> None:
    a_deposit(session, fund, None, money("5"), value_on=date(2026, 3, 20))
    (line,) = imported_lines(session, fund, [BankEntry(money("300"))])
    with use_language("ar"):
        signature = sign_off(session, line.account, MARCH, certifier(session))
        told = from_plain(signature.figures).only_ledger[0].what
    figures = reconcile(session, line.account, MARCH)
    assert from_plain(signature.figures) == figures
    assert figures.only_ledger[0].what == "Unidentified deposit recorded"
    assert told != figures.only_ledger[0].what


def test_the_last_day_of_a_month(session: Session) -> None:
    days = [month_end(date(2026, month, 1)).day for month in range(1, 13)]
    assert days == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert session is not None


class Matching(RuleBasedStateMachine):
    """Any statement, and anything that a person may say of its lines, in any order: what the bank
    holds is what the books hold and the open items, to the cent.
    """

    database: Database

    @initialize(minors=st.lists(st.integers(-50_000, 100_000).filter(bool), min_size=1, max_size=8))
    def a_statement(self, minors: list[int]) -> None:
        self.session = self.database.session()
        self.fund = self.session.get_one(Fund, 1)
        publish_rates(self.session)
        numbered(self.session, self.fund)
        entries = [BankEntry(Money(m, "USD"), reference=f"R{n}") for n, m in enumerate(minors)]
        import_statements(self.session, "any.xml", camt(entries), CLERK)
        self.account: BankAccount = main_account(self.session, self.fund)
        self.pledges: list[Pledge] = [a_signed_pledge(self.session, self.fund) for _n in range(2)]
        self.act = finance(self.session, "Because.")
        self.lines = list(self.session.query(BankLine).order_by(BankLine.id))

    def teardown(self) -> None:
        if hasattr(self, "session"):
            settle(self.session)
            assert breaches(self.session) == []
            self.session.rollback()
            self.session.close()

    def in_state(self, state: LineState, at: int) -> BankLine | None:
        found = [line for line in self.lines if line.state is state]
        return found[at % len(found)] if found else None

    @rule(at=st.integers(0, 20), cut=st.integers(1, 99), unknown=st.booleans())
    def receive(self, at: int, cut: int, unknown: bool) -> None:
        line = self.in_state(LineState.UNMATCHED, at)
        if line is None or not line.is_credit:
            return
        first, second = line.amount.allocate([cut, 100 - cut])
        parts = [Part(self.pledges[0], first), Part(None if unknown else self.pledges[1], second)]
        accept(self.session, line, [part for part in parts if part.amount], self.act)

    @rule(at=st.integers(0, 20))
    def name_it(self, at: int) -> None:
        line = self.in_state(LineState.UNMATCHED, at)
        if line is not None:
            act = service.interest if line.is_credit else service.charge
            act(self.session, line, self.act)

    @rule(at=st.integers(0, 20))
    def put_aside(self, at: int) -> None:
        line = self.in_state(LineState.UNMATCHED, at)
        if line is not None:
            service.set_aside(self.session, line, self.act)

    @rule(at=st.integers(0, 20))
    def take_up(self, at: int) -> None:
        line = self.in_state(LineState.SET_ASIDE, at)
        if line is not None:
            service.take_up(self.session, line, self.act)

    @rule(at=st.integers(0, 20))
    def take_back(self, at: int) -> None:
        line = self.in_state(LineState.MATCHED, at)
        if line is not None:
            undo(self.session, line, self.act)

    @rule(at=st.integers(0, 20), day=st.integers(1, 31))
    @precondition(lambda self: hasattr(self, "lines"))
    def by_hand_then_matched(self, at: int, day: int) -> None:
        line = self.in_state(LineState.UNMATCHED, at)
        if line is None or not line.is_credit:
            return
        a_deposit(self.session, self.fund, None, line.amount, value_on=date(2026, 3, day))
        found = list(self.session.scalars(unmatched_postings(self.account)))
        service.match(self.session, line, [found[-1]], self.act)

    @rule(minor=st.integers(1, 9_999))
    def by_hand(self, minor: int) -> None:
        money_of_nobody = Money(minor, "USD")
        a_deposit(self.session, self.fund, None, money_of_nobody, value_on=date(2026, 3, 5))

    @invariant()
    def the_bank_is_the_books_and_the_open_items(self) -> None:
        if not hasattr(self, "lines"):
            return
        settle(self.session)
        figures = reconcile(self.session, self.account, MARCH)
        assert figures.unexplained == money("0")
        assert figures.ledger_balance == bank_balance(self.session, self.account).own
        waiting = [line for line in self.lines if line.state is not LineState.MATCHED]
        assert len(figures.only_bank) == len(waiting)


def test_whatever_is_said_of_the_lines_bank_and_books_differ_by_open_items_alone(
    real_database: Database,
) -> None:
    Matching.database = real_database
    quick = settings(
        max_examples=6,
        stateful_step_count=10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Matching, settings=quick)
