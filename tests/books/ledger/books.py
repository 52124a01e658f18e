"""Arranging the books: rates that are easy to reckon with, and vouchers by number."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.rates import NewRate, add_rates
from grants.core.audit.act import Act
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.money import Money

CLERK = Act.by_system("test")
PSC = Decimal(13)

RATES = {
    ("EUR", date(2026, 1, 1)): "0.9",
    ("EUR", date(2026, 2, 1)): "0.8",
    ("EUR", date(2026, 3, 1)): "0.95",
    ("JPY", date(2026, 1, 1)): "150",
    ("JPY", date(2026, 3, 1)): "147.3",
    ("KWD", date(2026, 1, 1)): "0.307",
    ("CHF", date(2026, 1, 1)): "0.88",
    ("GBP", date(2026, 1, 1)): "0.79",
}
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)

_numbers = count(1)


def publish_rates(session: Session) -> None:
    add_rates(
        session,
        [NewRate(currency, day, Decimal(rate)) for (currency, day), rate in RATES.items()],
        CLERK,
    )


def voucher(
    fund: Fund,
    day: date = JANUARY,
    subject: str = "pledge:1",
    key: str | None = None,
    reason: str | None = None,
) -> Voucher:
    """A voucher of its own, unless it is given a key."""
    return Voucher(
        fund, day, subject, key or f"test:{next(_numbers)}", Act(CLERK.actor, reason=reason)
    )


def an_account(
    session: Session, fund: Fund, currency: str, code: str = "", opened_on: date = date(2026, 1, 1)
) -> BankAccount:
    """Another bank account of the fund."""
    account = BankAccount(
        fund=fund,
        code=code or f"{fund.code}-{currency}",
        name=f"{currency} account",
        currency=currency,
        opened_on=opened_on,
    )
    session.add(account)
    session.flush()
    return account


def main_account(session: Session, fund: Fund) -> BankAccount:
    return session.scalars(
        select(BankAccount).where(BankAccount.fund_id == fund.id, BankAccount.is_main)
    ).one()


def money(amount: str, currency: str = "USD") -> Money:
    return Money.parse(amount, currency)


def lines(session: Session, entry: Entry | None) -> list[tuple[str, str, str, str]]:
    """An entry's lines in words: account, amount with currency, USD, rate."""
    assert entry is not None
    settle(session)
    return [
        (
            posting.account.value,
            f"{posting.amount} {posting.currency}",
            str(posting.usd),
            f"{posting.rate:f}" if posting.rate else "",
        )
        for posting in postings(session, entry)
    ]


def postings(session: Session, entry: Entry) -> Sequence[Posting]:
    return session.scalars(
        select(Posting).where(Posting.entry_id == entry.id).order_by(Posting.id)
    ).all()


def settle(session: Session) -> None:
    """Let the database's deferred rules speak, as a commit does."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
