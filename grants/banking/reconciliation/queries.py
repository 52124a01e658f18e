"""A month of a bank account: what the bank holds, what the books hold, and every open item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from grants.banking.bank.models import BankLine, BankMonth, BankStatement, LineMatch
from grants.banking.bank.queries import accounts_for_viewer, own_amount
from grants.banking.bank.workflow import LineState
from grants.banking.reconciliation.figures import Figures, OpenItem
from grants.banking.reconciliation.models import Reconciliation
from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.models import Entry, Posting
from grants.core.audit.models import TrailRow
from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money
from grants.core.people.viewer import Viewer

DAY = timedelta(days=1)


def month_end(month: date) -> date:
    """The last day of a month that is named by its first."""
    return (month + 31 * DAY).replace(day=1) - DAY


def reconcile(session: Session, account: BankAccount, month: date) -> Figures:
    """The account at the end of a month, as both sides know it now."""
    until = month_end(month)
    currency = account.currency
    first, last = _statements(session, account)
    lines = _open_lines(session, account, until)
    postings = _open_postings(session, account, first.from_on, until) if first else []
    return Figures(
        account=account.code,
        name=account.name,
        number=account.masked,
        currency=currency,
        from_=month,
        to=until,
        statements_until=last,
        bank_balance=_at_the_bank(session, account, first, until),
        ledger_balance=bank_balance(session, account, until).own,
        only_bank=tuple(_line_items(lines, account, until, _reasons(session, lines))),
        only_ledger=tuple(_posting_items(postings, account)),
        matched=_matched(session, account, month, until),
    )


def _statements(session: Session, account: BankAccount) -> tuple[BankStatement | None, date | None]:
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
        select(func.coalesce(func.sum(BankMonth.minor), 0)).where(
            BankMonth.bank_account_id == account.id, BankMonth.month <= until
        )
    )
    opening = first.opening_minor if first and first.from_on <= until else 0
    return Money(opening + int(booked or 0), account.currency)


def _open_lines(session: Session, account: BankAccount, until: date) -> Sequence[BankLine]:
    """Lines by a day that are in the books not at all, or only later."""
    later = (
        select(LineMatch.id)
        .join(LineMatch.posting)
        .join(Posting.entry)
        .where(
            LineMatch.line_id == BankLine.id,
            LineMatch.released_at.is_(None),
            Entry.booked_on > until,
        )
        .exists()
    )
    return session.scalars(
        select(BankLine)
        .where(
            BankLine.bank_account_id == account.id,
            BankLine.booked_on <= until,
            or_(BankLine.state != LineState.MATCHED, later),
        )
        .order_by(BankLine.booked_on, BankLine.id)
        .options(
            joinedload(BankLine.statement),
            joinedload(BankLine.account),
            selectinload(BankLine.matches).joinedload(LineMatch.posting).joinedload(Posting.entry),
        )
    ).all()


def _reasons(session: Session, lines: Sequence[BankLine]) -> dict[int, str]:
    """Why lines were set aside, by their number."""
    aside = [line.id for line in lines if line.state is LineState.SET_ASIDE]
    rows = session.execute(
        select(TrailRow.subject_id, TrailRow.reason)
        .where(
            TrailRow.subject == BankLine.__tablename__,
            TrailRow.subject_id.in_(aside),
            TrailRow.action == "set_aside",
        )
        .order_by(TrailRow.id)
    )
    return {line_id: reason or "" for line_id, reason in rows}


def _line_items(
    lines: Sequence[BankLine], account: BankAccount, until: date, reasons: Mapping[int, str]
) -> Iterator[OpenItem]:
    """Each with what of it is not in the books by the day."""
    for line in lines:
        by_then = [m.posting for m in line.standing if m.posting.entry.booked_on <= until]
        yield OpenItem(
            line.booked_on,
            line.counterparty or line.text[:100] or line.code,
            line.reference,
            line.amount - own_amount(account, by_then),
            reasons.get(line.id, ""),
        )


@dataclass(frozen=True, slots=True)
class _Cash:
    """A posting in the books, and the day on which the bank reported it."""

    posting: Posting
    reported_on: date | None
    undone_by: int | None
    """The entry that reverses its own, if that is booked by the day too."""

    @property
    def other(self) -> int | None:
        """The entry with which it is nothing."""
        return self.posting.entry.reverses_id or self.undone_by


def _open_postings(session: Session, account: BankAccount, since: date, until: date) -> list[_Cash]:
    """Postings by a day that no statement showed by then. What is older than the first statement is
    open only if a later statement shows it.
    """
    standing = aliased(LineMatch)
    reported_on = (
        select(standing.posting_id, BankLine.booked_on)
        .join(BankLine, BankLine.id == standing.line_id)
        .where(standing.released_at.is_(None))
        .subquery()
    )
    undoing = aliased(Entry)
    by_then = (undoing.reverses_id == Entry.id) & (undoing.booked_on <= until)
    rows = session.execute(
        select(Posting, reported_on.c.booked_on, undoing.id)
        .join(Posting.entry)
        .outerjoin(undoing, by_then)
        .outerjoin(reported_on, reported_on.c.posting_id == Posting.id)
        .where(
            Posting.bank_account_id == account.id,
            Entry.booked_on <= until,
            or_(
                reported_on.c.booked_on > until,
                reported_on.c.booked_on.is_(None) & (Entry.booked_on >= since),
            ),
        )
        .order_by(Entry.booked_on, Posting.id)
        .options(contains_eager(Posting.entry))
    )
    return _without_undone([_Cash(*row) for row in rows])


def _without_undone(found: list[_Cash]) -> list[_Cash]:
    """An entry and its reversal, when both are open by the day, are nothing between them."""
    untold = {cash.posting.entry_id for cash in found if cash.reported_on is None}
    return [cash for cash in found if cash.reported_on is not None or cash.other not in untold]


def _posting_items(found: Sequence[_Cash], account: BankAccount) -> Iterator[OpenItem]:
    for cash in found:
        entry = cash.posting.entry
        amount = own_amount(account, [cash.posting])
        reference = entry.note or entry.key
        yield OpenItem(entry.booked_on, "", reference, amount, event=entry.event.value)


def _matched(session: Session, account: BankAccount, since: date, until: date) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                BankLine.bank_account_id == account.id,
                BankLine.state == LineState.MATCHED,
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


def months_of(session: Session, account: BankAccount) -> list[date]:
    """The months that statements of an account reach into, the newest first."""
    first, last = session.execute(
        select(func.min(BankStatement.from_on), func.max(BankStatement.to_on)).where(
            BankStatement.bank_account_id == account.id
        )
    ).one()
    return _months(first, last) if first and last else []


def to_sign_off(session: Session, viewer: Viewer) -> int:
    """Months that are over and whose statements are all here, without a signature."""
    mine = [account.id for account in accounts_for_viewer(session, viewer)]
    reach = session.execute(
        select(
            BankStatement.bank_account_id,
            func.min(BankStatement.from_on),
            func.max(BankStatement.to_on),
        )
        .where(BankStatement.bank_account_id.in_(mine))
        .group_by(BankStatement.bank_account_id)
    )
    whole = {
        (account_id, month)
        for account_id, first, last in reach
        for month in _months(first, last)
        if month_end(month) <= last
    }
    held = session.execute(
        select(Reconciliation.bank_account_id, Reconciliation.month).where(
            Reconciliation.bank_account_id.in_(mine)
        )
    )
    return len(whole - {(row.bank_account_id, row.month) for row in held})


def _months(first: date, last: date) -> list[date]:
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
