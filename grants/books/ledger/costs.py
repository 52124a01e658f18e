"""What a fund spends besides grants, and the cash that it brings along from before these books.

Each function books one event (its postings stand in docs/accounting.md) and returns its entry.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.entries import Line, Voucher, books, credit, debit
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import NotEnough, balances
from grants.books.ledger.rates import value_on
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money


@books(Event.DIRECT_COST_PAID)
def book_direct_cost(session: Session, voucher: Voucher, amount: Money) -> Sequence[Line]:
    """The fund itself paid for something: an evaluation, a meeting of the Board, an audit.

    Refused beyond the fund's own cash. It carries no programme support cost.
    """
    return _spent_lines(session, voucher, Account.DIRECT_COSTS, amount)


@books(Event.ADMINISTRATION_FEE_PAID)
def book_administration_fee(session: Session, voucher: Voucher, amount: Money) -> Sequence[Line]:
    """The fee of the agent that administers the fund. Refused beyond the fund's own cash."""
    return _spent_lines(session, voucher, Account.ADMINISTRATION_FEES, amount)


@books(Event.OPENING_BALANCE_BROUGHT_IN)
def bring_in_opening_balance(session: Session, voucher: Voucher, amount: Money) -> Sequence[Line]:
    """The cash that the fund had before its first entry here, at the rate of the day.

    Refused if something is booked before that day: it would be counted twice.
    """
    _require_positive(amount)
    earlier = session.scalar(
        select(Entry.booked_on)
        .where(
            Entry.fund_id == voucher.fund.id,
            Entry.booked_on < voucher.booked_on,
            Entry.event != Event.OPENING_BALANCE_BROUGHT_IN,
        )
        .order_by(Entry.booked_on)
        .limit(1)
    )
    if earlier is not None:
        raise DomainError(
            _(
                "The first entry of the fund is dated %(day)s; expected an earlier date for "
                "the opening balance.",
                day=earlier.isoformat(),
            )
        )
    value = value_on(session, amount, voucher.booked_on)
    return [debit(Account.CASH, value), credit(Account.OPENING_BALANCE, value)]


def _spent_lines(session: Session, voucher: Voucher, account: Account, amount: Money) -> list[Line]:
    _require_positive(amount)
    value = value_on(session, amount, voucher.booked_on)
    sums = balances(session, voucher.fund)
    cash = sums.cash - sums.suspense
    if cash.minor < value.usd_minor:
        raise NotEnough(_("The fund has only %(cash)s USD in cash.", cash=cash))
    return [debit(account, value), credit(Account.CASH, value)]


def _require_positive(amount: Money) -> None:
    if amount.minor <= 0:
        raise DomainError(_("The amount must be more than 0."))
