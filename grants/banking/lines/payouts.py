"""A line of the bank is what the provider of card payments paid out: it leaves transit."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.queries import cash_postings
from grants.banking.bank.service import hold_open, join_postings, voucher_of
from grants.banking.bank.sides import require_side
from grants.books.ledger.bank_accounts import BankBalance, bank_balance
from grants.books.ledger.transfers import transfer as book_transfer
from grants.core.audit.act import Act
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money


def in_transit(session: Session, line: BankLine) -> list[BankBalance]:
    """What the fund has in transit at its providers, in the currency of the line first."""
    accounts = session.scalars(
        select(BankAccount).where(
            BankAccount.fund_id == line.account.fund_id,
            BankAccount.provider != "",
            BankAccount.closed_on.is_(None),
        )
    ).all()
    sums = [bank_balance(session, account) for account in accounts]
    return sorted(
        (held for held in sums if held.own.minor > 0),
        key=lambda held: (held.own.currency != line.currency, held.account.code),
    )


def payout_of(line: BankLine, transit: Sequence[BankBalance]) -> BankBalance | None:
    """The account at a provider that the line pays out of: the bank names the provider, and as much
    is in transit.
    """
    said = f"{line.counterparty} {line.text} {line.end_to_end}".lower()
    return next(
        (
            held
            for held in transit
            if held.own.currency == line.currency
            and held.account.provider in said
            and line.is_credit
            and line.amount <= held.own
        ),
        None,
    )


def take_payout(
    session: Session, line: BankLine, source: BankAccount, sent: Money, act: Act
) -> None:
    """The line is what a provider paid out of an account of the fund: `sent` left it, and the line
    arrived. In one currency both are the same; between two, the difference from the book value is
    exchange gain or loss. Refused beyond what is in transit.
    """
    hold_open(session, line, "take_payout", act)
    require_side(line, "take_payout")
    if source.fund_id != line.account.fund_id or not source.provider:
        raise DomainError(_("Choose an account of the fund at a provider of card payments."))
    voucher = replace(voucher_of(line, "payout", act), subject=line.subject, bank_account=None)
    entry = book_transfer(session, voucher, source, line.account, sent, line.amount)
    arrived = [p for p in cash_postings(session, entry) if p.bank_account_id == line.account.id]
    are_new = [True] * len(arrived)
    join_postings(session, line, arrived, are_new, "take_payout", act, entry=entry.id)
