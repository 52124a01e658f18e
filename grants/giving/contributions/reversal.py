"""A deposit that was recorded wrongly is taken out of the books again."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.models import Entry
from grants.books.ledger.periods import PeriodClosed
from grants.books.ledger.positions import position
from grants.books.ledger.reversal import require_reversible, reverse
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.service import book_agreement, tell_donor, unbook_agreement


def reverse_deposit(session: Session, deposit: Deposit, act: Act, on: date | None = None) -> None:
    """This money was not what a person recorded it as: its entries are reversed, its receipt keeps
    its number and is cancelled, the donor is informed. Recording it again is a new deposit, under
    the same reference of the bank.

    Booked on `on` (today), with a reason, once. Refused while later entries depend on it.
    """
    day = on or clock.today()
    act.demand(Permission.CONTRIBUTION_RECORD, deposit.scope)
    if not (reason := (act.reason or "").strip()):
        raise DomainError(_("Enter a reason. It will be kept on record."))
    lock(session, deposit.fund_id)
    session.refresh(deposit)
    require_reversible_deposit(session, deposit)
    if not (deposit.allocated_on or deposit.value_on) <= day <= clock.today():
        raise DomainError(_("The date cannot be before the deposit was recorded or in the future."))
    for entry in _entries_of(session, deposit):
        reverse(session, entry, day, act)
    deposit.reversed_on, deposit.reversal_reason = day, reason[:400]
    record(session, deposit, "reverse", act, on=day.isoformat())
    if deposit.pledge:
        _as_it_would_stand(session, deposit.pledge, act)
        _notify_donor(session, deposit, deposit.pledge, act)


def require_reversible_deposit(session: Session, deposit: Deposit) -> None:
    """Conflict or DomainError where it cannot be reversed, whatever the reason: it was already, or
    later entries depend on it.
    """
    if not deposit.stands:
        raise Conflict(_("This deposit has already been reversed."))
    last, *_earlier = _entries_of(session, deposit)
    require_reversible(session, last)


def _entries_of(session: Session, deposit: Deposit) -> list[Entry]:
    """What the books hold of the deposit, the last first: its allocation, its arrival."""
    keys = (f"{deposit.subject}:allocated", deposit.subject)
    return list(
        session.scalars(
            select(Entry)
            .where(Entry.fund_id == deposit.fund_id, Entry.key.in_(keys))
            .order_by(Entry.id.desc())
        )
    )


def _as_it_would_stand(session: Session, pledge: Pledge, act: Act) -> None:
    """What a signed pledge now owes has to be receivable. It is not where money that came before
    the signature, or beyond what was outstanding, counted against it: then the agreement is
    booked again.
    """
    if not pledge.is_signed:
        return
    owed = position(
        session, pledge.fund_id, Account.CONTRIBUTIONS_RECEIVABLE, pledge.subject
    ).amount.minor
    if owed == outstanding(pledge, received(session, pledge)).minor:
        return
    try:
        unbook_agreement(session, pledge, _("A deposit on the pledge was reversed."), act)
    except PeriodClosed:
        raise
    except DomainError as refusal:
        raise DomainError(
            _(
                "Later deposits have been recorded against the agreement on %(pledge)s. "
                "Reverse those deposits first, then record them again.",
                pledge=pledge.reference,
            )
        ) from refusal
    book_agreement(session, pledge, act)


def _notify_donor(session: Session, deposit: Deposit, pledge: Pledge, act: Act) -> None:
    receipt = deposit.receipt
    assert receipt is not None
    record(
        session,
        pledge,
        "reverse_deposit",
        act,
        deposit=deposit.id,
        minor=deposit.received.minor,
        currency=deposit.currency,
        receipt=receipt.reference,
    )
    tell_donor(
        session,
        pledge,
        "giving/contributions/cancelled",
        act,
        document="receipt",
        reference=receipt.reference,
        event=deposit.subject,
        deposit=deposit,
        receipt=receipt,
    )
