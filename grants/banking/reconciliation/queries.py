"""A month of a bank account: what the bank holds, what the books hold, and every open item."""

from datetime import date, timedelta

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    Interval,
    Select,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine, BankStatement
from grants.banking.bank.queries import accounts_seen
from grants.banking.reconciliation.figures import Figures, from_plain
from grants.banking.reconciliation.models import Reconciliation
from grants.banking.reconciliation.open_items import (
    line_items,
    open_lines,
    open_postings,
    posting_items,
    together,
)
from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.queries import is_support_cost
from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money
from grants.core.people.viewer import Viewer

DAY = timedelta(days=1)
MONTH: ColumnElement[timedelta] = literal_column("interval '1 month'", Interval)


def month_end(month: date) -> date:
    """The last day of a month that is named by its first."""
    return (month + 31 * DAY).replace(day=1) - DAY


def reconcile(
    session: Session, account: BankAccount, month: date, most: int | None = None
) -> Figures:
    """The account at the end of a month, as both sides know it now; of the open items of each side
    `most`, and what they are all together.
    """
    until = month_end(month)
    first, last = _statements_of(session, account)
    lines = open_lines(account, until)
    postings = open_postings(account, first.from_on if first else date.max, until)
    return Figures(
        account=account.code,
        name=account.name,
        number=account.masked,
        currency=account.currency,
        from_=month,
        to=until,
        statements_until=last,
        bank_balance=_at_the_bank(session, account, first, until),
        ledger_balance=bank_balance(session, account, until).own,
        only_bank=tuple(line_items(session, lines, account, most)),
        only_ledger=tuple(posting_items(session, postings, account, most)),
        matched=_count_matched(session, account, month, until),
        all_bank=together(session, lines, account),
        all_ledger=together(session, postings, account),
        all_support_cost=together(session, postings.where(is_support_cost()), account),
    )


def _statements_of(
    session: Session, account: BankAccount
) -> tuple[BankStatement | None, date | None]:
    """The first statement of an account, and the day that the last one reaches."""
    of_account = BankStatement.bank_account_id == account.id
    first = session.scalar(
        select(BankStatement)
        .where(of_account)
        .order_by(BankStatement.from_on, BankStatement.to_on, BankStatement.id)
        .limit(1)
    )
    return first, session.scalar(select(func.max(BankStatement.to_on)).where(of_account))


def _at_the_bank(
    session: Session, account: BankAccount, first: BankStatement | None, until: date
) -> Money:
    """What the bank holds at the end of a month: its first opening balance, and all it booked."""
    booked = session.scalar(
        select(func.coalesce(func.sum(BankLine.amount_minor), 0)).where(
            BankLine.bank_account_id == account.id, BankLine.booked_on <= until
        )
    )
    opening = first.opening_minor if first and first.from_on <= until else 0
    return Money(opening + int(booked or 0), account.currency)


def _count_matched(session: Session, account: BankAccount, since: date, until: date) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                BankLine.bank_account_id == account.id,
                BankLine.is_matched,
                BankLine.booked_on.between(since, until),
            )
        )
        or 0
    )


def signed(session: Session, account: BankAccount, month: date) -> Reconciliation | None:
    """The last signature under a month."""
    return session.scalar(
        select(Reconciliation)
        .where(Reconciliation.bank_account_id == account.id, Reconciliation.month == month)
        .order_by(Reconciliation.id.desc())
        .limit(1)
    )


def is_as_signed(session: Session, signature: Reconciliation, figures: Figures) -> bool:
    """Are these still the figures that were signed? Those of signatures before November 2026 are
    compared item by item.
    """
    signed_digest = func.jsonb_extract_path_text(Reconciliation.figures, "digest")
    digest = session.scalar(select(signed_digest).where(Reconciliation.id == signature.id))
    if digest is not None:
        return bool(digest == figures.digest)
    return from_plain(signature.figures) == reconcile(session, signature.account, signature.month)


def months_of(session: Session, account: BankAccount) -> list[date]:
    """The months that statements of an account reach into, the newest first."""
    first, last = session.execute(
        select(func.min(BankStatement.from_on), func.max(BankStatement.to_on)).where(
            BankStatement.bank_account_id == account.id
        )
    ).one()
    return _months_between(first, last) if first and last else []


def to_sign_off(viewer: Viewer) -> Select[int]:
    """How many months are over and have all their statements here, without a signature."""
    account_ids = accounts_seen(viewer).with_only_columns(BankAccount.id)
    first, last = func.min(BankStatement.from_on), func.max(BankStatement.to_on)
    account = BankStatement.bank_account_id.label("account_id")
    reach = select(account, first.label("first"), last.label("last")).group_by(account)
    reached = reach.where(BankStatement.bank_account_id.in_(account_ids)).subquery().c
    begins = func.date_trunc("month", cast(reached.first, TIMESTAMP))
    series = func.generate_series(begins, cast(reached.last, TIMESTAMP), MONTH)
    months = series.table_valued(column("month", TIMESTAMP)).render_derived("months")
    month = months.c.month
    signed_off = exists().where(
        Reconciliation.bank_account_id == reached.account_id,
        Reconciliation.month == cast(month, Date),
    )
    over = month + MONTH <= reached.last + DAY
    count = select(func.count()).select_from(reached.last.table).join(months, over)
    return count.where(~signed_off)


def _months_between(first: date, last: date) -> list[date]:
    """The months from a day to another by their first days, the newest first."""
    months = [last.replace(day=1)]
    while months[-1] > first:
        months.append((months[-1] - DAY).replace(day=1))
    return months


def signatures(session: Session, account: BankAccount) -> dict[date, Reconciliation]:
    """The last signature under each month of an account."""
    rows = session.scalars(
        select(Reconciliation)
        .where(Reconciliation.bank_account_id == account.id)
        .order_by(Reconciliation.id)
    )
    return {row.month: row for row in rows}
