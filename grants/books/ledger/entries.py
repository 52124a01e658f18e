"""The only writer of the books: one balanced entry for one event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, Protocol

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.bank_accounts import account_for, require_holds
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.periods import require_open
from grants.books.ledger.rates import Valued
from grants.core.audit.act import Act
from grants.core.audit.binding import touch
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import lock
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class Voucher:
    """Where an event is booked: whose books, on which day, about what, under which key, by whom.

    `subject` is the caller's own record, as "pledge:12"; `key` names the one event ("deposit:7"):
    booking it again with the same content returns the entry there is, with other content it is
    a Conflict.
    """

    fund: Fund
    booked_on: date
    subject: str
    key: str
    act: Act
    note: str = ""
    bank_account: BankAccount | None = None
    """Where its cash comes or goes; without it the account of the currency, or the main one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A posting to be: debit positive, credit negative.

    `subject` and, of cash, `bank_account` only where they are not the voucher's.
    """

    account: Account
    value: Valued
    subject: str | None = None
    bank_account: BankAccount | None = None


def debit(account: Account, value: Valued, subject: str | None = None) -> Line:
    return Line(account, value, subject)


def credit(account: Account, value: Valued, subject: str | None = None) -> Line:
    return Line(account, -value, subject)


FOLLOWED_BY: Slot[Callable[[Session, Entry, Sequence[Line]], None]] = Slot(
    "ledger.entries.FOLLOWED_BY"
)
"""What rooms above do with each entry and its lines, in its transaction: they may refuse it."""

P = ParamSpec("P")
Composer = Callable[Concatenate[Session, Voucher, P], Sequence[Line]]


class Booker(Protocol[P]):
    """An act that books one event, or finds it booked."""

    __name__: str

    def __call__(
        self, session: Session, voucher: Voucher, *args: P.args, **kwargs: P.kwargs
    ) -> Entry: ...


def books(event: Event) -> Callable[[Composer[P]], Booker[P]]:
    """Make a function that composes an event's lines into the act that books it.

    The fund's row is locked first, so whatever the function reads still holds when it is posted;
    a repetition of the same key never reaches it.
    """

    def decorate(compose: Composer[P]) -> Booker[P]:
        form = signature(compose)

        @wraps(compose)
        def book(session: Session, voucher: Voucher, *args: P.args, **kwargs: P.kwargs) -> Entry:
            lock(session, voucher.fund.id)
            facts = particulars(
                **form.bind(session, voucher, *args, **kwargs).arguments,
                bank_account=voucher.bank_account,
            )
            if earlier := booked(session, voucher, event, facts):
                return earlier
            return post(session, voucher, event, compose(session, voucher, *args, **kwargs), facts)

        return book

    return decorate


def particulars(**arguments: object) -> dict[str, Any]:
    """The particulars of an event as plain JSON, to compare a repetition with."""
    return {
        name: _plain_value(value)
        for name, value in arguments.items()
        if value is not None and value is not False and not isinstance(value, Session | Voucher)
    }


def _plain_value(value: object) -> Any:
    if isinstance(value, Money):
        return f"{value} {value.currency}"
    if isinstance(value, BankAccount):
        return value.code
    if isinstance(value, list | tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, bool | int) else str(value)


def booked(session: Session, voucher: Voucher, event: Event, facts: dict[str, Any]) -> Entry | None:
    """The entry this key already has; a Conflict if its particulars differ."""
    fund_id, key = voucher.fund.id, voucher.key
    query = select(Entry).where(Entry.fund_id == fund_id, Entry.key == key)
    entry = session.scalar(query)
    if entry is None:
        return None
    if session.scalar(select(Entry.id).where(Entry.reverses_id == entry.id)):
        raise Conflict(
            _(
                "%(key)s was posted and reversed. Post it again under another reference.",
                key=voucher.key,
            )
        )
    same = (entry.event, entry.booked_on, entry.subject, entry.particulars)
    if same != (event, voucher.booked_on, voucher.subject, facts):
        raise Conflict(
            _(
                "%(key)s is already in the ledger with different content. Reverse that entry "
                "first, or use another reference.",
                key=voucher.key,
            )
        )
    return entry


def post(
    session: Session,
    voucher: Voucher,
    event: Event,
    lines: Sequence[Line],
    facts: dict[str, Any] | None = None,
    *,
    reverses_id: int | None = None,
) -> Entry:
    """Write one entry. Lines of nothing are left out; what remains has to balance.

    DomainError if the day's month is closed. The database checks balance and period once more.
    """
    lines = [line for line in lines if line.value.amount or line.value.usd_minor]
    _require_balance(lines)
    require_open(session, voucher.fund, voucher.booked_on)
    lines = [_with_account(session, voucher, line) for line in lines]
    values = {
        "fund_id": voucher.fund.id,
        "booked_on": voucher.booked_on,
        "event": event,
        "subject": voucher.subject,
        "key": voucher.key,
        "particulars": facts or {},
        "note": voucher.note,
        "reason": voucher.act.reason,
        "reverses_id": reverses_id,
        "person_id": voucher.act.actor.person_id,
        "actor": voucher.act.actor.name,
    }
    entry: Entry | None = session.scalar(
        upsert(Entry)
        .values(values)
        .on_conflict_do_nothing(index_elements=[Entry.fund_id, Entry.key])
        .returning(Entry)
    )
    if entry is None:  # a person without the fund's lock was faster
        earlier = booked(session, voucher, event, facts or {})
        assert earlier is not None
        return earlier
    session.execute(insert(Posting), [_posting_values(entry, voucher, line) for line in lines])
    touch(session, entry)
    for follow in FOLLOWED_BY:
        follow(session, entry, lines)
    return entry


def _posting_values(entry: Entry, voucher: Voucher, line: Line) -> dict[str, Any]:
    value, quote = line.value, line.value.quote
    return {
        "entry_id": entry.id,
        "account": line.account,
        "subject": line.subject or voucher.subject,
        "currency": value.amount.currency,
        "amount_minor": value.amount.minor,
        "usd_minor": value.usd_minor,
        "rate": quote.rate if quote else None,
        "rate_on": quote.effective_on if quote else None,
        "rate_source": quote.source if quote else None,
        "bank_account_id": line.bank_account.id if line.bank_account else None,
    }


def _with_account(session: Session, voucher: Voucher, line: Line) -> Line:
    """The line with the bank account it belongs to, if it is cash."""
    if line.account is not Account.CASH:
        return line
    currency = line.value.amount.currency
    if (account := line.bank_account or voucher.bank_account) is None:
        account = account_for(session, voucher.fund, currency, voucher.booked_on)
    require_holds(voucher.fund, account, currency)
    return replace(line, bank_account=account)


def _require_balance(lines: Sequence[Line]) -> None:
    """A fault of the program, not of a person: an event composed lines that do not balance."""
    sums: dict[str, int] = {"in USD": sum(line.value.usd_minor for line in lines)}
    for line in lines:
        amount = line.value.amount
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    if len(lines) < 2 or any(sums.values()):
        raise ValueError(f"an entry needs two sides that balance, not {sums} in {len(lines)} lines")
