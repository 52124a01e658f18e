"""Gifts in francs to a fund without an account in francs: they are given in euro."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import account_for
from grants.books.ledger.rates import NoRate, rate_on
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.money import Money, exponent, round_minor

FRANCS, EURO = "CHF", "EUR"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a giver chose, and the day whose rates made euro of it."""

    amount: Money
    rate_on: date


def exchanged(
    session: Session, fund: Fund, amount: Money, day: date
) -> tuple[Money, Chosen | None]:
    """What is given: the same, or for francs that the fund cannot take their worth in euro, at the
    United Nations rates that hold on the day, rounded once.
    """
    if amount.currency != FRANCS or not _is_paid_in_euros(session, fund, day):
        return amount, None
    try:
        francs, euros = rate_on(session, FRANCS, day), rate_on(session, EURO, day)
    except NoRate:
        return amount, None
    units = amount.decimal / francs.rate * euros.rate * 10 ** exponent(EURO)
    worth = Money(round_minor(units), EURO)
    return worth, Chosen(amount, max(francs.effective_on, euros.effective_on))


def account_in_francs(session: Session, fund: Fund, day: date) -> BankAccount | None:
    """The account into which francs are paid as francs."""
    account = account_for(session, fund, FRANCS, day)
    return account if account.currency == FRANCS else None


def _is_paid_in_euros(session: Session, fund: Fund, day: date) -> bool:
    """Has it no account in francs, but one in euro with a number?"""
    if fund.currencies and EURO not in fund.currencies:
        return False
    if account_in_francs(session, fund, day) is not None:
        return False
    euros = account_for(session, fund, EURO, day)
    return euros.currency == EURO and bool(euros.number)
