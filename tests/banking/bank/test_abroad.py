"""Grants paid in another currency, matched from the bank: in it, or converted by the bank."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.workflow import LineState
from grants.banking.lines import paying
from grants.banking.matching.grantees import instalments_for, refunds_for
from grants.banking.matching.sent_payments import returns_for, runs_as_one_sum
from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.cash import source_and_use
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, usd
from grants.deciding.awards.locking import lock_award
from grants.granting.payment_runs.files import FileKind
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payment_runs.pain_faults import NAMESPACE, payment_file_faults
from grants.granting.payment_runs.service import begin_run, content_of_file, send_file
from grants.granting.payment_runs.totals import cover_of, totals_of
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.returns import Corrector
from grants.granting.payments.service import release
from grants.granting.payments.workflow import InstalmentState
from grants.granting.recovery.service import Letter as Asked
from grants.granting.recovery.service import send_request
from grants.granting.recovery.workflow import RefundCause, RequestState
from tests.banking.bank.arranging import imported_lines, numbered
from tests.banking.bank.files import EURO_IBAN, IBAN, BankEntry
from tests.books.ledger.books import settle
from tests.factories import act_of
from tests.granting.payments.abroad import a_fund_abroad, a_grant_paid_in, euro_account
from tests.grants import Scene, approved

S = InstalmentState


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


@pytest.fixture
def abroad(session: Session, fund: Fund) -> Scene:
    """An approved instalment of 8,000 USD, which are 7,600 EUR today."""
    scene = a_fund_abroad(session, fund)
    account = numbered(session, fund)
    account.beneficiary, account.bic = "United Nations", "BKAUATWW"
    approved(session, scene.instalments[0], scene.people)
    return scene


@pytest.fixture
def own(abroad: Scene) -> BankAccount:
    account = euro_account(abroad.session, abroad.fund)
    account.number, account.bic = EURO_IBAN, "BKAUATWW"
    account.beneficiary = "United Nations"
    abroad.session.flush()
    return account


def a_run(scene: Scene, account: BankAccount | None, *others: Scene) -> PaymentRun:
    session, act = scene.session, act_of(scene.session, scene.people.finance)
    parts = [each.instalments[0] for each in (scene, *others)]
    run = begin_run(session, scene.fund, account, clock.today(), parts, act)
    send_file(session, run, FileKind.PAIN, act)
    return run


def line_of(scene: Scene, amount: Money, opening: str = "900000", **more: object) -> BankLine:
    today = clock.today()
    values = {"on": today, "reference": "DB0001", **more}
    entry = BankEntry(amount, **values)  # type: ignore[arg-type]
    number = IBAN if amount.currency == "USD" else EURO_IBAN
    named = {"account": number, "currency": amount.currency}
    name, days = f"STMT {entry.reference}", (today, today)
    (line,) = imported_lines(
        scene.session, scene.fund, [entry], opening, reference=name, days=days, **named
    )
    return line


def test_a_debit_in_euros_pays_what_was_ordered_in_euros(abroad: Scene, own: BankAccount) -> None:
    session, run = abroad.session, a_run(abroad, own)
    content = content_of_file(run.files[0])
    assert payment_file_faults(content) == []
    assert b'<InstdAmt Ccy="EUR">7600.00</InstdAmt>' in content
    assert b"<CtrlSum>7600.00</CtrlSum>" in content
    line = line_of(abroad, eur("-7605"), end_to_end=run.parts[0].end_to_end)
    best = instalments_for(session, line)[0]
    assert (best.instalment.id, best.fee) == (abroad.instalments[0].id, eur("5"))
    paying.pay(session, line, abroad.instalments[0], act_of(session, abroad.people.finance))
    settle(session)
    assert (abroad.instalments[0].state, line.state) == (S.PAID, LineState.MATCHED)
    assert bank_balance(session, own).own == eur("92395")
    assert breaches(session) == []


def test_a_debit_in_dollars_books_what_the_banks_own_rate_made_of_it(abroad: Scene) -> None:
    session, before = abroad.session, balances(abroad.session, abroad.fund)
    run = a_run(abroad, numbered(session, abroad.fund))
    line = line_of(abroad, Money.parse("-8042.17", "USD"), end_to_end=run.parts[0].end_to_end)
    best = instalments_for(session, line)[0]
    assert (best.recordable, best.fee) == (True, None)
    paying.pay(session, line, abroad.instalments[0], act_of(session, abroad.people.finance))
    settle(session)
    now = balances(session, abroad.fund)
    assert now.grant_expense - before.grant_expense == usd(800_000)
    assert before.exchange_difference - now.exchange_difference == usd(4_217)
    assert line.state is LineState.MATCHED
    assert breaches(session) == []


def test_what_is_far_from_the_rate_is_another_payment(abroad: Scene) -> None:
    session, act = abroad.session, act_of(abroad.session, abroad.people.finance)
    run = a_run(abroad, numbered(session, abroad.fund))
    line = line_of(abroad, Money.parse("-8600", "USD"), end_to_end=run.parts[0].end_to_end)
    with pytest.raises(DomainError, match="but the line is"):
        paying.pay(session, line, abroad.instalments[0], act)


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_a_payment_that_comes_back_is_matched_in_either_currency(
    abroad: Scene, own: BankAccount, currency: str
) -> None:
    session, act = abroad.session, act_of(abroad.session, abroad.people.finance, "AC04")
    in_euros = currency == "EUR"
    run = a_run(abroad, own if in_euros else numbered(session, abroad.fund))
    first, reference = abroad.instalments[0], run.parts[0].end_to_end
    spent = eur("-7600") if in_euros else Money.parse("-8000", "USD")
    paying.pay(session, line_of(abroad, spent, end_to_end=reference), first, act)
    back = eur("7590") if in_euros else Money.parse("7901.50", "USD")
    opening = "892400" if in_euros else "892000"
    line = line_of(abroad, back, opening, end_to_end=reference, reference="CR0002")
    (proposal,) = returns_for(session, line)
    assert (proposal.instalment, proposal.sure) == (first, True)
    paying.take_return(session, line, first, Corrector.FUND, act)
    settle(session)
    assert (first.state, line.state) == (S.RETURNED, LineState.MATCHED)
    assert balances(session, abroad.fund).grant_expense == usd(0)
    assert breaches(session) == []
    assert b"7600.00" in content_of_file(run.files[0])


def test_euros_that_come_back_count_as_the_dollars_that_were_paid_with_them(
    abroad: Scene, own: BankAccount
) -> None:
    """A letter asks for 1,000 USD; the 950 EUR that had been sent for them settle it to the cent,
    whatever the euro is worth when they come.
    """
    session, today = abroad.session, clock.today()
    manager, finance = (
        act_of(session, person, "Not spent.")
        for person in (abroad.people.manager, abroad.people.finance)
    )
    release(session, abroad.instalments[0], today, "TT-1", finance, paid_from=own)
    letter = Asked(RefundCause.UNSPENT, usd(100_000), today + timedelta(20))
    request = send_request(session, lock_award(session, abroad.award.id), letter, manager)
    assert (request.abroad and request.abroad.plain_rate) == "0.95"
    assert request.outstanding_abroad == eur("950")
    before, line = (
        balances(session, abroad.fund),
        line_of(abroad, eur("950"), text=request.reference),
    )
    (proposal,) = refunds_for(session, line)
    assert (proposal.amount, proposal.grant.id) == (usd(100_000), abroad.award.id)
    refund = paying.take_refund(session, line, abroad.award, finance)
    settle(session)
    assert (refund.amount, refund.came_as) == (usd(100_000), eur("950"))
    assert (request.state, line.state) == (RequestState.SETTLED, LineState.MATCHED)
    now = balances(session, abroad.fund)
    assert before.grant_expense - now.grant_expense == usd(100_000)
    assert now.exchange_difference == before.exchange_difference
    assert (
        record_refund(session, abroad.award, eur("950"), today, refund.bank_reference, finance)
        == refund
    )
    assert breaches(session) == []
    source_and_use(session, abroad.fund, today - timedelta(900), today)


def test_what_is_worth_less_than_it_was_paid_as_is_exchange_loss(
    abroad: Scene, own: BankAccount
) -> None:
    session, today = abroad.session, clock.today()
    finance = act_of(session, abroad.people.finance)
    paid_on = today - timedelta(3)
    release(session, abroad.instalments[0], paid_on, "TT-1", finance, paid_from=own)
    before = balances(session, abroad.fund)
    refund = paying.take_refund(session, line_of(abroad, eur("6400")), abroad.award, finance)
    settle(session)
    now = balances(session, abroad.fund)
    assert refund.amount == usd(800_000)
    assert before.grant_expense - now.grant_expense == usd(800_000)
    assert now.exchange_difference - before.exchange_difference == usd(673_684 - 800_000)
    assert breaches(session) == []
    source_and_use(session, abroad.fund, today - timedelta(900), today)


def test_a_currency_in_which_nothing_was_paid_is_refused(abroad: Scene, own: BankAccount) -> None:
    session, finance = abroad.session, act_of(abroad.session, abroad.people.finance)
    line = line_of(abroad, eur("950"))
    assert refunds_for(session, line) == []
    with pytest.raises(DomainError, match="was made in EUR"):
        paying.take_refund(session, line, abroad.award, finance)


def test_a_run_in_euros_is_paid_as_one_sum(abroad: Scene, own: BankAccount) -> None:
    session, act = abroad.session, act_of(abroad.session, abroad.people.finance)
    other = a_grant_paid_in(session, abroad.fund, "EUR")
    approved(session, other.instalments[0], other.people)
    run = a_run(abroad, own, other)
    (line,) = totals_of(session, run)
    assert (line.payments, line.amount, line.dollars) == (2, eur("15200"), usd(1_600_000))
    cover = cover_of(session, run)
    assert cover is not None
    assert (cover.balance, cover.needed) == (eur("100000"), eur("15200"))
    debit = line_of(abroad, eur("-15200"))
    assert list(runs_as_one_sum(session, debit)) == [run]
    assert paying.pay_run(session, debit, run, act) == 2
    settle(session)
    assert bank_balance(session, own).own == eur("84800")
    assert breaches(session) == []


def test_a_dollar_account_pays_in_several_currencies_at_once(abroad: Scene) -> None:
    session, act = abroad.session, act_of(abroad.session, abroad.people.finance)
    dollars = a_grant_paid_in(session, abroad.fund, "USD")
    approved(session, dollars.instalments[0], dollars.people)
    run = a_run(abroad, numbered(session, abroad.fund), dollars)
    assert [(each.amount.currency, each.payments) for each in totals_of(session, run)] == [
        ("EUR", 1),
        ("USD", 1),
    ]
    content = content_of_file(run.files[0])
    root_sum = f"<CtrlSum>{'15600.00'}</CtrlSum>".encode()
    assert content.count(root_sum) == 2
    assert payment_file_faults(content) == []
    assert NAMESPACE.encode() in content
    line = line_of(abroad, Money.parse("-16010", "USD"))
    assert list(runs_as_one_sum(session, line)) == [run]
    paying.pay_run(session, line, run, act)
    settle(session)
    assert line.state is LineState.MATCHED
    assert breaches(session) == []


def test_an_account_pays_only_what_it_can(abroad: Scene, own: BankAccount) -> None:
    session, act = abroad.session, act_of(abroad.session, abroad.people.finance)
    dollars = a_grant_paid_in(session, abroad.fund, "USD")
    approved(session, dollars.instalments[0], dollars.people)
    with pytest.raises(DomainError, match="is paid in USD"):
        begin_run(session, abroad.fund, own, clock.today(), dollars.instalments[:1], act)
    day = clock.today() + timedelta(2)
    assert begin_run(session, abroad.fund, own, day, abroad.instalments[:1], act).parts
