"""Taking back what a person said a line is: what was posted for it is reversed."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from grants.banking.bank.models import BankLine, LineMatch
from grants.banking.bank.queries import hold
from grants.banking.bank.workflow import LINE
from grants.books.ledger.accounts import Event
from grants.books.ledger.models import Entry
from grants.books.ledger.periods import PeriodClosed, require_open
from grants.books.ledger.reversal import require_reversible, reverse
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.refunding import take_refund_back
from grants.giving.contributions.reversal import require_reversible_deposit, reverse_deposit


def undo(session: Session, line: BankLine, act: Act) -> None:
    """The line was something else: it waits again, and so does every line of the same entry (the
    other side of a transfer). What was posted for it is reversed, on its own day where that month
    is open, today otherwise; what had been in the books before stays, without its line.
    """
    lock(session, line.account.fund_id)
    hold(session, line)
    require(session, line, LINE, "undo", act)
    lines = _with_the_same_entries(session, line)
    released = [match for entry_line in lines for match in entry_line.standing]
    for match in released:
        match.released_at = act.at
    session.flush()
    for entry in _posted_for(session, released):
        _reverse_entry(session, entry, act)
    for entry_line in lines:
        advance(session, entry_line, LINE, "undo", act)


def require_undoable(session: Session, line: BankLine) -> None:
    """Conflict or DomainError where what was posted for a line can no longer be reversed."""
    matches = [
        match for joined in _with_the_same_entries(session, line) for match in joined.standing
    ]
    for entry in _posted_for(session, matches):
        deposit = _deposit_of(session, entry)
        if deposit is None:
            require_reversible(session, entry)
        elif deposit.stands:
            require_reversible_deposit(session, deposit)


def _with_the_same_entries(session: Session, line: BankLine) -> list[BankLine]:
    entry_ids = [match.posting.entry_id for match in line.standing if match.made]
    other_lines = session.scalars(
        select(BankLine)
        .join(LineMatch)
        .join(LineMatch.posting)
        .where(LineMatch.released_at.is_(None), Entry.id.in_(entry_ids), BankLine.id != line.id)
        .join(Entry)
        .distinct()
    )
    return [line, *other_lines]


def _posted_for(session: Session, matches: Iterable[LineMatch]) -> list[Entry]:
    """The entries made because of these matches, the last first."""
    entry_ids = {match.posting.entry_id for match in matches if match.made}
    undoing = aliased(Entry)
    return list(
        session.scalars(
            select(Entry)
            .outerjoin(undoing, undoing.reverses_id == Entry.id)
            .where(Entry.id.in_(entry_ids), undoing.id.is_(None))
            .order_by(Entry.id.desc())
        )
    )


def _reverse_entry(session: Session, entry: Entry, act: Act) -> None:
    deposit = _deposit_of(session, entry)
    if entry.event is Event.DONOR_REFUNDED:
        take_refund_back(session, entry, _reversal_day(session, entry.fund, entry.booked_on), act)
    elif deposit is None:
        reverse(session, entry, _reversal_day(session, entry.fund, entry.booked_on), act)
    elif deposit.stands:
        came = deposit.allocated_on or deposit.value_on
        reverse_deposit(session, deposit, act, _reversal_day(session, entry.fund, came))


def _deposit_of(session: Session, entry: Entry) -> Deposit | None:
    kind, _colon, number = entry.key.partition(":")
    if kind != "deposit" or not number.isdecimal():
        return None
    return session.get(Deposit, int(number))


def _reversal_day(session: Session, fund: Fund, booked_on: date) -> date:
    try:
        require_open(session, fund, booked_on)
    except PeriodClosed:
        return clock.today()
    return booked_on
