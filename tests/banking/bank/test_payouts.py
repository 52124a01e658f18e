"""What a provider of card payments pays out leaves transit and arrives at the bank, in one act."""

import pytest
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.undoing import undo
from grants.banking.bank.verify import CHECKS
from grants.banking.bank.workflow import LineState
from grants.banking.lines.payouts import in_transit, payout_of, take_payout
from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.entries import Voucher
from grants.books.ledger.provider_accounts import open_at_provider
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import receive_deposit
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from tests.banking.bank.arranging import a_line, finance
from tests.books.ledger.books import CLERK, publish_rates
from tests.factories import staff
from tests.platform.web.client import SignInAs


@pytest.fixture(autouse=True)
def _rates(session: Session) -> None:
    publish_rates(session)


def _transit(session: Session, fund: Fund, net: Money, line: BankLine) -> BankAccount:
    """A gift was paid by card: so much of it is in transit."""
    account = open_at_provider(session, fund, "stripe", net.currency)
    voucher = Voucher(fund, line.value_on, "pledge:1", "deposit:1", CLERK, "pi_1", account)
    receive_deposit(session, voucher, net, Money(300, net.currency))
    return account


def _payout(session: Session, fund: Fund, cents: int = 9_700) -> BankLine:
    return a_line(session, fund, usd(cents), text="STRIPE PAYOUT 7KQ2", name="Stripe")


def test_a_payout_leaves_transit_whole_and_cash_stays(session: Session, fund: Fund) -> None:
    line = _payout(session, fund)
    source = _transit(session, fund, usd(9_700), line)
    cash = balances(session, fund).cash
    held = payout_of(line, in_transit(session, line))
    assert held is not None
    assert held.account is source
    take_payout(session, line, source, line.amount, finance(session))
    assert line.state is LineState.MATCHED
    assert not bank_balance(session, source).own
    assert bank_balance(session, line.account).own == usd(9_700)
    assert balances(session, fund).cash == cash
    session.flush()
    assert [fault for check in CHECKS for fault in check(session)] == []


def test_it_is_undone_as_one(session: Session, fund: Fund) -> None:
    line = _payout(session, fund)
    source = _transit(session, fund, usd(9_700), line)
    take_payout(session, line, source, line.amount, finance(session))
    undo(session, line, finance(session, "It was something else."))
    assert line.state is LineState.UNMATCHED
    assert bank_balance(session, source).own == usd(9_700)
    take_payout(session, line, source, line.amount, finance(session))
    assert not bank_balance(session, source).own


def test_more_than_is_in_transit_is_refused(session: Session, fund: Fund) -> None:
    line = _payout(session, fund, 9_701)
    source = _transit(session, fund, usd(9_700), line)
    assert payout_of(line, in_transit(session, line)) is None
    with pytest.raises(DomainError, match="The ledger balance of UNVTF-STRIPE-USD is"):
        take_payout(session, line, source, line.amount, finance(session))


def test_only_what_is_at_a_provider_is_paid_out(session: Session, fund: Fund) -> None:
    line = _payout(session, fund)
    with pytest.raises(DomainError, match="at a provider"):
        take_payout(session, line, line.account, line.amount, finance(session))


def test_a_payout_that_the_provider_converted_leaves_with_its_exchange_difference(
    session: Session, fund: Fund
) -> None:
    line = _payout(session, fund, 11_000)
    source = _transit(session, fund, Money(9_700, "EUR"), line)
    before = balances(session, fund)
    take_payout(session, line, source, Money(9_700, "EUR"), finance(session))
    held, after = bank_balance(session, source), balances(session, fund)
    assert (held.own.minor, held.usd.minor) == (0, 0)
    assert bank_balance(session, line.account).own == usd(11_000)
    gain = after.exchange_difference - before.exchange_difference
    assert after.cash - before.cash == gain
    assert gain


def test_finance_records_it_by_one_press(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    line = _payout(session, fund)
    _transit(session, fund, usd(9_700), line)
    person = staff(session, Role.FINANCE_OFFICER)
    session.commit()
    client = sign_in_as(person)
    page = client.get(f"/bank/lines/{line.id}").text
    assert "Payout of card payments" in page
    path = f"/bank/lines/{line.id}/payout"
    response = client.submit(path, {"source": "UNVTF-STRIPE-USD"}, page=path)
    assert response.status_code == 302
    session.expire_all()
    assert line.state is LineState.MATCHED
