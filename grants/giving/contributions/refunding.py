"""Money goes back to a donor, and that can be taken back again."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.receipts import refund_to_donor
from grants.books.ledger.reversal import reverse
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.money import Money
from grants.giving.contributions.service import require_may_record
from grants.giving.pledges.models import Pledge


def refund(
    session: Session, pledge: Pledge, amount: Money, voucher: Voucher, *, has_left: bool = False
) -> Entry:
    """A donor got money of a pledge back: less revenue and less cash, at the rate of the day. No
    more than came on the pledge, and no more than is available; a person who recorded the pledge or
    its agreement may not say so.
    """
    require_may_record(session, voucher.fund, pledge, voucher.act)
    entry = refund_to_donor(session, voucher, amount, has_left=has_left)
    _record_act(session, pledge, "refund", amount, voucher.act)
    return entry


def take_refund_back(session: Session, entry: Entry, day: date, act: Act) -> None:
    """What left was no refund: its entry is reversed, and the pledge's history says so."""
    reverse(session, entry, day, act)
    _kind, _colon, number = entry.subject.partition(":")
    pledge = session.scalars(select(Pledge).where(Pledge.id == int(number))).one()
    amounts = (p.amount for p in entry.postings if p.bank_account_id and p.amount.minor)
    _record_act(session, pledge, "take_refund_back", -next(amounts), act)


def _record_act(session: Session, pledge: Pledge, action: str, amount: Money, act: Act) -> None:
    record(session, pledge, action, act, minor=amount.minor, currency=amount.currency)
