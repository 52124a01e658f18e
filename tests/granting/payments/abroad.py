"""A grantee that is paid in euros, and the fund's account in that currency."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.rates import NewRate, add_rates
from grants.books.ledger.receipts import book_interest
from grants.core.audit.act import Act
from grants.core.database.numbering import next_number
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money
from tests.books.ledger.books import CLERK, an_account
from tests.factories import an_organisation
from tests.grants import (
    Scene,
    a_running_grant,
    account_of,
    an_approved_award,
    cash,
    grant_people,
    paid_to,
)

RATES = ((500, "0.9"), (100, "0.8"), (0, "0.95"))
"""Euros for a dollar: so many days ago, and since."""


def publish(session: Session) -> None:
    today = clock.today()
    rates = [NewRate("EUR", today - timedelta(days), Decimal(rate)) for days, rate in RATES]
    add_rates(session, rates, CLERK)


def euro_account(session: Session, fund: Fund, amount: str = "100000") -> BankAccount:
    """An account in euros, which were worth 1.25 USD each when they came."""
    account = an_account(session, fund, "EUR", opened_on=clock.today() - timedelta(600))
    number = next_number(session, "test/euros")
    day = clock.today() - timedelta(50)
    voucher = Voucher(fund, day, "interest", f"test:euros:{number}", Act.by_system("test"))
    book_interest(session, replace(voucher, bank_account=account), Money.parse(amount, "EUR"))
    return account


def a_grant_paid_in(session: Session, fund: Fund, currency: str) -> Scene:
    """A running grant of 20,000 USD, whose grantee has an account in this currency."""
    organisation = an_organisation(session, f"Casa {currency}")
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver)
    a_running_grant(session, award, people.manager)
    account = replace(account_of(organisation), currency=currency)
    paid_to(session, fund, organisation, people, account)
    return Scene(session, fund, organisation, people, award)


def a_fund_abroad(session: Session, fund: Fund) -> Scene:
    """A fund with dollars, and a running grant that it pays in euros."""
    publish(session)
    cash(session, fund)
    return a_grant_paid_in(session, fund, "EUR")
