"""What one side has by a day and the other has not, found by indexes in books of any length."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import DATERANGE, aggregate_order_by
from sqlalchemy.orm import Session

from grants.banking.bank.models import (
    BankLine,
    BankStatement,
    LineMatch,
    UnmatchedCash,
    reference_of,
)
from grants.banking.bank.queries import own_column
from grants.banking.bank.workflow import NOT_IN_BOOKS, LineState
from grants.banking.reconciliation.figures import Open, OpenItem
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.queries import is_support_cost
from grants.core.audit.models import TrailRow
from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money

DAY = timedelta(days=1)


def open_lines(account: BankAccount, until: date) -> Select[Any]:
    """Lines by a day that are in the books not at all, or only later; with what of them is not."""
    open_now = select(BankLine.id).where(
        BankLine.bank_account_id == account.id,
        BankLine.state.in_(NOT_IN_BOOKS),
    )
    later = _shown_later(until, LineMatch.line_id, LineMatch.line_on, LineMatch.entry_on)
    by_then = (
        select(func.coalesce(func.sum(own_column(account)), 0))
        .select_from(LineMatch)
        .join(LineMatch.posting)
        .where(
            LineMatch.line_id == BankLine.id,
            LineMatch.released_at.is_(None),
            LineMatch.entry_on <= until,
        )
        .scalar_subquery()
    )
    booked = case((BankLine.is_matched, by_then), else_=0)
    minor = (BankLine.amount_minor - booked).label("minor")
    aside = case((BankLine.is_set_aside, BankLine.version))
    return (
        select(BankLine.id, minor, func.concat_ws(":", BankLine.id, aside).label("mark"))
        .where(
            BankLine.bank_account_id == account.id,
            BankLine.booked_on <= until,
            BankLine.id.in_(union_all(open_now, later)),
        )
        .order_by(BankLine.booked_on, BankLine.id)
    )


def open_postings(account: BankAccount, since: date, until: date) -> Select[Any]:
    """Postings by a day that no statement showed by then. What is older than the first statement is
    open only if a later statement shows it; an entry and its reversal, when both are open by the
    day, are nothing between them.
    """
    cash = UnmatchedCash
    unmatched = select(cash.posting_id).where(
        cash.bank_account_id == account.id, cash.booked_on.between(since, until)
    )
    days = _days_between(cash.booked_on, cash.undone_on)
    posting_ids = union_all(
        unmatched.where(cash.undone_on.is_(None)),
        unmatched.where(
            cash.undone_on != cash.booked_on,
            or_(days.contains(until), days.contains(since - DAY)),
            or_(cash.undone_on > until, cash.undone_on < since),
        ),
        _shown_later(until, LineMatch.posting_id, LineMatch.entry_on, LineMatch.line_on),
    )
    mark = cast(Posting.id, String).label("mark")
    columns: list[Any] = [Posting.id, own_column(account).label("minor"), mark]
    return (
        select(*columns)
        .join(Posting.entry)
        .where(Posting.bank_account_id == account.id, Posting.id.in_(posting_ids))
        .order_by(Entry.booked_on, Posting.id)
    )


def _days_between(first: Any, last: Any) -> Any:
    """The days from one on, up to the day before the other."""
    return func.daterange(func.least(first, last), func.greatest(first, last), type_=DATERANGE)


def _shown_later(until: date, column: Any, day: Any, other_day: Any) -> Select[int]:
    """What one side of a match booked by a day, and the other side only later."""
    return select(column).where(
        LineMatch.released_at.is_(None),
        LineMatch.line_on != LineMatch.entry_on,
        _days_between(LineMatch.line_on, LineMatch.entry_on).contains(until),
        day < other_day,
    )


def unrecorded_receipts(account: BankAccount, until: date) -> Select[Any]:
    """Of the open lines, money that came and that nobody has said anything of."""
    return open_lines(account, until).where(
        BankLine.state == LineState.UNMATCHED, BankLine.amount_minor > 0
    )


def together(session: Session, query: Select[Any], account: BankAccount) -> Open:
    """How many are open, their sum, and a mark of which they are."""
    items = query.order_by(None).subquery()
    in_order = aggregate_order_by(literal(","), items.c.id)
    number, minor, mark = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(items.c.minor), 0),
            func.md5(func.coalesce(func.string_agg(items.c.mark, in_order), "")),
        )
    ).one()
    return Open(number, Money(int(minor), account.currency), mark)


def line_items(
    session: Session, query: Select[Any], account: BankAccount, most: int | None
) -> Iterator[OpenItem]:
    """The first of those lines, each with what of it is not in the books by the day."""
    place = BankStatement.reference
    rows = session.execute(
        query.join(BankLine.statement)
        .add_columns(BankLine.state, BankLine.booked_on, BankLine.counterparty, BankLine.text)
        .add_columns(BankLine.code, BankLine.bank_reference, place, BankLine.number)
        .limit(most)
    ).all()
    reasons = _reasons_of(session, [row.id for row in rows if row.state is LineState.SET_ASIDE])
    for row in rows:
        yield OpenItem(
            row.booked_on,
            row.counterparty or row.text[:100] or row.code,
            reference_of(row.bank_reference, account.code, row.reference, row.number),
            Money(int(row.minor), account.currency),
            reasons.get(row.id, ""),
        )


def _reasons_of(session: Session, aside: Sequence[int]) -> dict[int, str]:
    """Why lines were set aside, by their number."""
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


def posting_items(
    session: Session, postings: Select[Any], account: BankAccount, most: int | None
) -> Iterator[OpenItem]:
    """The first of those postings, and the first of those that are support cost."""
    support = is_support_cost()
    place = func.row_number().over(partition_by=support, order_by=(Entry.booked_on, Posting.id))
    facts = (Entry.booked_on, Entry.note, Entry.key, Entry.event, support.label("support"))
    items = postings.add_columns(*facts, place.label("place")).subquery()
    query = select(items).order_by(items.c.booked_on, items.c.id)
    for row in session.execute(query if most is None else query.where(items.c.place <= most)):
        amount = Money(row.minor, account.currency)
        values = (row.booked_on, "", row.note or row.key, amount)
        yield OpenItem(*values, event=row.event.value, support_cost=row.support)
