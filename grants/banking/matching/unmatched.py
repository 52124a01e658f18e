"""Cash postings that no line of the bank is yet, among which a line may find what it is."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased, contains_eager

from grants.banking.bank.models import BankLine, UnmatchedCash
from grants.banking.bank.queries import own_column
from grants.books.ledger.models import Entry, Posting
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money

WITHIN = 20
"""A bank's own rate is no more than a twentieth away from the rate of the books."""
PROPOSED_WITHIN, OFFERED_WITHIN = timedelta(days=60), timedelta(days=120)
SAME_SUM, NEAR_SUM, QUOTED, SAME_DAY, SAME_WEEK = 45, 30, 35, 20, 12
"""What an entry is worth as a proposal, of 100."""
ENOUGH = 20
"""So many postings, and sums of several, of which the best are proposed."""
SHOWN = 60


def unmatched_postings(account: BankAccount) -> Select[Posting]:
    """Cash postings of an account that no line is matched to, those of reversed entries and of
    reversals left out: they undo each other.
    """
    return _select_postings(select(_select_unmatched(account).subquery().c.id))


def _select_postings(ids: Any) -> Select[Posting]:
    query = select(Posting).join(Posting.entry).where(Posting.id.in_(ids))
    return query.order_by(Posting.id).options(contains_eager(Posting.entry))


def _select_unmatched(account: BankAccount) -> Select[Any]:
    """Keys, sums and days of unmatched postings. What an entry or a posting says is asked of each
    by its key: in a join they would be read whole.
    """
    cash, entry, undoing = UnmatchedCash, aliased(Entry), aliased(Entry)
    own_sum = select(own_column(account)).where(Posting.id == cash.posting_id).scalar_subquery()
    reverses = select(entry.reverses_id).where(entry.id == cash.entry_id).scalar_subquery()
    undone_by = select(undoing.id).where(undoing.reverses_id == cash.entry_id).scalar_subquery()
    columns: list[Any] = [cash.posting_id.label("id"), cash.entry_id, cash.booked_on]
    return select(*columns, own_sum.label("own")).where(
        cash.bank_account_id == account.id,
        cash.undone_on.is_(None),
        reverses.is_(None),
        undone_by.is_(None),
    )


def _cash_around(line: BankLine, span: timedelta) -> CTE:
    days = UnmatchedCash.booked_on.between(line.value_on - span, line.value_on + span)
    around = _select_unmatched(line.account).where(days).cte("around")
    return around.prefix_with("MATERIALIZED", dialect="postgresql")


def offered_postings(
    session: Session, line: BankLine, words: Sequence[str], chosen: Collection[int]
) -> tuple[list[Posting], bool]:
    """What a person may choose from: what was chosen, and of the entries on the line's side those
    that one of the words names, of the same amount first, then the nearest. And: are there more?
    """
    around = _cash_around(line, OFFERED_WITHIN)
    ids = select(around.c.id).where(around.c.own > 0 if line.is_credit else around.c.own < 0)
    picked = (
        session.scalars(_select_postings(ids.where(around.c.id.in_(chosen)))).all()
        if chosen
        else []
    )
    conditions = or_(*(_is_named(word, around, line) for word in words)) if words else true()
    apart = func.abs(around.c.booked_on - line.value_on)
    nearest = session.scalars(
        ids.where(conditions, around.c.id.not_in(chosen))
        .order_by(around.c.own != line.amount_minor, apart, around.c.id)
        .limit(SHOWN + 1)
    ).all()
    place = {posting_id: at for at, posting_id in enumerate(nearest[:SHOWN])}
    offered = session.scalars(
        _select_postings(select(Posting.id).where(Posting.id.in_(place)))
    ).all()
    return [*picked, *sorted(offered, key=lambda p: place[p.id])], len(nearest) > SHOWN


LARGEST = 2**63 - 1
"""A column of money holds no more; a longer number is a reference."""


def _is_named(word: str, around: CTE, line: BankLine) -> ColumnElement[bool]:
    """An entry of this amount, or that is called so."""
    called = func.concat_ws(" ", Entry.note, Entry.key)
    text = select(called).where(Entry.id == around.c.entry_id).scalar_subquery()
    is_called = text.icontains(word, autoescape=True)
    try:
        minor = abs(Money.parse(word, line.currency).minor)
    except DomainError:
        return is_called
    return is_called if minor > LARGEST else is_called | (func.abs(around.c.own) == minor)


def likely_postings(session: Session, line: BankLine) -> Sequence[Posting]:
    """Postings around a line's day of which one, or all of an entry, are about its amount: those
    first that fit best.
    """
    around = _cash_around(line, PROPOSED_WITHIN)
    single = select(around.c.id, around.c.entry_id, around.c.own)
    several = select(func.min(around.c.id).label("id"), around.c.entry_id, func.sum(around.c.own))
    sums = several.group_by(around.c.entry_id).having(func.count() > 1)
    best = union_all(*(_best_of(query, line) for query in (single, sums))).cte("best")
    either = union_all(
        select(best.c.id),
        select(around.c.id).where(around.c.entry_id.in_(select(best.c.entry_id))),
    )
    return session.scalars(_select_postings(either)).all()


def _best_of(query: Select[Any], line: BankLine) -> Select[Any]:
    """The postings that are the line's amount, or what the bank's own rate may have made of it."""
    sums = query.subquery()
    key, entry_id, own_sum = sums.c
    apart = func.abs(own_sum - line.amount_minor)
    foreign = exists().where(
        Posting.entry_id == entry_id,
        Posting.bank_account_id == line.bank_account_id,
        Posting.currency != FUNCTIONAL_CURRENCY,
    )
    converts = foreign if line.currency == FUNCTIONAL_CURRENCY else false()
    points = case((apart == 0, SAME_SUM), else_=NEAR_SUM) + _quote_points(line) + _on_its_day(line)
    best = (
        select(key.label("id"), Entry.id.label("entry_id"))
        .join(Entry, Entry.id == entry_id)
        .where(apart * WITHIN <= abs(line.amount_minor), or_(apart == 0, converts))
        .order_by(points.desc(), key)
        .limit(ENOUGH)
    )
    return select(best.subquery())


def quoting(line: BankLine) -> tuple[list[str], str]:
    """The bank's references, and its words, in which an entry may be named."""
    references = [word for word in (line.bank_reference, line.end_to_end) if len(word) >= 4]
    return references, f"{line.text} {line.end_to_end}".upper()


def _quote_points(line: BankLine) -> ColumnElement[int]:
    references, line_text = quoting(line)
    quoted = [
        func.strpos(text, word) > 0 for word in references for text in (Entry.note, Entry.key)
    ]
    within = and_(func.length(Entry.note) >= 6, func.strpos(line_text, func.upper(Entry.note)) > 0)
    return case((or_(*quoted, within), QUOTED), else_=0)


def _on_its_day(line: BankLine) -> ColumnElement[int]:
    apart = func.abs(Entry.booked_on - line.value_on)
    return case((apart == 0, SAME_DAY), (apart <= 7, SAME_WEEK), else_=0)
