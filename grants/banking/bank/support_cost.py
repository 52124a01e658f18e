"""Programme support costs (PSC) that the books charged and the bank has not transferred yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine, BankStatement, UnmatchedCash
from grants.banking.bank.queries import own_column
from grants.books.ledger.models import Posting
from grants.books.ledger.queries import is_support_cost
from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Charged:
    """All that was charged by the end of a day and has not been transferred: a line of the bank
    that transfers it is as much.
    """

    until: date
    number: int
    sum: Money
    """As the account's cash has it: less than 0 where the fund owes it."""


def charged(session: Session, account: BankAccount) -> list[Charged]:
    """What is charged and not transferred by each day on which something was, the oldest first."""
    charge = _charges_on(account).add_columns(own_column(account).label("own")).subquery()
    days = session.execute(
        select(charge.c.booked_on, func.count(), func.sum(charge.c.own))
        .group_by(charge.c.booked_on)
        .order_by(charge.c.booked_on)
    )
    return list(_running_sums(days.all(), account.currency))


def _running_sums(days: Sequence[Any], currency: str) -> Iterator[Charged]:
    number, minor = 0, 0
    for day, more, cents in days:
        number, minor = number + more, minor + int(cents)
        yield Charged(day, number, Money(minor, currency))


def transferred_by(session: Session, line: BankLine) -> Charged | None:
    """The charges that a line transfers: those by the last day, up to its own, at which all that
    was charged is the amount of the line.
    """
    fitting = [
        day
        for day in charged(session, line.account)
        if day.sum == line.amount and day.until <= line.value_on
    ]
    return fitting[-1] if fitting else None


def charges_until(session: Session, account: BankAccount, until: date) -> Sequence[Posting]:
    """The cash postings that are charged by the end of a day and not transferred."""
    ids = _charges_on(account).where(UnmatchedCash.booked_on <= until).with_only_columns(Posting.id)
    return session.scalars(select(Posting).where(Posting.id.in_(ids)).order_by(Posting.id)).all()


def _charges_on(account: BankAccount) -> Select[Any]:
    """Since the first bank statement: what is older was settled before."""
    first = select(func.min(BankStatement.from_on)).where(
        BankStatement.bank_account_id == account.id
    )
    columns: list[Any] = [Posting.id, UnmatchedCash.booked_on]
    return (
        select(*columns)
        .join(UnmatchedCash, UnmatchedCash.posting_id == Posting.id)
        .where(
            UnmatchedCash.bank_account_id == account.id,
            UnmatchedCash.undone_on.is_(None),
            UnmatchedCash.booked_on >= first.scalar_subquery(),
            is_support_cost(),
        )
    )
