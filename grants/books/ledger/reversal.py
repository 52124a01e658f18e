"""An entry is undone by its mirror image, as long as nothing later depends on it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.books.ledger.accounts import Account
from grants.books.ledger.entries import Line, Voucher, post
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.positions import (
    RECEIPTS,
    RECEIVED_ON,
    Depended,
    received,
    require_standing,
    sent_back,
)
from grants.books.ledger.queries import balances
from grants.books.ledger.rates import Valued, quote_of
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.queries import lock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _

RESERVING = frozenset({Account.RESERVED, Account.COMMITMENTS, Account.SUSPENSE})
"""Accounts that lessen what is available."""


def reverse(session: Session, entry: Entry, booked_on: date, act: Act) -> Entry:
    """Undo an entry by its mirror image: once, with a reason, not before the entry's own day.

    A reversal is never reversed (book the event again), and nothing that later entries depend on
    is taken away from them: reverse those first. Conflict or DomainError otherwise.
    """
    lock(session, entry.fund_id)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    if booked_on < entry.booked_on:
        raise DomainError(_("A reversal cannot be posted before the entry it reverses."))
    require_reversible(session, entry)
    voucher = Voucher(entry.fund, booked_on, entry.subject, f"reversal:{entry.id}", act)
    facts = {"reverses": entry.key}
    lines = _mirror_lines(_postings_of(session, entry))
    reversal = post(session, voucher, entry.event, lines, facts, reverses_id=entry.id)
    record(session, entry, "reverse", act, reversal=reversal.id)
    return reversal


def require_reversible(session: Session, entry: Entry) -> None:
    """Conflict or DomainError where an entry cannot be undone, whatever the day and the reason."""
    if entry.reverses_id is not None:
        raise DomainError(_("This entry is itself a reversal. Post the event again instead."))
    if session.scalar(select(Entry.id).where(Entry.reverses_id == entry.id)):
        raise Conflict(_("This entry has already been reversed."))
    postings = _postings_of(session, entry)
    amounts: Counter[tuple[Account, str]] = Counter()
    for posting in postings:
        natural = posting.account.kind.natural
        amounts[posting.account, posting.subject] += natural * posting.amount_minor
    require_standing(session, entry.fund_id, amounts)
    _require_not_refunded(session, entry, postings)
    _require_affordable(session, entry, postings)


def _require_not_refunded(session: Session, entry: Entry, postings: Sequence[Posting]) -> None:
    """Depended where money of a receipt went back to its donor: the refund rests on the receipt."""
    if entry.event not in RECEIPTS:
        return
    came: Counter[str] = Counter()
    for posting in postings:
        if posting.account in RECEIVED_ON and posting.subject == entry.subject:
            came[posting.currency] -= posting.amount_minor
    for currency, minor in came.items():
        place = entry.fund_id, entry.subject, currency
        if (received(session, *place) - sent_back(session, *place)).minor < minor:
            raise Depended(entry.subject)


def _postings_of(session: Session, entry: Entry) -> Sequence[Posting]:
    return session.scalars(
        select(Posting)
        .where(Posting.entry_id == entry.id)
        .order_by(Posting.id)
        .options(joinedload(Posting.bank_account))
    ).all()


def _mirror_lines(postings: Sequence[Posting]) -> list[Line]:
    return [
        Line(p.account, -Valued(p.amount, p.usd_minor, quote_of(p)), p.subject, p.bank_account)
        for p in postings
    ]


def _require_affordable(session: Session, entry: Entry, postings: Sequence[Posting]) -> None:
    """Undoing a release must not spend money twice. What moved cash is a fact and stays, and what
    speaks for no money (an agreement with a donor) leaves what is available as it is.
    """
    touched = {posting.account for posting in postings}
    if Account.CASH in touched or not touched & RESERVING:
        return
    freed = sum(p.account.kind.natural * p.usd_minor for p in postings if p.account in RESERVING)
    if balances(session, entry.fund).available.minor + freed < 0:
        raise DomainError(_("The funds released by this entry have since been committed."))
