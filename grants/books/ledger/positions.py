"""What one business record still has on an account: a pledge's receivable, a grant's commitment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session, aliased

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.rates import Quote, Valued, quote_of, value_at
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd

NEVER_NEGATIVE = frozenset(
    {
        Account.CONTRIBUTIONS_RECEIVABLE,
        Account.RECEIVABLE_ALLOWANCE,
        Account.DEFERRED_REVENUE,
        Account.SUSPENSE,
        Account.GRANT_EXPENSE,
        Account.RESERVED,
        Account.COMMITMENTS,
    }
)
"""Accounts on which no record can have less than nothing."""


@dataclass(frozen=True, slots=True)
class Position:
    """What a record has on an account, positive in the account's natural sense.

    `quote` is the one it came in at (none for USD), at which a part of it leaves again.
    """

    amount: Money
    usd_minor: int
    quote: Quote | None

    def part(self, amount: Money) -> Valued:
        """A part of the position at its own rate; the last part takes what is left to the cent."""
        if amount == self.amount:
            return Valued(amount, self.usd_minor, self.quote)
        return value_at(amount, self.quote)


def position(session: Session, fund_id: int, account: Account, subject: str) -> Position:
    """The record's position on an account (0 USD if it never had one)."""
    natural = account.kind.natural
    row = session.execute(
        select(Posting.currency, func.sum(Posting.amount_minor), func.sum(Posting.usd_minor))
        .join(Entry)
        .where(Entry.fund_id == fund_id, Posting.account == account, Posting.subject == subject)
        .group_by(Posting.currency)
    ).one_or_none()
    if row is None:
        return Position(usd(0), 0, None)
    currency, minor, cents = row
    quote = _origin_of(session, fund_id, account, subject)
    return Position(Money(natural * int(minor), currency), natural * int(cents), quote)


@dataclass(frozen=True, slots=True)
class SubjectBalance:
    """What a record had on an account on a day, positive in the account's natural sense."""

    amount: Money
    usd_minor: int


def subject_balances(
    session: Session, fund_id: int, account: Account, day: date, *among: ColumnElement[bool]
) -> dict[str, SubjectBalance]:
    """What each record has on an account at the end of a day, where it has anything; `among`:
    which postings need be added up.
    """
    minor, cents = func.sum(Posting.amount_minor), func.sum(Posting.usd_minor)
    rows = session.execute(
        select(Posting.subject, Posting.currency, minor, cents)
        .join(Entry)
        .where(Entry.fund_id == fund_id, Posting.account == account, Entry.booked_on <= day, *among)
        .group_by(Posting.subject, Posting.currency)
        .having(minor != 0)
    )
    natural = account.kind.natural
    return {
        subject: SubjectBalance(Money(natural * int(amount), code), natural * int(value))
        for subject, code, amount, value in rows
    }


def _origin_of(session: Session, fund_id: int, account: Account, subject: str) -> Quote | None:
    """The quote at which the position began: that of its last standing posting on its own side."""
    first = session.scalars(
        _opening_postings(fund_id, account)
        .where(Posting.subject == subject)
        .order_by(Posting.id.desc())
        .limit(1)
    ).first()
    return quote_of(first) if first else None


def origins(
    session: Session, fund_id: int, account: Account, subjects: Iterable[str]
) -> dict[str, Quote | None]:
    """The quotes at which the positions of these records began, in one query."""
    chosen = any_(bindparam("subjects", list(subjects), ARRAY(Text)))
    rows = session.scalars(
        _opening_postings(fund_id, account)
        .where(Posting.subject == chosen)
        .ext(distinct_on(Posting.subject))
        .order_by(Posting.subject, Posting.id.desc())
    )
    return {posting.subject: quote_of(posting) for posting in rows}


def _opening_postings(fund_id: int, account: Account) -> Select[Posting]:
    """Standing postings of an account on its own side."""
    undoing = aliased(Entry)
    return (
        select(Posting)
        .join(Entry)
        .outerjoin(undoing, undoing.reverses_id == Entry.id)
        .where(
            Entry.fund_id == fund_id,
            Entry.reverses_id.is_(None),
            undoing.id.is_(None),
            Posting.account == account,
            Posting.amount_minor * account.kind.natural > 0,
        )
    )


def standing_entries(fund_id: int, *events: Event) -> Select[Entry]:
    """Entries of these events that were not reversed."""
    undoing = aliased(Entry)
    return (
        select(Entry)
        .outerjoin(undoing, undoing.reverses_id == Entry.id)
        .where(
            Entry.fund_id == fund_id,
            Entry.event.in_(events),
            Entry.reverses_id.is_(None),
            undoing.id.is_(None),
        )
    )


def standing_entry(session: Session, fund_id: int, subject: str, *events: Event) -> Entry | None:
    """The record's last entry of these events that was not reversed."""
    entries = standing_entries(fund_id, *events).where(Entry.subject == subject)
    return session.scalars(entries.order_by(Entry.id.desc()).limit(1)).first()


RECEIPTS = (Event.DEPOSIT_RECEIVED, Event.SUSPENSE_ALLOCATED)
RECEIVED_ON = (Account.CONTRIBUTIONS_RECEIVABLE, Account.CONTRIBUTION_REVENUE)


def received(session: Session, fund_id: int, subject: str, currency: str) -> Money:
    """What a donor sent on a pledge so far, bank fees included. A refund does not make it less:
    what was paid was paid, and the pledge owes it no second time.
    """
    return _received_of(session, fund_id, subject, currency, *RECEIPTS)


def sent_back(session: Session, fund_id: int, subject: str, currency: str) -> Money:
    """What went back to the donor of a pledge so far."""
    return -_received_of(session, fund_id, subject, currency, Event.DONOR_REFUNDED)


def moved(fund_id: int, *events: Event) -> list[ColumnElement[bool]]:
    """Postings of what came on pledges, or went back, by these events."""
    of_fund = Entry.fund_id == fund_id
    return [of_fund, Entry.event.in_(events), Posting.account.in_(RECEIVED_ON)]


def _received_of(
    session: Session, fund_id: int, subject: str, currency: str, *events: Event
) -> Money:
    minor = session.scalar(
        select(func.coalesce(func.sum(Posting.amount_minor), 0))
        .join(Entry)
        .where(
            Posting.subject == subject,
            Posting.currency == currency,
            *moved(fund_id, *events),
        )
    )
    return Money(-int(minor or 0), currency)


class Depended(DomainError):
    """Later entries on a record rest on what would be taken away."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(
            _(
                "Later entries on %(subject)s depend on this one. Reverse those first.",
                subject=subject,
            )
        )


def require_standing(
    session: Session, fund_id: int, amounts: Mapping[tuple[Account, str], int]
) -> None:
    """Depended if a record would be left with less than nothing on an account once so many minor
    units, in its natural sense, are taken from it.
    """
    for (account, subject), minor in amounts.items():
        if account not in NEVER_NEGATIVE:
            continue
        if position(session, fund_id, account, subject).amount.minor < minor:
            raise Depended(subject)
