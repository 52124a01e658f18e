"""Grant money that leaves or comes back in another currency than the books’ own.

The expense is in dollars, as the award is. What the other money is worth beside it is exchange
difference, and both currencies pass through that account, so that the entry balances in each.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.bank_accounts import account_for, bank_balance
from grants.books.ledger.entries import Line, Voucher
from grants.books.ledger.rates import Valued, value_on
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, round_minor


def sent_lines(
    session: Session, voucher: Voucher, amount: Money, transfer: Money | None
) -> list[Line]:
    """The cash that leaves for an amount in USD: the dollars, or the transfer in their place.

    From an account in its currency it leaves at its value in the books, and is refused beyond what
    the account holds; a dollar account is debited with what the bank makes of it, by the rate of
    the day until the line of the bank says so.
    """
    if transfer is None:
        return [Line(Account.CASH, Valued(-amount, -amount.minor))]
    account = _account_of(session, voucher, transfer)
    if account.currency == transfer.currency:
        values = leaving_values(session, account, transfer, voucher.booked_on)
    else:
        values = [value_on(session, transfer, voucher.booked_on)]
    return [
        *(Line(Account.CASH, -value, bank_account=account) for value in values),
        *_exchanged_lines(amount, values),
    ]


def arrived_lines(
    session: Session, voucher: Voucher, amount: Money, transfer: Money | None
) -> list[Line]:
    """The cash that comes back of an amount in USD, at the rate of its day."""
    if transfer is None:
        return [Line(Account.CASH, Valued(amount, amount.minor))]
    account = _account_of(session, voucher, transfer)
    value = value_on(session, transfer, voucher.booked_on)
    return [
        Line(Account.CASH, value, bank_account=account),
        *_exchanged_lines(-amount, [-value]),
    ]


def _account_of(session: Session, voucher: Voucher, transfer: Money) -> BankAccount:
    """Where the voucher says, else the fund’s account in the currency, else its main one."""
    named = voucher.bank_account
    return named or account_for(session, voucher.fund, transfer.currency, voucher.booked_on)


def _exchanged_lines(amount: Money, values: Sequence[Valued]) -> list[Line]:
    """Dollars become another currency: each passes through the account of exchange difference."""
    dollars = Valued(amount, amount.minor)
    assert amount.currency == FUNCTIONAL_CURRENCY
    return [
        *(Line(Account.EXCHANGE_DIFFERENCE, value) for value in values),
        Line(Account.EXCHANGE_DIFFERENCE, -dollars),
    ]


def leaving_values(session: Session, source: BankAccount, sent: Money, day: date) -> list[Valued]:
    """At what money leaves an account that holds its currency: at the rate of the day, and beside
    it what past rates left on it in the books. DomainError beyond what the account holds.
    """
    balance = bank_balance(session, source)
    if balance.own < sent:
        raise DomainError(
            _(
                "The ledger balance of %(account)s is %(held)s %(currency)s.",
                account=source.code,
                held=balance.own,
                currency=source.currency,
            )
        )
    out = value_on(session, sent, day)
    drift = _carried_cents(balance.own, balance.usd, sent) - out.usd_minor
    return [out, *_drift_lines(out, drift)]


def _carried_cents(whole: Money, cents: Money, sent: Money) -> int:
    """USD cents at which a part of an account leaves: its share of what the books hold, and all
    of it with the last of the money.
    """
    return round_minor(Decimal(cents.minor) * sent.minor / whole.minor)


def _drift_lines(out: Valued, drift: int) -> list[Valued]:
    """The value that past rates left on the money, as 0 of its currency and the difference."""
    return [replace(out, amount=replace(out.amount, minor=0), usd_minor=drift)] if drift else []
