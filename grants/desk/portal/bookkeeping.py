"""What the ledger's pages cannot know: the record behind an entry, what else a month waits for."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine, LineMatch
from grants.banking.reconciliation.models import Reconciliation
from grants.books.ledger.accounts import Event
from grants.books.ledger.models import BankTurnover, Entry, Posting
from grants.books.periods.closing import Concern
from grants.books.periods.owners import Owner
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.language import gettext as _
from grants.deciding.awards.models import Award
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.giving.receivables.models import AllowanceRun


def record_of(session: Session, entry: Entry) -> Owner | None:
    """The pledge, deposit, grant or allowance that an entry is about, with its page."""
    if entry.event is Event.DONOR_REFUNDED:
        return None
    if entry.event is Event.ALLOWANCE_CHANGED:
        return _allowance_owner(session, entry)
    kind, _mark, number = (
        entry.key.partition(":") if _is_deposit(entry) else _parts_of(entry.subject)
    )
    find = {"pledge": _pledge_owner, "deposit": _deposit_owner, "award": _award_owner}.get(kind)
    number = number.partition(":")[0]
    return find(session, int(number)) if find and number.isdecimal() else None


def _is_deposit(entry: Entry) -> bool:
    return entry.key.startswith("deposit:")


def _parts_of(subject: str) -> tuple[str, str, str]:
    return subject.partition(":")


def _pledge_owner(session: Session, number: int) -> Owner | None:
    pledge = session.get(Pledge, number)
    if pledge is None:
        return None
    return Owner(pledge.reference, "pledges.show", (("reference", pledge.reference),))


def _deposit_owner(session: Session, number: int) -> Owner | None:
    deposit = session.get(Deposit, number)
    if deposit is None:
        return None
    return Owner(deposit.bank_reference, "contributions.show", (("deposit_id", str(deposit.id)),))


def _award_owner(session: Session, number: int) -> Owner | None:
    award = session.get(Award, number)
    if award is None:
        return None
    return Owner(award.reference, "agreements.show", (("reference", award.reference),))


def _allowance_owner(session: Session, entry: Entry) -> Owner | None:
    booked = (entry.id, entry.reverses_id or entry.id)
    run = session.scalar(select(AllowanceRun).where(AllowanceRun.entry_id.in_(booked)))
    if run is None:
        return None
    name = _("Allowance at the end of %(day)s", day=run.as_of.isoformat())
    return Owner(name, "receivables.show", (("number", str(run.id)),))


def held_by_the_bank(session: Session, entry: Entry) -> str | None:
    """An entry that a line of the bank's statement is: it is undone at that line."""
    line = session.scalar(
        select(BankLine)
        .join(LineMatch, LineMatch.line_id == BankLine.id)
        .join(Posting, Posting.id == LineMatch.posting_id)
        .where(Posting.entry_id == entry.id, LineMatch.released_at.is_(None))
        .limit(1)
    )
    if line is None:
        return None
    return _(
        "This entry is matched to a bank statement line (%(reference)s). Undo the match on "
        "that line first.",
        reference=line.bank_reference or line.id,
    )


def accounts_are_not_reconciled(
    session: Session, fund: Fund, first: date, _last: date
) -> Iterator[Concern]:
    """Bank accounts with cash booked in the month that nobody has signed off for it."""
    signed = select(Reconciliation.bank_account_id).where(Reconciliation.month == first)
    moved = select(BankTurnover.bank_account_id).where(BankTurnover.month == first)
    accounts = select(BankAccount.code).where(
        BankAccount.fund_id == fund.id,
        BankAccount.provider == "",
        BankAccount.id.in_(moved),
        BankAccount.id.not_in(signed),
    )
    for code in session.scalars(accounts.order_by(BankAccount.code)):
        yield Concern(
            _("Bank account %(code)s is not reconciled and signed off for this month.", code=code)
        )
