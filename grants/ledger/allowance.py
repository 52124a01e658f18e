"""The allowance for doubtful receivables: what of them will probably not be paid.

It is kept for each pledge, in the pledge's currency at the rate of its receivable, so that a
write-off can use it.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from grants.funds.queries import lock
from grants.kernel.errors import DomainError
from grants.kernel.language import gettext as _
from grants.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.ledger.accounts import Account, Event
from grants.ledger.entries import Line, Voucher, booked, credit, debit, particulars, post
from grants.ledger.models import Entry
from grants.ledger.positions import position, standing_on
from grants.ledger.rates import Valued, value_at

ALLOWANCE, EXPENSE = Account.RECEIVABLE_ALLOWANCE, Account.DOUBTFUL_RECEIVABLES


def change_allowance(
    session: Session, voucher: Voucher, wanted: Mapping[str, Money]
) -> Entry | None:
    """At the end of the voucher's day the allowance of each pledge is to be what is `wanted` (in
    its currency; nothing for a pledge that is not named). Only the difference is posted: more is
    expense, less is expense taken back. None if the books say so already.

    What later write-offs have used by now is not taken back once more.
    """
    lock(session, voucher.fund.id)
    told = particulars(wanted=[f"{s} {m} {m.currency}" for s, m in sorted(wanted.items())])
    if standing := booked(session, voucher, Event.ALLOWANCE_CHANGED, told):
        return standing
    lines = list(_changes(session, voucher, wanted))
    return post(session, voucher, Event.ALLOWANCE_CHANGED, lines, told) if lines else None


def _changes(session: Session, voucher: Voucher, wanted: Mapping[str, Money]) -> Iterator[Line]:
    standing = standing_on(session, voucher.fund.id, ALLOWANCE, voucher.booked_on)
    for subject in sorted(standing.keys() | wanted.keys()):
        before = standing.get(subject)
        target = wanted.get(subject) or Money(0, before.currency if before else "USD")
        change = target - before if before else target
        if change and (value := _valued(session, voucher.fund.id, subject, change)).amount:
            yield debit(EXPENSE, value, subject)
            yield credit(ALLOWANCE, value, subject)


def _valued(session: Session, fund_id: int, subject: str, change: Money) -> Valued:
    """More at the rate of the receivable, less at that of the allowance and no more than it is."""
    if change.minor < 0:
        now = position(session, fund_id, ALLOWANCE, subject)
        return -now.part(min(-change, now.amount))
    owed = position(session, fund_id, Account.CONTRIBUTIONS_RECEIVABLE, subject)
    foreign = change.currency != FUNCTIONAL_CURRENCY
    if owed.amount.currency != change.currency or (foreign and owed.quote is None):
        raise DomainError(
            _(
                "No agreement stands by which %(subject)s owes anything in %(code)s.",
                subject=subject,
                code=change.currency,
            )
        )
    return value_at(change, owed.quote)
